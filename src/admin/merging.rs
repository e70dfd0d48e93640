//! Two people who are one: what a merge would do, doing it, and undoing it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::{Actor, Admin, AdminError};
use crate::base::id::{ClientId, OrgId, UserId};
use crate::base::people::Email;
use crate::base::sentence::Words;
use crate::login::otp::is_number;
use crate::store::Error;
use crate::store::identities::StoredIdentity;
use crate::store::members::MemberSource;
use crate::store::merges::{Merge, Moved, MovedMember, Names, Place};
use crate::store::merging::CHANGED;
use crate::store::users::{User, UserState};

/// Cases and merges listed at once.
const LISTED: i64 = 1000;

/// What a merge would do.
#[derive(Debug, Serialize)]
pub struct MergePreview {
    /// Who is left.
    pub kept: UserId,
    /// What they are called.
    pub kept_name: String,
    /// Who is absorbed: kept out from then on, and empty.
    pub absorbed: UserId,
    /// What they are called.
    pub absorbed_name: String,
    /// Key spaces of the ways in that go over.
    pub ways: Vec<String>,
    /// Numbers that sign nobody in any more, until the merge is undone: the one kept signs in by another.
    pub numbers_dropped: Vec<String>,
    /// The password goes over: the one kept has none.
    pub password: bool,
    /// Names that go over, because the one kept has none of the kind.
    pub names: Names,
    /// Names that stay with the absorbed one and sign nobody in.
    pub names_that_stay: Vec<String>,
    /// Organisations that the one kept belongs to from then on, by way of the absorbed one.
    pub organisations: Vec<OrgId>,
    /// Applications whose consent goes over.
    pub consents: Vec<ClientId>,
    /// Applications that go on knowing the person by the absorbed one's `sub`.
    pub keeps_sub: Vec<ClientId>,
    /// Sessions of the absorbed one that end, with every token.
    pub sessions: usize,
    /// Why it can't be done; empty when it can.
    pub obstacles: Vec<String>,
}

/// Two people whom a sign-in showed to be one.
#[derive(Debug, Serialize)]
pub struct OpenCase {
    /// Who was signed in.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Whom a weaker key belongs to.
    pub other: UserId,
    /// What they are called.
    pub other_name: String,
    /// The key space.
    pub space: String,
    /// When, in seconds.
    pub found_at: i64,
}

impl Admin {
    /// What merging `absorbed` into `kept` would do.
    ///
    /// # Errors
    /// `Forbidden`, `Store`.
    pub async fn preview_merge(&self, actor: &Actor, kept: &User, absorbed: &User) -> Result<MergePreview, AdminError> {
        self.permit(actor).await?;
        let (moved, mut obstacles) = self.moved(kept, absorbed).await?;
        obstacles.splice(0..0, obstacles_of(kept, absorbed));
        let ways = self.store.identities_of(&absorbed.id).await?.into_iter();
        let ways = ways.filter(|row| !moved.dropped.contains(row)).map(|row| row.space);
        let sessions = self.store.sessions_of(&absorbed.id, self.clock.now()).await?.len();
        Ok(MergePreview {
            kept: kept.id.clone(),
            kept_name: kept.name.clone(),
            absorbed: absorbed.id.clone(),
            absorbed_name: absorbed.name.clone(),
            ways: ways.collect(),
            numbers_dropped: moved.dropped.into_iter().map(|row| row.value).collect(),
            password: moved.password.is_some(),
            names_that_stay: names_that_stay(absorbed, &moved.names),
            names: moved.names,
            organisations: moved.members.into_iter().map(|member| member.org).collect(),
            consents: moved.consents.into_iter().map(|(client, _)| client).collect(),
            keeps_sub: moved.subjects.into_iter().map(|(client, _)| client).collect(),
            sessions,
            obstacles: obstacles.iter().map(ToString::to_string).collect(),
        })
    }

