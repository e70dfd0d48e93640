//! A member of a company, with the fields of §7.2; what is absent is left out of the answers.

use serde::{Deserialize, Serialize};

use super::ROOT;
use crate::practice::people::Person;

/// What is written down of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "these are DingTalk's own flags (§7.2)")]
pub(in crate::practice::dingtalk) struct Member {
    #[serde(skip)]
    pub(in crate::practice::dingtalk) userid: String,
    /// The practice person they are, by key.
    pub(in crate::practice::dingtalk) person: Option<String>,
    /// The name in the company; the person's when absent.
    pub(in crate::practice::dingtalk) name: Option<String>,
    /// E.164; the person's when absent.
    pub(in crate::practice::dingtalk) mobile: Option<String>,
    /// The address somebody typed; the person's when absent.
    pub(in crate::practice::dingtalk) email: Option<String>,
    pub(in crate::practice::dingtalk) org_email: Option<String>,
    pub(in crate::practice::dingtalk) avatar: Option<String>,
    pub(in crate::practice::dingtalk) title: Option<String>,
    pub(in crate::practice::dingtalk) job_number: Option<String>,
    pub(in crate::practice::dingtalk) telephone: Option<String>,
    pub(in crate::practice::dingtalk) work_place: Option<String>,
    pub(in crate::practice::dingtalk) remark: Option<String>,
    pub(in crate::practice::dingtalk) extension: Option<String>,
    pub(in crate::practice::dingtalk) manager_userid: Option<String>,
    /// Milliseconds.
    pub(in crate::practice::dingtalk) hired_date: Option<i64>,
    pub(in crate::practice::dingtalk) departments: Vec<u64>,
    pub(in crate::practice::dingtalk) leader_in: Vec<u64>,
    pub(in crate::practice::dingtalk) roles: Vec<Role>,
    pub(in crate::practice::dingtalk) active: bool,
    pub(in crate::practice::dingtalk) admin: bool,
    pub(in crate::practice::dingtalk) boss: bool,
    pub(in crate::practice::dingtalk) senior: bool,
    pub(in crate::practice::dingtalk) hide_mobile: bool,
    /// An external contact: `contact_type` 1 (§7.1).
    pub(in crate::practice::dingtalk) external: bool,
    /// An enterprise account (§2).
    pub(in crate::practice::dingtalk) exclusive: bool,
}

/// A role of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::practice::dingtalk) struct Role {
    pub(in crate::practice::dingtalk) id: u64,
    pub(in crate::practice::dingtalk) name: String,
    pub(in crate::practice::dingtalk) group_name: String,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            userid: String::new(),
            person: None,
            name: None,
            mobile: None,
            email: None,
            org_email: None,
            avatar: None,
            title: None,
            job_number: None,
            telephone: None,
            work_place: None,
            remark: None,
            extension: None,
            manager_userid: None,
            hired_date: None,
            departments: vec![ROOT],
            leader_in: Vec::new(),
            roles: Vec::new(),
            active: true,
            admin: false,
            boss: false,
            senior: false,
            hide_mobile: false,
            external: false,
            exclusive: false,
        }
    }
}

impl Member {
    /// A practice person of whom nothing more is written down: the first department, and the root for some.
    pub(in crate::practice::dingtalk) fn of(person: &Person) -> Self {
        let userid = person.dingtalk.as_ref().map(|place| place.userid.clone()).unwrap_or_default();
        let departments = if person.key == "unproven" { vec![ROOT] } else { vec![440_001] };
        let admin = person.key == "amara";
        Self { departments, admin, ..Self::default() }.filled(&userid, Some(person))
    }

    /// With what the person tells where nothing is written down.
    pub(in crate::practice::dingtalk) fn filled(mut self, userid: &str, person: Option<&Person>) -> Self {
        userid.clone_into(&mut self.userid);
        if let Some(person) = person {
            self.person = Some(person.key.clone());
            self.name = self.name.or_else(|| Some(person.shown().to_owned()));
            self.mobile = self.mobile.or_else(|| person.mobile.clone());
            self.email = self.email.or_else(|| person.email.clone());
        }
        self
    }

    /// Country code and national number.
    pub(in crate::practice::dingtalk) fn mobile_parts(&self) -> Option<(String, String)> {
        let number = phonenumber::parse(None, self.mobile.as_deref()?).ok()?;
        Some((number.code().value().to_string(), number.national().value().to_string()))
    }

    /// `sys_level`: 1 for the main administrator, 100 for the boss (§5).
    pub(in crate::practice::dingtalk) fn level(&self) -> u32 {
        match (self.admin, self.boss) {
            (true, _) => 1,
            (false, true) => 100,
            _ => 0,
        }
    }
}
