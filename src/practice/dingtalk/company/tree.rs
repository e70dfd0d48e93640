//! Walking the departments: what lies below, what lies above.

use std::collections::BTreeSet;

use super::department::Department;
use super::{Company, ROOT};
use crate::practice::people::Person;

impl Company {
    /// The department of that id; the root bears the company's name (§7.3).
    pub(in crate::practice::dingtalk) fn department(&self, id: u64) -> Option<Department> {
        if id == ROOT {
            return Some(Department { parent: 0, ..Department::named(&self.name) });
        }
        if self.removed.contains(&id) {
            return None;
        }
        self.departments.get(&id).cloned().or_else(|| self.crowd.as_ref()?.department(id))
    }

    /// One level below, in steady order.
    pub(in crate::practice::dingtalk) fn children(&self, parent: u64) -> Vec<u64> {
        let made_up = self.crowd.iter().flat_map(|crowd| crowd.children(parent));
        let made_up = made_up.filter(|id| !self.removed.contains(id) && !self.departments.contains_key(id));
        let written = self.departments.iter().filter(|(_, department)| department.parent == parent);
        written.map(|(id, _)| *id).chain(made_up).collect()
    }

    /// The department itself, then what lies above, up to the root or where the way ends.
    pub(in crate::practice::dingtalk) fn way_up(&self, id: u64) -> Vec<u64> {
        let mut way = Vec::new();
        let mut at = id;
        while let Some(department) = self.department(at) {
            if way.contains(&at) {
                break;
            }
            way.push(at);
            at = department.parent;
        }
        way
    }

    /// The department and everything below it.
    pub(in crate::practice::dingtalk) fn below(&self, id: u64) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            if found.insert(next) {
                waiting.extend(self.children(next));
            }
        }
        found
    }

    /// People in a department and below, each once.
    pub(in crate::practice::dingtalk) fn count(&self, people: &[Person], id: u64) -> usize {
        let below = self.below(id);
        let inside = |userid: String| {
            let member = self.member(people, &userid);
            member.is_some_and(|member| member.departments.iter().any(|department| below.contains(department)))
        };
        if id == ROOT {
            self.userids(people).count()
        } else {
            self.userids(people).filter(|it| inside(it.clone())).count()
        }
    }

    /// Every department that is there, the root first.
    pub(in crate::practice::dingtalk) fn department_ids(&self) -> Vec<u64> {
        let made_up = self.crowd.iter().flat_map(super::Crowd::ids).filter(|id| !self.departments.contains_key(id));
        let all = std::iter::once(ROOT).chain(self.departments.keys().copied()).chain(made_up);
        all.filter(|id| !self.removed.contains(id)).collect()
    }
}
