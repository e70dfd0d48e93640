//! What an administrator of the company does: people come, change and go; departments too.

use std::collections::BTreeSet;

use super::department::Department;
use super::member::Member;
use super::{Company, DEPARTMENT_LIMIT, LEFT_LIMIT, Left, MEMBER_LIMIT, ROOT};
use crate::base::clock::Seconds;
use crate::practice::people::Person;

/// Whether something is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice::dingtalk) enum Put {
    Added,
    Changed,
    /// There are too many.
    Full,
}

impl Company {
    /// Writes a member down; somebody who left is back.
    pub(in crate::practice::dingtalk) fn put_member(
        &mut self,
        people: &mut [Person],
        userid: &str,
        member: Member,
    ) -> Put {
        let known = self.member(people, userid).is_some();
        if self.members.len() >= MEMBER_LIMIT && !self.members.contains_key(userid) {
            return Put::Full;
        }
        self.left.remove(userid);
        if self.home {
            let places = people.iter_mut().filter_map(|person| person.dingtalk.as_mut());
            for place in places.filter(|place| place.userid == userid) {
                place.left = false;
                self.present.insert(userid.to_owned());
            }
        }
        self.members.insert(userid.to_owned(), member);
        if known { Put::Changed } else { Put::Added }
    }

    /// Somebody leaves; `false` when there is nobody of that id.
    pub(in crate::practice::dingtalk) fn leave(
        &mut self,
        people: &mut [Person],
        userid: &str,
        (reason, at): (&str, Seconds),
    ) -> bool {
        let Some(member) = self.member(people, userid) else { return false };
        if self.left.len() >= LEFT_LIMIT {
            self.left.pop_first();
        }
        let name = member.name.unwrap_or_default();
        self.left.insert(userid.to_owned(), Left { name, mobile: member.mobile, reason: reason.to_owned(), at });
        if self.home {
            let places = people.iter_mut().filter_map(|person| person.dingtalk.as_mut());
            places.filter(|place| place.userid == userid).for_each(|place| place.left = true);
            self.present.remove(userid);
        }
        true
    }

    /// Takes over which of the practice people came and which went, by their phones; the userids of both.
    pub(in crate::practice::dingtalk) fn notice(
        &mut self,
        people: &[Person],
        at: Seconds,
    ) -> (Vec<String>, Vec<String>) {
        let places = || people.iter().filter_map(|person| Some((person, person.dingtalk.as_ref()?)));
        let here = places().filter(|(_, place)| self.home && !place.left).map(|(_, place)| place.userid.clone());
        let before = std::mem::replace(&mut self.present, here.collect());
        let came: Vec<String> = self.present.difference(&before).cloned().collect();
        let went: Vec<String> = before.difference(&self.present).cloned().collect();
        for userid in &came {
            self.left.remove(userid);
        }
        for userid in went.iter().take(LEFT_LIMIT.saturating_sub(self.left.len())) {
            let person = places().find(|(_, place)| place.userid == *userid).map(|(person, _)| person);
            let (name, mobile) = person.map(|it| (it.shown().to_owned(), it.mobile.clone())).unwrap_or_default();
            self.left.insert(userid.clone(), Left { name, mobile, reason: "leave".to_owned(), at });
        }
        (came, went)
    }

    /// Writes a department down: new, renamed or moved.
    pub(in crate::practice::dingtalk) fn put_department(&mut self, id: u64, department: Department) -> Put {
        let known = self.department(id).is_some();
        if self.departments.len() >= DEPARTMENT_LIMIT && !self.departments.contains_key(&id) {
            return Put::Full;
        }
        if id == ROOT {
            self.name = department.name;
        } else {
            self.removed.remove(&id);
            self.departments.insert(id, department);
        }
        if known { Put::Changed } else { Put::Added }
    }

    /// Takes a department away with all below it; who sat there sits there no longer. Gives the ids.
    pub(in crate::practice::dingtalk) fn remove_department(&mut self, people: &[Person], id: u64) -> Vec<u64> {
        if id == ROOT || self.department(id).is_none() {
            return Vec::new();
        }
        let gone: BTreeSet<u64> = self.below(id);
        for member in gone.iter().flat_map(|id| self.members_in(people, *id)).collect::<Vec<_>>() {
            let mut changed = self.members.get(&member.userid).cloned().unwrap_or(member.clone());
            changed.departments.retain(|department| !gone.contains(department));
            changed.leader_in.retain(|department| !gone.contains(department));
            self.members.insert(member.userid, changed);
        }
        self.departments.retain(|id, _| !gone.contains(id));
        self.removed.extend(gone.iter().copied());
        gone.into_iter().collect()
    }
}
