//! Two people made one by an administrator, and two again.

use hufu::admin::{Actor, AdminError};
use hufu::base::id::{ClientId, OrgId, UserId};
use hufu::store::consents::Consent;
use hufu::store::members::{Member, MemberSource};
use hufu::store::orgs::Org;
use hufu::store::users::{User, UserState};

use super::person::{KINDS, Person};
use crate::support::http::Answer;
use crate::support::server::Application;
use crate::ways::place::Place;

const NUMBER: &str = "+8613800000001";

async fn user(place: &Place, id: &UserId) -> User {
    place.server.app.store.user(id).await.unwrap().unwrap()
}

async fn merge(place: &Place, kept: &UserId, absorbed: &UserId) -> Result<(), AdminError> {
    let (kept, absorbed) = (user(place, kept).await, user(place, absorbed).await);
    Box::pin(place.server.app.admin.merge_people(&Actor::command_line(), &kept, &absorbed)).await.map(drop)
}

async fn unmerge(place: &Place, absorbed: &UserId) -> Result<(), AdminError> {
    let absorbed = user(place, absorbed).await;
    place.server.app.admin.unmerge_people(&Actor::command_line(), &absorbed).await.map(drop)
}

/// What an application gets from this browser.
async fn tokens(person: &Person<'_>, application: &Application) -> Answer {
    let code = person.browser.code(application, &[("scope", "openid offline_access")]).await;
    person.browser.redeem(application, &code).await
}

async fn userinfo(person: &Person<'_>, tokens: &Answer) -> Answer {
    let bearer = format!("Bearer {}", tokens.json()["access_token"].as_str().unwrap());
    person.browser.get_with("/userinfo", &[("authorization", &bearer), ("cookie", "")]).await
}

async fn sub(person: &Person<'_>, application: &Application) -> String {
    let tokens = tokens(person, application).await;
    userinfo(person, &tokens).await.json()["sub"].as_str().unwrap().to_owned()
}

