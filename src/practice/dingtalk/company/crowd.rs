//! A made-up crowd: so many people in so many departments, of whom nothing is
//! stored, because number tells name, id and place.
//!
//! Departments form a tree of tens; a person sits in the department of the
//! remainder, and every tenth one also in the next.

use serde::{Deserialize, Serialize};

use super::ROOT;
use super::department::Department;
use super::member::Member;

const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: [&str; 15] =
    ["晓明", "雅琴", "志强", "思远", "玉兰", "建国", "欣怡", "浩然", "美玲", "文博", "子涵", "秀英", "伟", "静", "洋"];
const KINDS: [&str; 6] = ["研发", "市场", "财务", "人事", "客服", "仓储"];
/// Children of a department at most.
const FAN: u64 = 10;

/// So many people in so many departments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::practice::dingtalk) struct Crowd {
    pub(in crate::practice::dingtalk) people: u32,
    pub(in crate::practice::dingtalk) departments: u32,
    /// The id of the first department; above 2^53 to try exactness.
    #[serde(default = "first_department")]
    pub(in crate::practice::dingtalk) first_department: u64,
}

const fn first_department() -> u64 {
    900_000_001
}

impl Crowd {
    /// The place of a department id among the crowd's.
    fn place(&self, id: u64) -> Option<u64> {
        id.checked_sub(self.first_department).filter(|place| *place < u64::from(self.departments))
    }

    pub(in crate::practice::dingtalk) fn department(&self, id: u64) -> Option<Department> {
        let place = self.place(id)?;
        let parent = if place < FAN { ROOT } else { self.first_department + place / FAN - 1 };
        let kind = usize::try_from(place).ok().and_then(|place| KINDS.get(place % KINDS.len()))?;
        Some(Department { parent, order: place, ..Department::named(&format!("{kind}{}部", place + 1)) })
    }

    /// The ids below a department.
    pub(in crate::practice::dingtalk) fn children(&self, parent: u64) -> impl Iterator<Item = u64> + use<> {
        let begin = if parent == ROOT { Some(0) } else { self.place(parent).map(|place| (place + 1) * FAN) };
        let all = u64::from(self.departments);
        let (from, to) = begin.map_or((0, 0), |begin| (begin.min(all), (begin + FAN).min(all)));
        let first = self.first_department;
        (from..to).map(move |place| first + place)
    }

    pub(in crate::practice::dingtalk) fn ids(&self) -> impl Iterator<Item = u64> + use<> {
        let first = self.first_department;
        (0..u64::from(self.departments)).map(move |place| first + place)
    }

    pub(in crate::practice::dingtalk) fn userid(&self, number: u32) -> String {
        debug_assert!(number < self.people, "beyond the crowd");
        format!("p{number:07}")
    }

    pub(in crate::practice::dingtalk) fn number(&self, userid: &str) -> Option<u32> {
        let digits = userid.strip_prefix('p').filter(|digits| digits.len() == 7)?;
        digits.parse().ok().filter(|number| *number < self.people)
    }

    /// The owner of a national number of the crowd's.
    pub(in crate::practice::dingtalk) fn userid_of_mobile(&self, mobile: &str) -> Option<String> {
        let digits = mobile.strip_prefix("139").filter(|digits| digits.len() == 8)?;
        let number = digits.parse().ok().filter(|number| *number < self.people)?;
        Some(self.userid(number))
    }

    pub(in crate::practice::dingtalk) fn userids(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.people).map(|number| format!("p{number:07}"))
    }

    /// The people of a department: those of its own remainder, and every tenth of the one before.
    pub(in crate::practice::dingtalk) fn userids_in(&self, id: u64) -> impl Iterator<Item = String> + use<> {
        let step = usize::try_from(self.departments.max(1)).unwrap_or(usize::MAX);
        let place = self.place(id).and_then(|place| u32::try_from(place).ok());
        let from = place.unwrap_or(self.people).min(self.people);
        let before = place.map_or(self.people, |place| (place + self.departments - 1) % self.departments.max(1));
        let before = if self.departments > 1 { before.min(self.people) } else { self.people };
        let own = (from..self.people).step_by(step);
        let guests = (before..self.people).step_by(step).filter(|number| number % 10 == 3);
        own.chain(guests).map(|number| format!("p{number:07}"))
    }

    pub(in crate::practice::dingtalk) fn member(&self, userid: &str) -> Option<Member> {
        let number = self.number(userid)?;
        let index = usize::try_from(number).ok()?;
        let name = format!("{}{}", SURNAMES.get(index % SURNAMES.len())?, GIVEN.get(index / 7 % GIVEN.len())?);
        let place = |number: u32| self.first_department + u64::from(number % self.departments.max(1));
        let mut departments = if self.departments == 0 { vec![ROOT] } else { vec![place(number)] };
        if self.departments > 1 && number % 10 == 3 {
            departments.push(place(number + 1));
        }
        Some(Member {
            userid: userid.to_owned(),
            name: Some(name),
            mobile: Some(format!("+86139{number:08}")),
            job_number: Some(format!("J{number:06}")),
            active: number % 50 != 49,
            leader_in: departments.iter().copied().filter(|_| number < self.departments).take(1).collect(),
            departments,
            ..Member::default()
        })
    }
}
