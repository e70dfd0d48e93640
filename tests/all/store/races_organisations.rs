//! Organisations, members, logout tokens, files and identities, met by 24 callers at once on each store.

use hufu::base::id::{ClientId, ConnectorId, OrgId, SessionId};
use hufu::store::Store;
use hufu::store::departments::Department;
use hufu::store::members::{Member, MemberSource};
use hufu::store::merge_cases::MergeCase;
use hufu::store::orgs::{Org, OrgDomain};
use hufu::store::users::User;
use hufu::store::verification_files::VerificationFile;

use super::make::{connector, identity, session, user, user_id, with_people, working, write};
use super::races::{CALLERS, race, won, yes};
use crate::support::stores::{START, stores};

pub const ORG: &str = "o_1";

fn org(id: &str) -> Org {
    Org {
        id: OrgId::new(id),
        version: 1,
        created_at: START,
        updated_at: START,
        name: format!("Org {id}"),
        logo: None,
        enabled: true,
        practice: false,
        connector_id: None,
        rule: None,
        registration: None,
        sync_every: None,
    }
}

/// The organisation [`ORG`].
pub async fn with_org(store: &Store) {
    write!(store, insert_org(&org(ORG))).unwrap();
}

fn member(name: &str) -> Member {
    Member {
        org_id: OrgId::new(ORG),
        user_id: user_id(name),
        since: START,
        source: MemberSource::Manual,
        person: None,
        roles: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_are_made_changed_and_removed_once() {
    for (name, at) in stores().await {
        assert_eq!(won(&race!(at, _i => insert_org(&org(ORG)))), 1, "{name}");
        assert_eq!(yes(&race!(at, i => update_org(&Org { name: format!("Name {i}"), ..org(ORG) }))), 1, "{name}");
        let domain =
            OrgDomain { domain: "example.com".to_owned(), org_id: OrgId::new(ORG), verified: true, created_at: START };
        let put = super::races::meet(&at.store, move |tx, _| {
            let domain = domain.clone();
            Box::pin(async move { tx.put_domain(&domain).await })
        });
        assert_eq!(won(&put.await), CALLERS, "{name}: the same organisation's again");
        assert_eq!(yes(&race!(at, _i => delete_domain(&OrgId::new(ORG), "example.com"))), 1, "{name}");
        write!(at.store, insert_connector(&connector("door"))).expect(name);
        let door = race!(at, _i => set_org_of_new_people(&ConnectorId::new("k_door"), Some(&OrgId::new(ORG))));
        assert_eq!(won(&door), CALLERS, "{name}");
        assert_eq!(won(&race!(at, _i => end_org(&OrgId::new(ORG), START, "test"))), CALLERS, "{name}");
        assert_eq!(yes(&race!(at, _i => delete_org(&OrgId::new(ORG), START))), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_come_once_and_go_once() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        with_people(&at.store, &["ada", "bob", "eve"]).await;
        assert_eq!(yes(&race!(at, _i => add_member(&member("ada")))), 1, "{name}");
        let roles = race!(at, i => set_member_roles(&OrgId::new(ORG), &user_id("ada"), &[format!("r{i}")]));
        assert_eq!(yes(&roles), CALLERS, "{name}");
        let department =
            Department { id: "d".to_owned(), parent_id: None, name: "D".to_owned(), position: 0, synced: false };
        let put = super::races::meet(&at.store, move |tx, _| {
            let department = department.clone();
            Box::pin(async move { tx.put_department(&OrgId::new(ORG), &department).await })
        });
        assert_eq!(won(&put.await), CALLERS, "{name}");
        let placed = race!(at, _i => place_member(&OrgId::new(ORG), &user_id("ada"), "d", true));
        assert_eq!(won(&placed), CALLERS, "{name}");
        assert_eq!(yes(&race!(at, _i => delete_department(&OrgId::new(ORG), "d"))), 1, "{name}");
        let joined = race!(at, _i => join_org(&OrgId::new(ORG), &user_id("bob"), (&[], Some("b")), START));
        assert_eq!(won(&joined), CALLERS, "{name}");
        let linked = race!(at, _i => link_member(&OrgId::new(ORG), &user_id("eve"), "p", START));
        assert_eq!(won(&linked), CALLERS, "{name}");
        assert_eq!(at.store.members(&OrgId::new(ORG), None, 100).await.expect(name).len(), 3, "{name}");
        let chosen = race!(at, _i => put_org_choice(&user_id("ada"), &ClientId::new("c"), &OrgId::new(ORG), START));
        assert_eq!(won(&chosen), CALLERS, "{name}");
        let ended = race!(at, _i => end_membership(&OrgId::new(ORG), &user_id("ada"), START, "test"));
        assert_eq!(ended.iter().flatten().filter(|departure| departure.user_id.is_some()).count(), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_tokens_are_queued_without_a_grant_for_nobody() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        with_people(&at.store, &["ada"]).await;
        write!(at.store, insert_session(&session("s", "ada"))).expect(name);
        // No application has an address for them: there is nothing to send, whoever asks.
        let none = |answers: Vec<hufu::store::Result<u64>>| super::races::sum(&answers);
        assert_eq!(none(race!(at, _i => queue_logouts_of_session(&SessionId::new("s"), START))), 0, "{name}");
        assert_eq!(none(race!(at, _i => queue_logouts_of_user(&user_id("ada"), None, START))), 0, "{name}");
        let by = || ConnectorId::new("password");
        assert_eq!(none(race!(at, _i => queue_logouts_of_connector(&user_id("ada"), &by(), START))), 0, "{name}");
        assert_eq!(none(race!(at, _i => queue_logouts_of_org(&OrgId::new(ORG), START))), 0, "{name}");
        assert_eq!(yes(&race!(at, _i => hold_session(&SessionId::new("s")))), CALLERS, "{name}");
        let of_member = race!(at, _i => queue_logouts_of_member(&OrgId::new(ORG), &user_id("ada"), START));
        assert_eq!(none(of_member), 0, "{name}");
        let delivery = hufu::store::logouts::LogoutDelivery {
            client_id: ClientId::new("c"),
            sid: SessionId::new("s"),
            user_id: user_id("ada"),
            queued_at: START,
            due_at: START,
            tries: 0,
        };
        let (claimed, dropped) = (delivery.clone(), delivery);
        let claim = super::races::meet(&at.store, move |tx, _| {
            let delivery = claimed.clone();
            Box::pin(async move { tx.claim_logout(&delivery, START + 9).await })
        });
        assert_eq!(yes(&claim.await), 0, "{name}: what is not queued is nobody's");
        let drop = super::races::meet(&at.store, move |tx, _| {
            let delivery = dropped.clone();
            Box::pin(async move { tx.drop_logout(&delivery).await })
        });
        assert_eq!(yes(&drop.await), 0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_identities_and_cases_are_one_person_s_and_one_row() {
    for (name, at) in stores().await {
        with_people(&at.store, &["ada", "bob"]).await;
        let file = VerificationFile { name: "WW_verify_A.txt".to_owned(), content: b"A".to_vec(), created_at: START };
        let put = super::races::meet(&at.store, move |tx, _| {
            let file = file.clone();
            Box::pin(async move { tx.put_verification_file(&file).await })
        });
        assert_eq!(won(&put.await), CALLERS, "{name}");
        assert_eq!(yes(&race!(at, _i => delete_verification_file("WW_verify_A.txt"))), 1, "{name}");
        write!(at.store, insert_identity(&identity("i1", "ada", "v1"))).expect(name);
        write!(at.store, insert_identity(&identity("i2", "ada", "v2"))).expect(name);
        assert_eq!(yes(&race!(at, i => change_identity_key("i1", "v1", &format!("w{i}")))), 1, "{name}");
        let rows = at.store.identities_of(&user_id("ada")).await.expect(name);
        let subject = rows.into_iter().find(|row| row.id == "i1").expect(name).subject;
        let from = subject.clone();
        let joined = super::races::meet(&at.store, move |tx, _| {
            let from = from.clone();
            Box::pin(async move { tx.join_identity_subjects(&user_id("ada"), &from, "together").await })
        });
        assert_eq!(won(&joined.await), CALLERS, "{name}");
        assert_eq!(
            yes(&race!(at, _i => delete_identity_subject(&user_id("ada"), "together", &working(&["k_github"])))),
            1,
            "{name}"
        );
        let case = |i: usize| MergeCase {
            id: format!("m{i}"),
            user: user_id("ada"),
            other: user_id("bob"),
            space: "wechat-union:main".to_owned(),
            found_at: START,
        };
        assert_eq!(yes(&race!(at, i => put_merge_case(&case(i)))), 1, "{name}");
        let closed = race!(at, _i => close_merge_cases(&user_id("ada"), &user_id("bob")));
        assert_eq!(super::races::sum(&closed), 1, "{name}");
    }
}

#[tokio::test]
async fn practice_people_are_no_members_of_a_real_organisation_whichever_way_they_come() {
    for (name, at) in stores().await {
        with_org(&at.store).await;
        write!(at.store, insert_user(&User { practice: true, ..user("ada") })).expect(name);
        assert!(!write!(at.store, add_member(&member("ada"))).expect(name), "{name}");
        let joined = write!(at.store, join_org(&OrgId::new(ORG), &user_id("ada"), (&[], Some("a")), START));
        assert!(!joined.expect(name), "{name}");
        assert!(!write!(at.store, link_member(&OrgId::new(ORG), &user_id("ada"), "a", START)).expect(name), "{name}");
        assert_eq!(at.store.members(&OrgId::new(ORG), None, 9).await.expect(name).len(), 0, "{name}");
    }
}