async fn with_member(place: &Place, user: &UserId, (org, roles): (&str, &[&str]), person: Option<&str>) {
    let now = place.server.clock.now();
    let row = Org {
        id: OrgId::new(org),
        version: 1,
        created_at: now,
        updated_at: now,
        name: org.to_owned(),
        logo: None,
        enabled: true,
        practice: true,
        connector_id: None,
        rule: None,
        registration: None,
        sync_every: None,
    };
    let member = Member {
        org_id: OrgId::new(org),
        user_id: user.clone(),
        since: now,
        source: MemberSource::Manual,
        person: person.map(str::to_owned),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    let is_new = place.server.app.store.org(&OrgId::new(org)).await.unwrap().is_none();
    let write = place.server.app.store.write(move |tx| {
        let (row, member) = (row.clone(), member.clone());
        Box::pin(async move {
            if is_new {
                tx.insert_org(&row).await?;
            }
            tx.add_member(&member).await
        })
    });
    assert!(write.await.unwrap());
}

async fn roles(place: &Place, user: &UserId, org: &str) -> Option<Vec<String>> {
    let member = place.server.app.store.member(&OrgId::new(org), user).await.unwrap();
    member.map(|member| member.roles)
}

#[tokio::test]
async fn a_merge_moves_ways_in_ends_the_absorbed_ones_tokens_and_can_be_undone() {
    for (store, place) in Place::both(KINDS).await {
        let (first, second) = (place.server.application().await, place.server.application().await);
        let lei = Person::by_number(&place, NUMBER).await;
        let amara = Person::by_github(&place, "amara").await;
        let (lei_sub, amara_sub) = (sub(&lei, &first).await, sub(&amara, &first).await);
        let held = tokens(&amara, &second).await;
        // A preview changes nothing.
        let admin = &place.server.app.admin;
        let (kept, absorbed) = (user(&place, &lei.id).await, user(&place, &amara.id).await);
        let preview = admin.preview_merge(&Actor::command_line(), &kept, &absorbed).await.unwrap();
        assert_eq!((preview.ways.as_slice(), preview.sessions), (["practice/github.com".to_owned()].as_slice(), 1));
        assert_eq!(preview.keeps_sub, [ClientId::new(second.id.as_str())], "{store}: only it knew one of them");
        assert!(preview.obstacles.is_empty() && amara.is_in().await, "{store}");

        merge(&place, &lei.id, &amara.id).await.unwrap();
        assert!(!amara.is_in().await && lei.is_in().await, "{store}");
        assert_eq!(userinfo(&amara, &held).await.status, 401, "{store}");
        let refresh = held.json()["refresh_token"].as_str().unwrap().to_owned();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        assert_eq!(amara.browser.token(&second, &fields).await.error(), "invalid_grant", "{store}");
        let again = Person::by_github(&place, "amara").await;
        assert_eq!(again.id, lei.id, "{store}");
        assert_eq!(sub(&again, &first).await, lei_sub, "{store}: it knew both");
        assert_eq!(sub(&again, &second).await, amara_sub, "{store}: it knew only the absorbed one");
        assert_eq!(user(&place, &amara.id).await.state, UserState::Disabled, "{store}");
        let mut activity = lei.browser.get("/account").await.body;
        assert!(activity.contains("Two accounts became one"), "{store}");

        unmerge(&place, &amara.id).await.unwrap();
        assert!(!lei.is_in().await && !again.is_in().await, "{store}: everybody signs in anew");
        let amara = Person::by_github(&place, "amara").await;
        let lei = Person::by_number(&place, NUMBER).await;
        assert_ne!(amara.id, lei.id, "{store}");
        assert_eq!((sub(&amara, &second).await, sub(&lei, &second).await), (amara_sub, lei_sub), "{store}");
        activity = amara.browser.get("/account").await.body;
        assert!(activity.contains("two again"), "{store}");
        assert!(matches!(unmerge(&place, &amara.id).await, Err(AdminError::NotFound(_))), "{store}: once");
    }
}

#[tokio::test]
async fn what_changed_since_a_merge_stays_as_it_is_when_it_is_undone() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        let amara = Person::by_github(&place, "amara").await;
        assert_eq!(amara.add_github("xiaoman").await, "bound", "{store}");
        merge(&place, &lei.id, &amara.id).await.unwrap();
        let lei = Person::by_number(&place, NUMBER).await;
        let links = place.server.app.store.identities_of(&lei.id).await.unwrap();
        let first = links.iter().find(|link| link.space == "practice/github.com").unwrap().clone();
        lei.post(&format!("/account/ways/{}/unbind", first.subject), &[]).await;
        place.server.clock.advance(60);
        unmerge(&place, &amara.id).await.unwrap();
        let back = place.server.app.store.identities_of(&amara.id).await.unwrap();
        assert_eq!(back.len(), 1, "{store}: what was removed since is not brought back");
        assert_ne!(back[0].id, first.id, "{store}");
        assert_eq!(lei.spaces(&lei.id).await, ["practice/phone"], "{store}");
    }
}

