//! Applications (RFC 6749 §2, RFC 7591 metadata).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::row::{Row, listed, statement, write_json};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ClientId, OrgId};

/// An application.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`; chosen by the administrator, or a ULID.
    pub id: ClientId,
    /// Raised by each change; a change names the version it saw.
    pub version: i64,
    /// Since when.
    pub created_at: Seconds,
    /// Last change.
    pub updated_at: Seconds,
    /// Off: it is unknown to every endpoint, and its grants are dead.
    pub enabled: bool,
    /// What an administrator said of it.
    pub metadata: ClientMetadata,
    /// At most two live ones.
    pub secrets: Vec<ClientSecret>,
}

/// A client secret at rest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientSecret {
    /// ULID, to name it in the console.
    pub id: String,
    /// SHA-256, base64url: the secret has 256 bits, so a slow hash would add nothing.
    pub digest: String,
    /// Sealed text under purpose `client_secret`; only for `client_secret_jwt`, whose HMAC needs the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// The last four characters, to tell two apart.
    pub ends_with: String,
    /// When it was made.
    pub created_at: Seconds,
    /// From then on it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Seconds>,
}

/// `token_endpoint_auth_method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// No secret: a public client (PKCE only).
    None,
    /// The secret in the Authorization header (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// An assertion under the HMAC of the secret (OIDC Core §9).
    ClientSecretJwt,
    /// An assertion under its own key (RFC 7523).
    PrivateKeyJwt,
}

/// `subject_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// One `sub` for all applications.
    #[default]
    Public,
    /// A `sub` of its own for each sector (OIDC Core §8.1).
    Pairwise,
}

/// `application_type` (OIDC Registration §2): native ones may use loopback redirects with any port (RFC 8252 §7.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// On a server; https redirects.
    #[default]
    Web,
    /// On a device (RFC 8252).
    Native,
}

/// How an access token looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// A random text, looked up at introspection.
    #[default]
    Opaque,
    /// RFC 9068.
    Jwt,
}

/// What an administrator said of an application. Names are RFC 7591's where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in RFC 7591 or the console")]
pub struct ClientMetadata {
    /// What people read on the consent page.
    pub client_name: String,
    /// Web or native.
    pub application_type: ApplicationType,
    /// Where codes may go, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after sign-out.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it proves itself at the token endpoint.
    pub token_endpoint_auth_method: AuthMethod,
    /// Of `authorization_code`, `refresh_token`, `client_credentials`.
    pub grant_types: Vec<String>,
    /// Scopes it may ask for; empty means every standard one.
    pub scope: Vec<String>,
    /// PKCE may be left out; only ever true for a confidential client.
    pub pkce_excused: bool,
    /// No consent page, and refresh tokens without prompt=consent.
    pub first_party: bool,
    /// May sign people in without pages, at `/authorize-challenge`; of use only with `first_party`.
    pub authorization_challenge: bool,
    /// Which `sub` it is told.
    pub subject_type: SubjectType,
    /// Host of the sector (pairwise); the redirect URI's host when absent.
    pub sector: Option<String>,
    /// RS256 unless said otherwise.
    pub id_token_signed_response_alg: String,
    /// `UserInfo` as a signed JWT, when it is set.
    pub userinfo_signed_response_alg: Option<String>,
    /// Of tokens for no named resource.
    pub access_token_format: TokenFormat,
    /// Seconds; the installation's default when absent.
    pub access_token_life: Option<Seconds>,
    /// Public keys for `private_key_jwt`, a JWK set.
    pub jwks: Option<serde_json::Value>,
    /// Seconds since the sign-in after which it is asked again (OIDC Registration §2).
    pub default_max_age: Option<i64>,
    /// `auth_time` is in every ID token.
    pub require_auth_time: bool,
    /// Its picture.
    pub logo_uri: Option<String>,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its privacy page.
    pub policy_uri: Option<String>,
    /// Its terms.
    pub tos_uri: Option<String>,
    /// Names of the connectors that may sign people in to it; empty means all.
    pub connectors: Vec<String>,
    /// Made for practice: only practice people may sign in (the demo is not one).
    pub practice: bool,
    /// `resource` values it may ask for (RFC 8707).
    pub resources: Vec<String>,
    /// Ids of the organisations whose members may sign in to it; empty means everybody.
    pub organizations: Vec<String>,
    /// Where logout tokens go (OIDC Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// A logout token must name the session; ours always do.
    pub backchannel_logout_session_required: bool,
}

