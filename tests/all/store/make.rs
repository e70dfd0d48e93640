//! Rows for tests, with everything filled in.

use hufu::base::id::SenderId;
use hufu::base::id::{ClientId, ConnectorId, GrantId, SessionId, UserId};
use hufu::base::people::Email;
use hufu::store::Store;
use hufu::store::artifact::{Kind, NewArtifact};
use hufu::store::audit::AuditEntry;
use hufu::store::clients::{Client, ClientMetadata};
use hufu::store::connectors::{ConnectorRow, FirstSignIn};
use hufu::store::consents::Consent;
use hufu::store::credentials::Credential;
use hufu::store::grants::Grant;
use hufu::store::identities::{StoredIdentity, WorkingWays};
use hufu::store::keys::KeyRow;
use hufu::store::reseal::Resealed;
use hufu::store::senders::SenderRow;
use hufu::store::sent_messages::{Fate, SentMessage};
use hufu::store::sessions::Session;
use hufu::store::users::{Profile, User, UserState};

use crate::support::stores::START;

/// Calls one method of `Tx` in a transaction of its own: `write!(store, insert_user(&user))`.
macro_rules! write {
    ($store:expr, $method:ident($($argument:expr),* $(,)?)) => {{
        let store = $store.clone();
        store.write(move |tx| Box::pin(async move { tx.$method($($argument),*).await })).await
    }};
}
pub(super) use write;

pub fn user_id(name: &str) -> UserId {
    UserId::new(format!("u_{name}"))
}

/// Nothing but the constant, sealed anew.
pub fn resealed(epoch: i64) -> Resealed {
    let (keys, connectors, senders, applications) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Resealed { epoch, keys, connectors, senders, applications, key_check: "sealed".to_owned() }
}

pub fn user(name: &str) -> User {
    User {
        id: user_id(name),
        version: 1,
        created_at: START,
        updated_at: START,
        username: Some(name.to_owned()),
        name: format!("{name} Example"),
        email: Some(Email::parse(&format!("{name}@example.com")).expect("an address")),
        email_verified: true,
        phone: None,
        phone_verified: false,
        locale: Some("zh-CN".to_owned()),
        profile: Profile { given_name: Some(name.to_owned()), ..Profile::default() },
        state: UserState::Active,
        administrator: false,
        practice: false,
        tokens_not_before: 0,
    }
}

pub fn client(id: &str) -> Client {
    Client {
        id: ClientId::new(id),
        version: 1,
        created_at: START,
        updated_at: START,
        enabled: true,
        metadata: ClientMetadata { client_name: id.to_owned(), ..ClientMetadata::default() },
        secrets: Vec::new(),
    }
}

pub fn session(id: &str, user: &str) -> Session {
    Session {
        id: SessionId::new(id),
        user_id: user_id(user),
        created_at: START,
        seen_at: START,
        auth_time: START,
        acr: "1".to_owned(),
        amr: vec!["pwd".to_owned()],
        connector_id: ConnectorId::new("password"),
        remembered: false,
        idle_until: START + 7200,
        expires_at: START + 43_200,
        ended_at: None,
        agent: "Firefox".to_owned(),
        address: "192.0.2.1".to_owned(),
        org_id: None,
    }
}

pub fn grant(id: &str, user: Option<&str>, client: &str, session: Option<&str>) -> Grant {
    Grant {
        id: GrantId::new(id),
        user_id: user.map(user_id),
        client_id: ClientId::new(client),
        session_id: session.map(SessionId::new),
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        claims: None,
        resources: vec!["https://api.example".to_owned()],
        acr: Some("1".to_owned()),
        amr: vec!["pwd".to_owned()],
        auth_time: Some(START),
        nonce: Some("n".to_owned()),
        offline: false,
        created_at: START,
        expires_at: START + 86_400,
        ended_at: None,
        reason: None,
        org_id: None,
    }
}