#[tokio::test]
async fn names_password_consents_and_memberships_go_over_and_come_back() {
    for (store, place) in Place::both(KINDS).await {
        let (app, data) = (place.server.application().await, &place.server.app.store);
        let lei = Person::by_number(&place, NUMBER).await;
        let han = place.server.person("han").await;
        let mut row = user(&place, &han).await;
        row.practice = true;
        let consent = Consent {
            user_id: han.clone(),
            client_id: ClientId::new(app.id.as_str()),
            scopes: vec!["profile".to_owned()],
            claims: Vec::new(),
            given_at: place.server.clock.now(),
        };
        let write = data.write(move |tx| {
            let (row, consent) = (row.clone(), consent.clone());
            Box::pin(async move {
                tx.put_consent(&consent).await?;
                tx.update_user(&row).await
            })
        });
        assert!(write.await.unwrap());
        with_member(&place, &han, ("o_one", &["editor"]), Some("p1")).await;
        with_member(&place, &han, ("o_two", &["editor", "reader"]), Some("p2")).await;
        with_member(&place, &lei.id, ("o_two", &["owner"]), None).await;
        let before = user(&place, &han).await;
        let number = user(&place, &lei.id).await.phone;

        merge(&place, &lei.id, &han).await.unwrap();
        let now = user(&place, &lei.id).await;
        assert_eq!((now.username.as_deref(), &now.phone), (Some("han"), &number), "{store}");
        assert_eq!((now.email.is_some(), now.email_verified), (true, true), "{store}");
        assert!(data.password_of(&lei.id).await.unwrap().is_some(), "{store}");
        assert!(data.consent(&lei.id, &ClientId::new(app.id.as_str())).await.unwrap().is_some(), "{store}");
        assert_eq!(roles(&place, &lei.id, "o_one").await.unwrap(), ["editor"], "{store}");
        assert_eq!(roles(&place, &lei.id, "o_two").await.unwrap(), ["owner", "editor", "reader"], "{store}");
        let member = data.member(&OrgId::new("o_two"), &lei.id).await.unwrap().unwrap();
        assert_eq!(member.person.as_deref(), Some("p2"), "{store}: whoever leaves the directory leaves");
        assert!(roles(&place, &han, "o_one").await.is_none() && roles(&place, &han, "o_two").await.is_none());
        let shell = user(&place, &han).await;
        let enabled = place.server.app.admin.set_person_enabled(&Actor::command_line(), &shell, true).await;
        assert!(matches!(enabled, Err(AdminError::Conflict(_))), "{store}: an empty shell stays out");

        unmerge(&place, &han).await.unwrap();
        let back = user(&place, &han).await;
        assert_eq!(
            (&back.username, &back.email, back.email_verified),
            (&before.username, &before.email, true),
            "{store}"
        );
        assert_eq!(back.state, UserState::Active, "{store}");
        let now = user(&place, &lei.id).await;
        assert_eq!((now.username, now.email, &now.phone), (None, None, &number), "{store}");
        assert!(data.password_of(&han).await.unwrap().is_some(), "{store}");
        assert!(data.password_of(&lei.id).await.unwrap().is_none(), "{store}");
        assert!(data.consent(&lei.id, &ClientId::new(app.id.as_str())).await.unwrap().is_none(), "{store}");
        assert_eq!(roles(&place, &han, "o_one").await.unwrap(), ["editor"], "{store}");
        assert_eq!(roles(&place, &han, "o_two").await.unwrap(), ["editor", "reader"], "{store}");
        assert_eq!(roles(&place, &lei.id, "o_one").await, None, "{store}");
        assert_eq!(roles(&place, &lei.id, "o_two").await.unwrap(), ["owner"], "{store}");
    }
}