    /// Merges `absorbed` into `kept`: ways in, memberships and consents go over; the absorbed one's sessions and
    /// tokens end, and nobody signs in as them any more.
    ///
    /// # Errors
    /// `Conflict` where it can't be done, or when either changed in between.
    pub async fn merge_people(&self, actor: &Actor, kept: &User, absorbed: &User) -> Result<Merge, AdminError> {
        self.permit(actor).await?;
        let (moved, obstacles) = self.moved(kept, absorbed).await?;
        if let Some(why) = obstacles_of(kept, absorbed).into_iter().chain(obstacles).next() {
            return Err(AdminError::Conflict(why));
        }
        let at = self.clock.now();
        let (kept_after, absorbed_after) = after(kept, absorbed, &moved.names, at);
        let merge = Merge {
            id: self.random.ulid(at),
            kept: kept.id.clone(),
            absorbed: absorbed.id.clone(),
            at,
            moved,
            undone_at: None,
        };
        let entries = self.entries(actor, "user.merge", &merge);
        let all = (merge.clone(), kept_after, absorbed_after, entries);
        let done = self.store.write(move |tx| {
            let (merge, kept, absorbed, entries) = all.clone();
            Box::pin(async move {
                tx.merge_people(&merge, &kept, &absorbed).await?;
                for entry in &entries {
                    tx.audit(entry).await?;
                }
                Ok(())
            })
        });
        done.await.map_err(changed)?;
        Ok(merge)
    }

    /// Undoes the merge that absorbed this person: what is still as the merge left it goes back, and everybody
    /// signs in again.
    ///
    /// # Errors
    /// `NotFound` where no merge stands, `Conflict` when the one kept was absorbed since or changed in between.
    pub async fn unmerge_people(&self, actor: &Actor, absorbed: &User) -> Result<Merge, AdminError> {
        self.permit(actor).await?;
        let none = || AdminError::NotFound(format!("merge that absorbed {}", absorbed.id));
        let merge = self.store.merge_of(&absorbed.id).await?.ok_or_else(none)?;
        let kept = self.store.user(&merge.kept).await?;
        let kept = kept.ok_or_else(|| AdminError::NotFound("person who was kept, any more".to_owned()))?;
        let now = self.clock.now();
        let (kept_after, absorbed_after) = before(&kept, absorbed, &merge.moved.names, now);
        let entries = self.entries(actor, "user.unmerge", &merge);
        let all = (merge.clone(), kept_after, absorbed_after, entries);
        let done = self.store.write(move |tx| {
            let (merge, kept, absorbed, entries) = all.clone();
            Box::pin(async move {
                let done = tx.unmerge_people(&merge, (&kept, &absorbed), now).await?;
                if done {
                    for entry in &entries {
                        tx.audit(entry).await?;
                    }
                }
                Ok(done)
            })
        });
        if done.await.map_err(changed)? {
            return Ok(Merge { undone_at: Some(now), ..merge });
        }
        Err(AdminError::Conflict(Words::with(
            "{} was merged into somebody since; undo that first",
            "{} 之后又被合并到其他用户，请先撤销那次合并",
            &[kept.id.as_str()],
        )))
    }

    /// Pairs of people that a sign-in showed to be one, oldest first.
    ///
    /// # Errors
    /// `Store`.
    pub async fn open_cases(&self) -> Result<Vec<OpenCase>, AdminError> {
        let mut open = Vec::new();
        for case in self.store.merge_cases(LISTED).await? {
            let (user, other) = (self.store.user(&case.user).await?, self.store.user(&case.other).await?);
            let name = |user: Option<User>| user.map(|user| user.name).unwrap_or_default();
            open.push(OpenCase {
                name: name(user),
                other_name: name(other),
                user: case.user,
                other: case.other,
                space: case.space,
                found_at: case.found_at,
            });
        }
        Ok(open)
    }

    /// What goes over, and what stands in the way of it.
    async fn moved(&self, kept: &User, absorbed: &User) -> Result<(Moved, Vec<Words>), AdminError> {
        let (identities, dropped) = self.ways_of_both(kept, absorbed).await?;
        let has_password = self.store.password_of(&kept.id).await?.is_some();
        let password = self.store.password_of(&absorbed.id).await?.filter(|_| !has_password);
        let given: BTreeSet<ClientId> =
            self.store.consents_of(&kept.id).await?.into_iter().map(|consent| consent.client_id).collect();
        let consents = self.store.consents_of(&absorbed.id).await?.into_iter();
        let (members, obstacles) = self.members_of_both(kept, absorbed).await?;
        let moved = Moved {
            identities: identities.into_iter().map(|row| (row.id, row.subject)).collect(),
            password: password.map(|password| password.changed_at),
            names: names(kept, absorbed, &dropped),
            dropped,
            consents: consents
                .filter(|consent| !given.contains(&consent.client_id))
                .map(|consent| (consent.client_id, consent.given_at))
                .collect(),
            members,
            subjects: self.subjects_that_stay(kept, absorbed).await?,
        };
        Ok((moved, obstacles))
    }