pub fn artifact(kind: Kind, digest: &str) -> NewArtifact {
    NewArtifact {
        kind,
        digest: digest.to_owned(),
        grant_id: Some(GrantId::new("g")),
        owner: Some("browser".to_owned()),
        client_id: Some(ClientId::new("c")),
        payload: NewArtifact::payload_of(&vec!["payload"]),
        expires_at: START + 60,
        keep_until: START + 600,
    }
}

pub fn connector(name: &str) -> ConnectorRow {
    ConnectorRow {
        id: ConnectorId::new(format!("k_{name}")),
        version: 1,
        created_at: START,
        updated_at: START,
        kind: "github".to_owned(),
        name: name.to_owned(),
        title: "GitHub".to_owned(),
        position: 0,
        enabled: true,
        practice: false,
        rule: FirstSignIn::Ask,
        registration: true,
        settings: "{}".to_owned(),
    }
}

pub fn sender(name: &str) -> SenderRow {
    SenderRow {
        id: SenderId::new(format!("s_{name}")),
        version: 1,
        created_at: START,
        updated_at: START,
        kind: "aliyun".to_owned(),
        name: name.to_owned(),
        position: 0,
        enabled: true,
        practice: false,
        settings: "{}".to_owned(),
        untyped_since: 0,
    }
}

pub fn sent_message(id: &str, sender: &str) -> SentMessage {
    SentMessage {
        id: id.to_owned(),
        sender_id: SenderId::new(format!("s_{sender}")),
        message_id: format!("M{id}"),
        sent_at: START,
        code: "c".to_owned(),
        typed: false,
        fate: Fate::Unknown,
        fate_code: String::new(),
        number: String::new(),
        ask_at: 0,
    }
}

pub fn identity(id: &str, user: &str, value: &str) -> StoredIdentity {
    StoredIdentity {
        id: id.to_owned(),
        user_id: user_id(user),
        space: "github.com".to_owned(),
        value: value.to_owned(),
        connector_id: ConnectorId::new("k_github"),
        profile: "{}".to_owned(),
        first_used_at: START,
        last_used_at: START,
        subject: id.to_owned(),
    }
}

/// Only these methods let anybody in, and no password does.
pub fn working(connectors: &[&str]) -> WorkingWays {
    let connectors = connectors.iter().map(|id| ConnectorId::new(*id)).collect();
    WorkingWays { connectors, ..WorkingWays::default() }
}

pub fn consent(user: &str, client: &str) -> Consent {
    Consent {
        user_id: user_id(user),
        client_id: ClientId::new(client),
        scopes: vec!["openid".to_owned()],
        claims: vec!["email".to_owned()],
        given_at: START,
    }
}

pub fn password(user: &str, value: &str) -> Credential {
    Credential { user_id: user_id(user), value: value.to_owned(), must_change: false, changed_at: START }
}

pub fn key(id: &str, signs_from: i64) -> KeyRow {
    KeyRow {
        id: id.to_owned(),
        algorithm: "RS256".to_owned(),
        private: "sealed".to_owned(),
        public: "{}".to_owned(),
        created_at: START,
        signs_from,
        signs_until: None,
        published_until: None,
    }
}

pub fn audit_entry(id: &str) -> AuditEntry {
    AuditEntry {
        id: id.to_owned(),
        at: START,
        actor: "system".to_owned(),
        action: "test".to_owned(),
        target: "user:x".to_owned(),
        outcome: "ok".to_owned(),
        request_id: "r".to_owned(),
        address: "192.0.2.1".to_owned(),
        detail: "{}".to_owned(),
    }
}

/// A store that holds the people named and the application `c`.
pub async fn with_people(store: &Store, names: &[&str]) {
    for name in names {
        let new = user(name);
        store
            .write(move |tx| {
                let new = new.clone();
                Box::pin(async move { tx.insert_user(&new).await })
            })
            .await
            .expect("a person");
    }
    store.write(|tx| Box::pin(async move { tx.insert_client(&client("c")).await })).await.expect("an application");
}