#[tokio::test]
async fn of_two_numbers_the_one_kept_keeps_theirs_and_the_other_comes_back_with_the_undoing() {
    const OTHER: &str = "+8613800000002";
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        let hua = Person::by_number(&place, OTHER).await;
        assert_eq!(hua.add_github("amara").await, "bound", "{store}");
        let before = place.server.app.store.identities_of(&hua.id).await.unwrap();
        let (kept, absorbed) = (user(&place, &lei.id).await, user(&place, &hua.id).await);
        let preview = place.server.app.admin.preview_merge(&Actor::command_line(), &kept, &absorbed).await.unwrap();
        assert_eq!(preview.numbers_dropped, [OTHER], "{store}");
        assert_eq!(preview.ways, ["practice/github.com"], "{store}: {preview:?}");

        merge(&place, &lei.id, &hua.id).await.unwrap();
        let values = async |id: &UserId| {
            let links = place.server.app.store.identities_of(id).await.unwrap();
            links.into_iter().filter(|link| link.space == "practice/phone").map(|link| link.value).collect::<Vec<_>>()
        };
        assert_eq!(values(&lei.id).await, [NUMBER], "{store}");
        assert!(place.server.app.store.identity("practice/phone", OTHER).await.unwrap().is_none(), "{store}");
        unmerge(&place, &hua.id).await.unwrap();
        assert_eq!(place.server.app.store.identities_of(&hua.id).await.unwrap(), before, "{store}: as it was");
        assert_eq!(
            (values(&lei.id).await, values(&hua.id).await),
            (vec![NUMBER.into()], vec![OTHER.into()]),
            "{store}"
        );
        assert_eq!(Person::by_number(&place, OTHER).await.id, hua.id, "{store}");

        // What became somebody's in between stays theirs.
        merge(&place, &lei.id, &hua.id).await.unwrap();
        let amara = Person::by_github(&place, "amara").await;
        assert_eq!(amara.id, lei.id, "{store}");
        let stranger = Person::by_number(&place, OTHER).await;
        assert_ne!(stranger.id, lei.id, "{store}: it is no way in of the one kept");
        unmerge(&place, &hua.id).await.unwrap();
        assert!(values(&hua.id).await.is_empty(), "{store}");
        assert_eq!(values(&stranger.id).await, [OTHER], "{store}");
    }
}

#[tokio::test]
async fn a_number_goes_over_to_somebody_who_has_none() {
    for (store, place) in Place::both(KINDS).await {
        let amara = Person::by_github(&place, "amara").await;
        let lei = Person::by_number(&place, NUMBER).await;
        merge(&place, &amara.id, &lei.id).await.unwrap();
        assert_eq!(Person::by_number(&place, NUMBER).await.id, amara.id, "{store}");
        assert_eq!(user(&place, &amara.id).await.phone.as_deref(), Some(NUMBER), "{store}");
        unmerge(&place, &lei.id).await.unwrap();
        assert_eq!(Person::by_number(&place, NUMBER).await.id, lei.id, "{store}");
    }
}

#[tokio::test]
async fn what_can_not_be_one_person_is_not_merged() {
    for (store, place) in Place::both(KINDS).await {
        let lei = Person::by_number(&place, NUMBER).await;
        let amara = Person::by_github(&place, "amara").await;
        let (boss, ann) = (place.server.person("boss").await, place.server.person("ann").await);
        let admin = &place.server.app.admin;
        admin.set_administrator(&Actor::set_up(), &user(&place, &boss).await, true).await.unwrap();
        for (kept, absorbed, why) in [
            (&lei.id, &lei.id, "the same person"),
            (&lei.id, &ann, "practice"),
            (&ann, &amara.id, "practice"),
            (&ann, &boss, "administrator"),
        ] {
            let refused = merge(&place, kept, absorbed).await;
            assert!(
                matches!(&refused, Err(AdminError::Conflict(said)) if said.to_string().contains(why)),
                "{store}: {refused:?}"
            );
        }
        with_member(&place, &lei.id, ("o_one", &[]), Some("p1")).await;
        with_member(&place, &amara.id, ("o_one", &[]), Some("p2")).await;
        let refused = merge(&place, &lei.id, &amara.id).await;
        assert!(
            matches!(&refused, Err(AdminError::Conflict(said)) if said.to_string().contains("directory")),
            "{store}: {refused:?}"
        );
        // An absorbed person is absorbed once, and one who absorbed is let go before being absorbed is undone.
        let [one, two, three] = ["one", "two", "three"].map(|name| place.server.person(name));
        let (one, two, three) = (one.await, two.await, three.await);
        merge(&place, &two, &one).await.unwrap();
        assert!(merge(&place, &three, &one).await.is_err(), "{store}");
        merge(&place, &three, &two).await.unwrap();
        assert!(matches!(unmerge(&place, &one).await, Err(AdminError::Conflict(_))), "{store}: the other one first");
        unmerge(&place, &two).await.unwrap();
        unmerge(&place, &one).await.unwrap();
        assert_eq!(user(&place, &one).await.state, UserState::Active, "{store}");
    }
}
