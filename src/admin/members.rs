//! Who belongs to an organisation, as administrators change it.

use serde_json::json;

use super::{Actor, Admin, AdminError};
use crate::base::id::{OrgId, UserId};
use crate::store::leaving::Departure;
use crate::store::members::{Member, MemberSource};

/// Roles that a member has at most, and characters of one.
const ROLES: (usize, usize) = (50, 64);

impl Admin {
    /// Makes somebody a member with these roles; for one who is, the roles are replaced.
    ///
    /// # Errors
    /// `Wrong` roles; `Conflict` for a person of the other world (practice and real); `NotFound`.
    pub async fn put_member(
        &self,
        actor: &Actor,
        org: &OrgId,
        user: &UserId,
        roles: &[String],
    ) -> Result<(), AdminError> {
        self.permit(actor).await?;
        check_roles(roles)?;
        let (Some(stands), Some(person)) = (self.store.org(org).await?, self.store.user(user).await?) else {
            return Err(AdminError::NotFound("such organisation or person".to_owned()));
        };
        if stands.practice != person.practice {
            return Err(AdminError::conflict(
                "practice people belong to practice organisations only",
                "练习用户只能加入练习组织",
            ));
        }
        let member = Member {
            org_id: org.clone(),
            user_id: user.clone(),
            since: self.clock.now(),
            source: MemberSource::Manual,
            person: None,
            roles: roles.to_vec(),
        };
        let detail = json!({ "user": user, "roles": roles });
        let entry = self.entry(actor, "organisation.member.put", &format!("org:{org}"), &detail);
        self.store
            .write(move |tx| {
                let (member, entry) = (member.clone(), entry.clone());
                Box::pin(async move {
                    if !tx.add_member(&member).await? {
                        tx.set_member_roles(&member.org_id, &member.user_id, &member.roles).await?;
                    }
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }

    /// Ends a membership, with the sessions, tokens and application sessions in it.
    ///
    /// # Errors
    /// `NotFound` for somebody who does not belong.
    pub async fn remove_member(&self, actor: &Actor, org: &OrgId, user: &UserId) -> Result<Departure, AdminError> {
        self.permit(actor).await?;
        let now = self.clock.now();
        let entry = self.entry(actor, "organisation.member.remove", &format!("org:{org}"), &json!({ "user": user }));
        let (org, user) = (org.clone(), user.clone());
        let departure = self.store.write(move |tx| {
            let (org, user, entry) = (org.clone(), user.clone(), entry.clone());
            Box::pin(async move {
                let departure = tx.end_membership(&org, &user, now, "member_removed").await?;
                if departure.user_id.is_some() {
                    tx.audit(&entry).await?;
                }
                Ok(departure)
            })
        });
        let departure = departure.await?;
        if departure.user_id.is_none() {
            return Err(AdminError::NotFound("such member of this organisation".to_owned()));
        }
        Ok(departure)
    }

    /// Puts a member into a department, or takes them out of one they were put into by hand.
    ///
    /// # Errors
    /// `NotFound` where there is nothing to change.
    pub async fn place_member(
        &self,
        actor: &Actor,
        org: &OrgId,
        user: &UserId,
        (department, there): (&str, bool),
    ) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let detail = json!({ "user": user, "department": department, "there": there });
        let entry = self.entry(actor, "organisation.member.place", &format!("org:{org}"), &detail);
        let (org, user, department) = (org.clone(), user.clone(), department.to_owned());
        let done = self.store.write(move |tx| {
            let (org, user, department, entry) = (org.clone(), user.clone(), department.clone(), entry.clone());
            Box::pin(async move {
                let done = tx.place_member(&org, &user, &department, there).await?;
                if done {
                    tx.audit(&entry).await?;
                }
                Ok(done)
            })
        });
        match done.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(crate::store::Error::Conflict("reference")) => {
                Err(AdminError::NotFound("such place: the member, the department, or them in it".to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn check_roles(roles: &[String]) -> Result<(), AdminError> {
    let fits = |role: &String| {
        let length = role.chars().count();
        (1..=ROLES.1).contains(&length) && !role.chars().any(|c| c.is_control() || c.is_whitespace())
    };
    if roles.len() <= ROLES.0 && roles.iter().all(fits) {
        return Ok(());
    }
    let text = "at most 50 of 1 to 64 characters, without spaces";
    Err(AdminError::wrong("roles", text, "最多 50 个，每个 1 到 64 个字符，不含空格"))
}