    /// The absorbed one's ways in: those that go over, and the numbers that do not. The one kept keeps their number,
    /// or gets the absorbed one's where they have none.
    async fn ways_of_both(
        &self,
        kept: &User,
        absorbed: &User,
    ) -> Result<(Vec<StoredIdentity>, Vec<StoredIdentity>), AdminError> {
        let comes = match self.login.number_of(kept).await? {
            Some(_) => None,
            None => self.login.number_of(absorbed).await?,
        };
        let all = self.store.identities_of(&absorbed.id).await?.into_iter();
        Ok(all.partition(|row| !is_number(&row.space) || comes.as_ref() == Some(row)))
    }

    /// An application that knew only the absorbed one goes on knowing the person by that `sub` (design.md §4).
    async fn subjects_that_stay(&self, kept: &User, absorbed: &User) -> Result<Vec<(ClientId, String)>, AdminError> {
        let known = self.store.clients_knowing(&kept.id).await?;
        let mut stay = Vec::new();
        for id in self.store.clients_knowing(&absorbed.id).await? {
            if known.contains(&id) {
                continue;
            }
            let Some(client) = self.store.client(&id).await? else { continue };
            if let Some(sub) = self.login.subject_known_to(&absorbed.id, &client).await? {
                stay.push((id, sub));
            }
        }
        Ok(stay)
    }

    async fn members_of_both(
        &self,
        kept: &User,
        absorbed: &User,
    ) -> Result<(Vec<MovedMember>, Vec<Words>), AdminError> {
        let theirs = self.store.places_of(&kept.id).await?;
        let (mut members, mut obstacles) = (Vec::new(), Vec::new());
        for (org, was) in self.store.places_of(&absorbed.id).await? {
            let kept_was = theirs.iter().find(|(id, _)| *id == org).map(|(_, place)| place.clone());
            let twice = kept_was.as_ref().is_some_and(|place| place.person.is_some() && place.person != was.person);
            if twice && was.person.is_some() {
                let (en, zh) = (
                    "the directory of organisation {} has both as different people",
                    "组织 {} 的通讯录中这是两个不同的人",
                );
                obstacles.push(Words::with(en, zh, &[org.as_str()]));
            }
            let is = kept_was.as_ref().map_or_else(|| was.clone(), |place| both(place, &was));
            members.push(MovedMember { org, was, kept_was, is });
        }
        Ok((members, obstacles))
    }

    /// One for each of the two, so that both find it in their activity.
    fn entries(&self, actor: &Actor, action: &str, merge: &Merge) -> [crate::store::audit::AuditEntry; 2] {
        let detail = json!({ "merge": merge.id, "kept": merge.kept, "absorbed": merge.absorbed });
        [&merge.kept, &merge.absorbed].map(|id| self.entry(actor, action, &format!("user:{id}"), &detail))
    }
}

/// What stands in the way, by the two alone.
fn obstacles_of(kept: &User, absorbed: &User) -> Vec<Words> {
    let mut all = Vec::new();
    let mut stop = |is: bool, en: &str, zh: &str| {
        if is {
            all.push(Words::new(en, zh));
        }
    };
    stop(kept.id == absorbed.id, "they are the same person already", "两者已是同一个用户");
    stop(
        kept.practice != absorbed.practice,
        "one is a practice person and the other is not",
        "一个是练习用户，另一个不是",
    );
    stop(kept.state != UserState::Active, "the one to be kept is disabled", "要保留的用户已停用");
    stop(
        absorbed.state != UserState::Active,
        "the one to be absorbed is disabled, or merged already",
        "要并入的用户已停用或已被合并",
    );
    stop(
        absorbed.administrator,
        "the one to be absorbed is an administrator: take the console from them first",
        "要并入的用户是管理员，请先取消其管理员身份",
    );
    all
}

