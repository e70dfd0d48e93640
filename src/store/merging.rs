//! A merge and its undoing, each one transaction: either all of it is as it was read, or nothing happens.

use super::members::Member;
use super::merges::{Merge, Moved, MovedMember, Place, columns};
use super::row::{statement, write_json};
use super::users::User;
use super::{Error, Result, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{OrgId, UserId};

/// What two people are called who are not any more as they were read.
pub const CHANGED: &str = "people";

const fn stands(done: bool) -> Result<()> {
    if done { Ok(()) } else { Err(Error::Conflict(CHANGED)) }
}

impl Tx {
    /// Moves what `merge.moved` names from the absorbed person to the one kept, ends the absorbed one's sessions
    /// and grants (their applications are told), and writes the merge down. `kept` and `absorbed` are the two as
    /// they will be, with the versions they were read with.
    ///
    /// # Errors
    /// `Conflict("people")` when either changed since they were read, `Down`.
    pub async fn merge_people(&mut self, merge: &Merge, kept: &User, absorbed: &User) -> Result<()> {
        self.queue_for(&merge.kept, &merge.absorbed).await?;
        let insert = statement(concat!(
            "INSERT INTO merges (",
            columns!(),
            ") SELECT $1, $2, $3, $4, $5, NULL WHERE NOT EXISTS
            (SELECT 1 FROM merges WHERE undone_at IS NULL AND absorbed_id IN ($2, $3))"
        ));
        let insert = insert
            .bind(&merge.id)
            .bind(merge.kept.as_str())
            .bind(merge.absorbed.as_str())
            .bind(merge.at)
            .bind(write_json(&merge.moved));
        stands(self.changed(insert).await?)?;
        // The names go first: they are unique.
        stands(self.update_user(absorbed).await?)?;
        stands(self.update_user(kept).await?)?;
        self.move_over(merge).await?;
        self.close_merge_cases(&merge.kept, &merge.absorbed).await?;
        self.end_everything_of_user(&merge.absorbed, merge.at).await?;
        stands(!self.has_left_overs(&merge.absorbed).await?)
    }

    /// Moves back what is still as the merge left it. `kept` and `absorbed` are the two as they will be, with the
    /// versions they were read with. `false` when it was undone already, or the one kept was absorbed since.
    ///
    /// # Errors
    /// `Conflict("people")` when either changed since they were read, `Down`.
    pub async fn unmerge_people(
        &mut self,
        merge: &Merge,
        (kept, absorbed): (&User, &User),
        now: Seconds,
    ) -> Result<bool> {
        self.queue_for(&merge.kept, &merge.absorbed).await?;
        let undo = statement(
            "UPDATE merges SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL AND NOT EXISTS
            (SELECT 1 FROM merges AS later WHERE later.absorbed_id = merges.kept_id AND later.undone_at IS NULL)",
        );
        if !self.changed(undo.bind(&merge.id).bind(now)).await? {
            return Ok(false);
        }
        stands(self.update_user(kept).await?)?;
        stands(self.update_user(absorbed).await?)?;
        self.move_back(merge, now).await?;
        // Whoever is signed in may be either of them.
        self.end_everything_of_user(&merge.kept, now).await?;
        Ok(true)
    }

    /// Two changes of the same people wait for each other here, always in one order.
    async fn queue_for(&mut self, one: &UserId, other: &UserId) -> Result<()> {
        for id in [one.min(other), one.max(other)] {
            self.run(statement("UPDATE users SET updated_at = updated_at WHERE id = $1").bind(id.as_str())).await?;
        }
        Ok(())
    }

    async fn move_over(&mut self, merge: &Merge) -> Result<()> {
        let Merge { kept, absorbed, moved, .. } = merge;
        for (id, _) in &moved.identities {
            let go = statement("UPDATE identities SET user_id = $3 WHERE id = $1 AND user_id = $2");
            stands(self.changed(go.bind(id).bind(absorbed.as_str()).bind(kept.as_str())).await?)?;
        }
        for row in &moved.dropped {
            stands(self.delete_identity(absorbed, &row.id).await?)?;
        }
        if let Some(set) = moved.password {
            stands(self.hand_password(absorbed, kept, set).await?)?;
        }
        for (client, given) in &moved.consents {
            stands(self.hand_consent((absorbed, kept), client.as_str(), *given).await?)?;
        }
        for member in &moved.members {
            self.take_place(merge, member).await?;
        }
        for (client, value) in &moved.subjects {
            let put = statement(
                "INSERT INTO moved_subjects (user_id, client_id, value, merge_id) VALUES ($1, $2, $3, $4)
                ON CONFLICT (user_id, client_id) DO NOTHING",
            );
            self.run(put.bind(kept.as_str()).bind(client.as_str()).bind(value).bind(&merge.id)).await?;
        }
        Ok(())
    }

    async fn move_back(&mut self, merge: &Merge, now: Seconds) -> Result<()> {
        let Merge { kept, absorbed, moved, .. } = merge;
        let Moved { identities, dropped, password, consents, members, .. } = moved;
        for (id, subject) in identities {
            let back = statement("UPDATE identities SET user_id = $3, subject = $4 WHERE id = $1 AND user_id = $2");
            self.run(back.bind(id).bind(kept.as_str()).bind(absorbed.as_str()).bind(subject)).await?;
        }
        for row in dropped {
            match self.insert_only_identity(row).await {
                // It is somebody's by now.
                Ok(()) | Err(Error::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(set) = password {
            self.hand_password(kept, absorbed, *set).await?;
        }
        for (client, given) in consents {
            self.hand_consent((kept, absorbed), client.as_str(), *given).await?;
        }
        for member in members {
            self.give_place_back(merge, member, now).await?;
        }
        self.run(statement("DELETE FROM moved_subjects WHERE merge_id = $1").bind(&merge.id)).await.map(|_| ())
    }

    /// The password that was set at this moment, to somebody who has none.
    async fn hand_password(&mut self, from: &UserId, to: &UserId, set: Seconds) -> Result<bool> {
        let hand = statement(
            "UPDATE credentials SET user_id = $2 WHERE user_id = $1 AND kind = 'password' AND changed_at = $3
            AND NOT EXISTS (SELECT 1 FROM credentials AS other WHERE other.user_id = $2 AND other.kind = 'password')",
        );
        self.changed(hand.bind(from.as_str()).bind(to.as_str()).bind(set)).await
    }

    /// The consent that was given at this moment, to somebody who has given none.
    async fn hand_consent(&mut self, (from, to): (&UserId, &UserId), client: &str, given: Seconds) -> Result<bool> {
        let hand = statement(
            "UPDATE consents SET user_id = $2 WHERE user_id = $1 AND client_id = $3 AND given_at = $4
            AND NOT EXISTS (SELECT 1 FROM consents AS other WHERE other.user_id = $2 AND other.client_id = $3)",
        );
        self.changed(hand.bind(from.as_str()).bind(to.as_str()).bind(client).bind(given)).await
    }

    async fn take_place(&mut self, merge: &Merge, MovedMember { org, was, kept_was, is }: &MovedMember) -> Result<()> {
        self.leave_place(org, &merge.absorbed, was).await?;
        match kept_was {
            None => stands(self.add_member(&is.member(org, &merge.kept)).await?)?,
            Some(before) => stands(self.change_place((org, &merge.kept), before, is).await?)?,
        }
        for department in &is.departments {
            self.place_member(org, &merge.kept, department, true).await?;
        }
        Ok(())
    }

    async fn give_place_back(&mut self, merge: &Merge, member: &MovedMember, now: Seconds) -> Result<()> {
        let MovedMember { org, was, kept_was, is } = member;
        let find = statement("SELECT user_id FROM members WHERE org_id = $1 AND user_id = $2");
        if self.one(find.bind(org.as_str()).bind(merge.kept.as_str())).await?.is_none() {
            // They left the organisation since, and so did the other one.
            return Ok(());
        }
        match kept_was {
            None => self.end_membership(org, &merge.kept, now, "unmerged").await.map(drop)?,
            Some(before) => {
                self.change_place((org, &merge.kept), is, before).await?;
                for department in is.departments.iter().filter(|id| !before.departments.contains(id)) {
                    self.place_member(org, &merge.kept, department, false).await?;
                }
            }
        }
        self.add_member(&was.member(org, &merge.absorbed)).await?;
        for department in &was.departments {
            self.place_member(org, &merge.absorbed, department, true).await?;
        }
        Ok(())
    }

    async fn leave_place(&mut self, org: &OrgId, user: &UserId, was: &Place) -> Result<()> {
        let leave = statement(
            "DELETE FROM members WHERE org_id = $1 AND user_id = $2 AND roles = $3
            AND COALESCE(person, '') = COALESCE(CAST($4 AS TEXT), '')",
        );
        let Member { roles, person, .. } = was.member(org, user);
        let leave = leave.bind(org.as_str()).bind(user.as_str()).bind(write_json(&roles)).bind(person);
        stands(self.changed(leave).await?)
    }

    /// Where they are there as `from`: they become as `to`.
    async fn change_place(&mut self, (org, user): (&OrgId, &UserId), from: &Place, to: &Place) -> Result<bool> {
        let change = statement(
            "UPDATE members SET roles = $3, person = $4, source = $5 WHERE org_id = $1 AND user_id = $2 AND roles = $6
            AND COALESCE(person, '') = COALESCE(CAST($7 AS TEXT), '')",
        );
        let change = change
            .bind(org.as_str())
            .bind(user.as_str())
            .bind(write_json(&to.roles))
            .bind(to.person.as_deref())
            .bind(to.source.name())
            .bind(write_json(&from.roles))
            .bind(from.person.as_deref());
        self.changed(change).await
    }

    /// Something came to the absorbed person after they were read.
    async fn has_left_overs(&mut self, user: &UserId) -> Result<bool> {
        for left in [
            "SELECT id FROM identities WHERE user_id = $1 LIMIT 1",
            "SELECT org_id FROM members WHERE user_id = $1 LIMIT 1",
        ] {
            if self.one(statement(left).bind(user.as_str())).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
