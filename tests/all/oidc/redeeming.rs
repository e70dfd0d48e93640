//! Codes and tokens to try things with: a code as the authorization endpoint would leave it, and the calls that use it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use hufu::base::bearer::{Bearer, row_digest};
use hufu::base::id::{GrantId, UserId};
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer, digest};
use hufu::oidc::error::{Code, Error};
use hufu::oidc::grants::code::CodePayload;
use hufu::oidc::keys::KeyRing;
use hufu::oidc::params::Params;
use hufu::oidc::token::TokenResponse;
use hufu::oidc::{Lives, Oidc};
use hufu::store::Store;
use hufu::store::artifact::{Kind, NewArtifact};
use hufu::store::clients::{AuthMethod, Client, ClientMetadata, ClientSecret};
use hufu::store::grants::Grant;
use hufu::store::sessions::Session;

use super::world::{CALLBACK, HERE, ISSUER, World};

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A code, and what it stands on.
pub struct GivenCode {
    pub text: String,
    pub grant: GrantId,
    pub session: Session,
}

/// A client that holds a secret.
pub struct Confidential {
    pub client: Client,
    pub secret: String,
}

impl Confidential {
    /// Its `Authorization` header.
    pub fn basic(&self) -> String {
        basic(self.client.id.as_str(), &self.secret)
    }
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub fn params(pairs: &[(&str, &str)]) -> Params {
    Params::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// The error's code, for comparing.
pub fn code_of<T>(answer: Result<T, Error>) -> Option<Code> {
    answer.err().map(|error| error.code)
}

impl World {
    /// A client with `client_secret_basic` unless changed, all grant types, and one secret.
    pub async fn confidential(&self, id: &str, change: impl FnOnce(&mut ClientMetadata)) -> Confidential {
        let mut client = self
            .client(id, |metadata| {
                metadata.token_endpoint_auth_method = AuthMethod::ClientSecretBasic;
                metadata.grant_types =
                    ["authorization_code", "refresh_token", "client_credentials"].map(str::to_owned).to_vec();
                change(metadata);
            })
            .await;
        let secret = Bearer::ClientSecret.make(&self.random, &self.clock);
        client.secrets.push(self.secret_row(&secret));
        self.update(&client).await;
        client.version += 1;
        Confidential { client, secret }
    }

    /// A secret as the console would store it, sealed too.
    pub fn secret_row(&self, secret: &str) -> ClientSecret {
        ClientSecret {
            id: self.random.ulid(self.clock.now()),
            digest: digest(secret),
            sealed: Some(sealer().seal("client_secret", secret).unwrap()),
            ends_with: secret[secret.len() - 4..].to_owned(),
            created_at: self.clock.now(),
            expires_at: None,
        }
    }

    /// A public client that may refresh.
    pub async fn public(&self, id: &str) -> Client {
        self.client(id, |metadata| {
            metadata.grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
        })
        .await
    }

    /// A code of a new person's new session, with a challenge.
    pub async fn code(&self, client: &Client, scopes: &str) -> GivenCode {
        let user = self.user(&self.random.alphanumeric(12)).await;
        self.code_for(client, &user, scopes, |_, _| ()).await
    }

    /// A code of a new session of this person, changed by `change`.
    pub async fn code_for(
        &self,
        client: &Client,
        user: &UserId,
        scopes: &str,
        change: impl FnOnce(&mut Grant, &mut CodePayload),
    ) -> GivenCode {
        let session = self.session(user).await;
        let now = self.clock.now();
        let scopes: Vec<String> = scopes.split(' ').map(str::to_owned).collect();
        let offline = scopes.iter().any(|scope| scope == "offline_access");
        let mut grant = Grant {
            id: GrantId::new(self.random.ulid(now)),
            user_id: Some(user.clone()),
            client_id: client.id.clone(),
            session_id: Some(session.id.clone()),
            scopes: scopes.clone(),
            claims: None,
            resources: Vec::new(),
            acr: Some("1".to_owned()),
            amr: vec!["pwd".to_owned()],
            auth_time: Some(now),
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
            offline,
            created_at: now,
            expires_at: if offline { now + 90 * 86_400 } else { session.expires_at },
            ended_at: None,
            reason: None,
            org_id: None,
        };
        let mut payload = CodePayload {
            redirect_uri: CALLBACK.to_owned(),
            code_challenge: Some(CHALLENGE.to_owned()),
            scopes,
            resources: Vec::new(),
            claims: None,
        };
        change(&mut grant, &mut payload);
        let text = Bearer::Code.make(&self.random, &self.clock);
        let row = NewArtifact {
            kind: Kind::AuthorizationCode,
            digest: row_digest(&text),
            grant_id: Some(grant.id.clone()),
            owner: None,
            client_id: Some(client.id.clone()),
            payload: NewArtifact::payload_of(&payload),
            expires_at: now + 60,
            keep_until: now + 7200,
        };
        let id = grant.id.clone();
        let rows = Arc::new((grant, row));
        self.store()
            .write(move |tx| {
                let rows = Arc::clone(&rows);
                async move {
                    tx.insert_grant(&rows.0).await?;
                    tx.put(&rows.1).await
                }
                .boxed()
            })
            .await
            .unwrap();
        GivenCode { text, grant: id, session }
    }

    /// `POST /token` by a public client.
    pub async fn token(&self, pairs: &[(&str, &str)]) -> Result<TokenResponse, Error> {
        self.oidc.token(&params(pairs), None, HERE).await
    }

    /// Redeems a code the way its public client should.
    pub async fn redeem(&self, client: &Client, code: &str) -> Result<TokenResponse, Error> {
        redeem_at(&self.oidc, client, code).await
    }

    /// Refreshes the way a public client should.
    pub async fn refresh(&self, client: &Client, token: &str) -> Result<TokenResponse, Error> {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client.id.as_str())];
        self.token(&pairs).await
    }

    /// Tokens of a new person.
    pub async fn tokens(&self, client: &Client, scopes: &str) -> TokenResponse {
        let code = self.code(client, scopes).await;
        self.redeem(client, &code.text).await.unwrap()
    }

    /// Whether the access token still opens userinfo.
    pub async fn works(&self, access_token: &str) -> bool {
        self.oidc.userinfo(access_token).await.is_ok()
    }

    /// A second node over the same rows, with its own caches.
    pub async fn second_node(&self) -> Oidc {
        let store = Store::open(&self.database.location).await.unwrap();
        let keys = KeyRing::open(&store, &self.clock, &Random::System, &sealer()).await.unwrap();
        Oidc::new(store, self.clock.clone(), Random::System, sealer(), ISSUER, keys, Lives::default())
    }

    /// The actions in the audit, newest first.
    pub async fn audited(&self) -> Vec<String> {
        self.store().audit(None, 100).await.unwrap().into_iter().map(|entry| entry.action).collect()
    }
}

/// Redeems a code at this node.
pub async fn redeem_at(oidc: &Oidc, client: &Client, code: &str) -> Result<TokenResponse, Error> {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", client.id.as_str()),
    ];
    oidc.token(&params(&pairs), None, HERE).await
}

/// What every world seals with.
pub fn sealer() -> Arc<Sealer> {
    let master = MasterKey::generate(&Random::seeded(7));
    Arc::new(Sealer::new(&master, Random::System).unwrap())
}

/// The claims of a token, unverified.
pub fn claims_in(jwt: &str) -> serde_json::Map<String, serde_json::Value> {
    hufu::oidc::jose::Compact::parse(jwt).unwrap().unverified().unwrap()
}
