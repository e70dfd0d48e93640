//! A company's departments and people, found by id and by department.

use std::collections::{BTreeMap, BTreeSet};

use super::departments::Department;
use super::member::{Member, Place};

/// People and departments at most.
pub(super) const PEOPLE_LIMIT: usize = 100_000;
pub(super) const DEPARTMENT_LIMIT: usize = 30_000;

/// The address book.
pub(super) struct Directory {
    pub(super) departments: BTreeMap<u64, Department>,
    members: BTreeMap<String, Member>,
    /// (department, key of the member).
    placed: BTreeSet<(u64, String)>,
}

impl Directory {
    pub(super) fn new(name: &str) -> Self {
        let root = Department { id: 1, name: name.to_owned(), parentid: 0, ..Department::default() };
        Self { departments: BTreeMap::from([(1, root)]), members: BTreeMap::new(), placed: BTreeSet::new() }
    }

    pub(super) fn member(&self, userid: &str) -> Option<&Member> {
        self.members.get(&userid.to_ascii_lowercase())
    }

    /// Everybody, by key.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The direct members of a department.
    pub(super) fn direct(&self, department: u64) -> impl Iterator<Item = &Member> {
        let range = (department, String::new())..(department + 1, String::new());
        self.placed.range(range).filter_map(|(_, key)| self.members.get(key))
    }

    /// One row for each member and department, after `cursor`.
    pub(super) fn rows(&self, cursor: Option<&(String, u64)>, limit: usize) -> Vec<(&Member, u64)> {
        let start = cursor.map_or_else(String::new, |(key, _)| key.clone());
        let rows = self
            .members
            .range(start..)
            .flat_map(|(_, member)| member.departments.iter().map(move |place| (member, place.id)));
        let later = rows.skip_while(|(member, id)| {
            cursor.is_some_and(|(key, last)| {
                member.key() == *key
                    && member.departments.iter().position(|place| place.id == *id)
                        <= member.departments.iter().position(|place| place.id == *last)
            })
        });
        later.take(limit).collect()
    }

    /// Puts somebody in, in place of one with the same userid; `false` when the directory is full.
    pub(super) fn put(&mut self, member: Member) -> bool {
        let known = self.remove(&member.userid).is_some();
        if !known && self.members.len() >= PEOPLE_LIMIT {
            return false;
        }
        let key = member.key();
        self.placed.extend(member.departments.iter().map(|place| (place.id, key.clone())));
        self.members.insert(key, member);
        true
    }

    pub(super) fn remove(&mut self, userid: &str) -> Option<Member> {
        let member = self.members.remove(&userid.to_ascii_lowercase())?;
        let key = member.key();
        for place in &member.departments {
            self.placed.remove(&(place.id, key.clone()));
        }
        Some(member)
    }

    /// `people` of them in `departments` of them, named by their index: `staff000001` in `100`, ….
    pub(super) fn generate(&mut self, people: usize, departments: usize) {
        let departments = departments.min(DEPARTMENT_LIMIT);
        for at in 0..departments as u64 {
            // Ten below each: five levels hold a hundred thousand.
            let parentid = if at < 10 { 1 } else { 100 + at / 10 - 1 };
            let (id, name) = (100 + at, format!("部门{at:05}"));
            self.departments.insert(id, Department { id, name, parentid, order: at, ..Department::default() });
        }
        let count = departments.max(1) as u64;
        for at in 0..people.min(PEOPLE_LIMIT) as u64 {
            let first = if departments == 0 { 1 } else { 100 + at % count };
            let mut places = vec![Place { id: first, order: at % 1000, leader: at < count }];
            // Every seventh sits in two departments.
            if at % 7 == 0 && departments > 1 {
                places.push(Place { id: 100 + (at + 1) % count, order: at, leader: false });
            }
            self.put(Member {
                userid: format!("staff{at:06}"),
                name: format!("员工{at:06}"),
                departments: places,
                ..Member::default()
            });
        }
    }
}