/// Names of kinds that the one kept has none of; a number that lets nobody in is none.
fn names(kept: &User, absorbed: &User, dropped: &[StoredIdentity]) -> Names {
    let email = absorbed.email.as_ref().map(|email| (email.as_str().to_owned(), absorbed.email_verified));
    let phone = absorbed.phone.as_ref().map(|phone| (phone.clone(), absorbed.phone_verified));
    Names {
        username: absorbed.username.clone().filter(|_| kept.username.is_none()),
        email: email.filter(|_| kept.email.is_none()),
        phone: phone.filter(|(number, _)| kept.phone.is_none() && dropped.iter().all(|row| row.value != *number)),
    }
}

fn names_that_stay(absorbed: &User, gone: &Names) -> Vec<String> {
    let username = absorbed.username.clone().filter(|_| gone.username.is_none());
    let email = absorbed.email.as_ref().map(|email| email.as_str().to_owned()).filter(|_| gone.email.is_none());
    let phone = absorbed.phone.clone().filter(|_| gone.phone.is_none());
    [username, email, phone].into_iter().flatten().collect()
}

/// The two after a merge.
fn after(kept: &User, absorbed: &User, names: &Names, now: i64) -> (User, User) {
    let mut kept = User { updated_at: now, ..kept.clone() };
    let mut absorbed = User { updated_at: now, state: UserState::Disabled, ..absorbed.clone() };
    if names.username.is_some() {
        kept.username = absorbed.username.take();
    }
    if names.email.is_some() {
        (kept.email, kept.email_verified) = (absorbed.email.take(), absorbed.email_verified);
        absorbed.email_verified = false;
    }
    if names.phone.is_some() {
        (kept.phone, kept.phone_verified) = (absorbed.phone.take(), absorbed.phone_verified);
        absorbed.phone_verified = false;
    }
    (kept, absorbed)
}

/// The two after a merge is undone: names that are still as they came go back.
fn before(kept: &User, absorbed: &User, names: &Names, now: i64) -> (User, User) {
    let mut kept = User { updated_at: now, ..kept.clone() };
    let mut absorbed = User { updated_at: now, state: UserState::Active, ..absorbed.clone() };
    if names.username.is_some() && kept.username == names.username {
        absorbed.username = kept.username.take();
    }
    let email = kept.email.as_ref().map(Email::as_str);
    if let Some((address, verified)) = names.email.as_ref().filter(|(address, _)| email == Some(address.as_str())) {
        (absorbed.email, absorbed.email_verified) = (Email::parse(address).ok(), *verified);
        (kept.email, kept.email_verified) = (None, false);
    }
    if let Some((number, verified)) = names.phone.as_ref().filter(|(number, _)| kept.phone.as_ref() == Some(number)) {
        (absorbed.phone, absorbed.phone_verified) = (Some(number.clone()), *verified);
        (kept.phone, kept.phone_verified) = (None, false);
    }
    (kept, absorbed)
}

/// One place of two: the roles and departments of both, the directory's row of whoever has one.
fn both(kept: &Place, absorbed: &Place) -> Place {
    let joined = |one: &[String], other: &[String]| {
        let more = other.iter().filter(|word| !one.contains(word));
        one.iter().chain(more).cloned().collect::<Vec<_>>()
    };
    let comes = kept.person.is_none() && absorbed.person.is_some();
    Place {
        since: kept.since,
        source: if comes && kept.source != MemberSource::Manual { absorbed.source } else { kept.source },
        person: kept.person.clone().or_else(|| absorbed.person.clone()),
        roles: joined(&kept.roles, &absorbed.roles),
        departments: joined(&kept.departments, &absorbed.departments),
    }
}

fn changed(error: Error) -> AdminError {
    match error {
        Error::Conflict(CHANGED) => AdminError::conflict(
            "one of the two changed in between; look at the preview again",
            "其中一位用户刚刚有变动，请重新查看预览",
        ),
        Error::Conflict(what @ ("username" | "email" | "phone")) => {
            AdminError::Conflict(Words::with("the {} belongs to somebody else by now", "{} 现已属于其他用户", &[what]))
        }
        other => AdminError::Store(other),
    }
}