impl Client {
    /// Whether what is done in this organisation (in none) may be done for this application.
    #[must_use]
    pub fn is_for(&self, org: Option<&OrgId>) -> bool {
        let limit = &self.metadata.organizations;
        limit.is_empty() || org.is_some_and(|org| limit.iter().any(|id| id == org.as_str()))
    }
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            client_name: String::new(),
            application_type: ApplicationType::Web,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
            grant_types: vec!["authorization_code".to_owned()],
            scope: Vec::new(),
            pkce_excused: false,
            first_party: false,
            authorization_challenge: false,
            subject_type: SubjectType::Public,
            sector: None,
            id_token_signed_response_alg: "RS256".to_owned(),
            userinfo_signed_response_alg: None,
            access_token_format: TokenFormat::Opaque,
            access_token_life: None,
            jwks: None,
            default_max_age: None,
            require_auth_time: false,
            logo_uri: None,
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
            connectors: Vec::new(),
            practice: false,
            resources: Vec::new(),
            organizations: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
        }
    }
}

macro_rules! columns {
    () => {
        listed!(""; "id", "version", "created_at", "updated_at", "enabled", "metadata", "secrets")
    };
}

impl Store {
    /// The application with this id, enabled or not. Cached under the epoch.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<Client>>> {
        let epoch = self.epoch();
        if let Some(client) = self.inner.clients.get(epoch, id) {
            return Ok(Some(client));
        }
        let select = statement(concat!("SELECT ", columns!(), " FROM clients WHERE id = $1"));
        let Some(mut row) = self.one(select.bind(id.as_str())).await? else { return Ok(None) };
        let client = Arc::new(read(&mut row)?);
        self.inner.clients.keep(epoch, id.clone(), Arc::clone(&client));
        Ok(Some(client))
    }

    /// Applications by id, after `after`, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn clients(&self, after: Option<&ClientId>, limit: i64) -> Result<Vec<Client>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM clients WHERE (CAST($1 AS TEXT) IS NULL OR id > $1) ORDER BY id LIMIT $2"
        ));
        self.all(select.bind(after.map(ClientId::as_str)).bind(limit), read).await
    }
}

fn read(row: &mut Row) -> Result<Client> {
    Ok(Client {
        id: ClientId::new(row.text()?),
        version: row.number()?,
        created_at: row.number()?,
        updated_at: row.number()?,
        enabled: row.flag()?,
        metadata: row.json("client metadata")?,
        secrets: row.json("client secrets")?,
    })
}

impl Tx {
    /// Adds it, at version 1.
    ///
    /// # Errors
    /// `Conflict("client_id")` when the id is taken, `Down`.
    pub async fn insert_client(&mut self, client: &Client) -> Result<()> {
        self.raise_epoch().await?;
        let insert = statement(concat!(
            "INSERT INTO clients (",
            columns!(),
            ", backchannel) VALUES ($1, 1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(client.id.as_str())
            .bind(client.created_at)
            .bind(client.updated_at)
            .bind(i64::from(client.enabled))
            .bind(write_json(&client.metadata))
            .bind(write_json(&client.secrets))
            .bind(i64::from(client.metadata.backchannel_logout_uri.is_some()));
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("client_id")) }
    }

    /// Where the version is still `client.version`; `false` when it is not.
    ///
    /// # Errors
    /// `Down`.
    pub async fn update_client(&mut self, client: &Client) -> Result<bool> {
        self.raise_epoch().await?;
        let update = statement(
            "UPDATE clients SET version = version + 1, updated_at = $3, enabled = $4, metadata = $5, secrets = $6,
            backchannel = $7 WHERE id = $1 AND version = $2",
        );
        let update = update
            .bind(client.id.as_str())
            .bind(client.version)
            .bind(client.updated_at)
            .bind(i64::from(client.enabled))
            .bind(write_json(&client.metadata))
            .bind(write_json(&client.secrets))
            .bind(i64::from(client.metadata.backchannel_logout_uri.is_some()));
        self.changed(update).await
    }

    /// Removes it with the consents given to it, and ends its grants.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_client(&mut self, id: &ClientId, now: Seconds) -> Result<bool> {
        self.raise_epoch().await?;
        let end = statement(
            "UPDATE grants SET ended_at = $2, reason = 'client_deleted' WHERE client_id = $1 AND ended_at IS NULL",
        );
        self.run(end.bind(id.as_str()).bind(now)).await?;
        self.run(statement("DELETE FROM consents WHERE client_id = $1").bind(id.as_str())).await?;
        self.changed(statement("DELETE FROM clients WHERE id = $1").bind(id.as_str())).await
    }
}
