//! A company at DingTalk: its departments and members, written down or made up by number.
//!
//! It knows ids, names and who sits where; it must not know tokens, permissions
//! or how an answer is written.

mod changes;
mod crowd;
mod department;
mod member;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::base::clock::Seconds;
use crate::practice::people::Person;

pub(super) use changes::Put;
pub(super) use crowd::Crowd;
pub(super) use department::Department;
pub(super) use member::Member;

use super::who::Who;

/// The root department, which is the company itself (§2).
pub(super) const ROOT: u64 = 1;
const DEPARTMENT_LIMIT: usize = 10_000;
const MEMBER_LIMIT: usize = 10_000;
const LEFT_LIMIT: usize = 100_000;

/// One company.
pub(super) struct Company {
    pub(super) corp_id: String,
    pub(super) name: String,
    /// The eight characters that enterprise accounts type (§2).
    pub(super) org_code: String,
    pub(super) dissolved: bool,
    /// Whether the practice people who have a place at DingTalk are in it.
    home: bool,
    departments: BTreeMap<u64, Department>,
    removed: BTreeSet<u64>,
    members: BTreeMap<String, Member>,
    left: BTreeMap<String, Left>,
    /// The practice people who were here when it was last looked, by userid.
    present: BTreeSet<String>,
    pub(super) crowd: Option<Crowd>,
}

/// Somebody who left.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Left {
    pub(super) name: String,
    pub(super) mobile: Option<String>,
    /// `oapi`, `cancel`, `leave`, `delete` or `unknown` (§7.4).
    pub(super) reason: String,
    pub(super) at: Seconds,
}

impl Company {
    pub(super) fn new(corp_id: &str, name: &str) -> Self {
        Self {
            corp_id: corp_id.to_owned(),
            name: name.to_owned(),
            org_code: corp_id.to_ascii_uppercase().chars().chain("00000000".chars()).take(8).collect(),
            dissolved: false,
            home: corp_id == super::CORP,
            departments: BTreeMap::new(),
            removed: BTreeSet::new(),
            members: BTreeMap::new(),
            left: BTreeMap::new(),
            present: BTreeSet::new(),
            crowd: None,
        }
    }

    /// The company of the practice people, with two departments.
    pub(super) fn home() -> Self {
        let mut company = Self { org_code: "HUFU2026".to_owned(), ..Self::new(super::CORP, "练习工场") };
        let design = Department { parent: ROOT, ..Department::named("设计部") };
        let garden = Department { parent: 440_001, order: 2, ..Department::named("园林设计组") };
        company.departments.extend([(440_001, design), (440_002, garden)]);
        company
    }

    /// The member with that userid, everything filled in.
    pub(super) fn member(&self, people: &[Person], userid: &str) -> Option<Member> {
        if self.left.contains_key(userid) {
            return None;
        }
        let person = self.home.then(|| people.iter().find(|person| is_here(person, userid))).flatten();
        let written = self.members.get(userid).cloned();
        if person.is_none()
            && people.iter().any(|known| known.dingtalk.as_ref().is_some_and(|it| it.userid == userid && it.left))
            && self.home
        {
            return None;
        }
        match (written, person) {
            (Some(member), Some(person)) => Some(member.filled(userid, Some(person))),
            (Some(member), None) => {
                let key = member.person.clone();
                Some(member.filled(userid, people.iter().find(|person| Some(&person.key) == key.as_ref())))
            }
            (None, Some(person)) => Some(Member::of(person)),
            (None, None) => self.crowd.as_ref()?.member(userid),
        }
    }

    /// Who a member is.
    pub(super) fn who(&self, member: &Member) -> Who {
        match (&member.person, &self.crowd) {
            (Some(key), _) => Who::Person(key.clone()),
            (None, Some(crowd)) if crowd.number(&member.userid).is_some() => {
                Who::Crowd { corp: self.corp_id.clone(), number: crowd.number(&member.userid).unwrap_or_default() }
            }
            _ => Who::Member { corp: self.corp_id.clone(), userid: member.userid.clone() },
        }
    }

    /// The member who is that person.
    pub(super) fn member_of(&self, people: &[Person], who: &Who) -> Option<Member> {
        match who {
            Who::Crowd { corp, number } if *corp == self.corp_id => {
                self.member(people, &self.crowd.as_ref()?.userid(*number))
            }
            Who::Member { corp, userid } if *corp == self.corp_id => self.member(people, userid),
            Who::Person(key) => self
                .written_userids(people)
                .filter_map(|userid| self.member(people, &userid))
                .find(|member| member.person.as_ref() == Some(key)),
            _ => None,
        }
    }

    /// Everybody who is not of the crowd.
    pub(super) fn written_userids<'a>(&'a self, people: &'a [Person]) -> impl Iterator<Item = String> + 'a {
        let places = people.iter().filter_map(|person| person.dingtalk.as_ref()).map(|place| place.userid.clone());
        let own = places.filter(move |userid| self.home && !self.members.contains_key(userid));
        self.members.keys().cloned().chain(own)
    }

    /// Every userid there is, the crowd's too.
    pub(super) fn userids<'a>(&'a self, people: &'a [Person]) -> impl Iterator<Item = String> + 'a {
        let crowd = self.crowd.iter().flat_map(Crowd::userids);
        let crowd = crowd.filter(|userid| !self.members.contains_key(userid) && !self.left.contains_key(userid));
        let written = self.written_userids(people).filter(|userid| self.member(people, userid).is_some());
        written.chain(crowd)
    }

    /// The direct members of a department, in a steady order.
    pub(super) fn members_in(&self, people: &[Person], department: u64) -> Vec<Member> {
        let written = self.written_userids(people).filter_map(|userid| self.member(people, &userid));
        let mut found: Vec<Member> = written.filter(|member| member.departments.contains(&department)).collect();
        if let Some(crowd) = &self.crowd {
            let away = |userid: &String| !self.members.contains_key(userid) && !self.left.contains_key(userid);
            let near = crowd.userids_in(department).filter(away);
            found.extend(near.filter_map(|userid| crowd.member(&userid)));
        }
        found
    }

    /// Records of people who left between two moments, oldest first.
    pub(super) fn left_between(&self, from: Seconds, to: Seconds) -> Vec<(&str, &Left)> {
        let mut found: Vec<_> = self
            .left
            .iter()
            .filter(|(_, left)| (from..=to).contains(&left.at))
            .map(|(userid, left)| (userid.as_str(), left))
            .collect();
        found.sort_by_key(|(_, left)| left.at);
        found
    }
}

fn is_here(person: &Person, userid: &str) -> bool {
    person.dingtalk.as_ref().is_some_and(|place| place.userid == userid && !place.left)
}
