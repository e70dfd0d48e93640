//! Applications, as administrators change them.

use super::resources::{is_scope, not_a_scope};
use super::{Actor, Admin, AdminError, WrongField, redirect_uri, refused};
use crate::base::bearer::Bearer;
use crate::base::id::{ClientId, OrgId};
use crate::base::people::clean_name;
use crate::base::secret::{Secret, digest};
use crate::connectors::Text;
use crate::oidc::client_auth::CLIENT_SECRET;
use crate::store::clients::{ApplicationType, AuthMethod, Client, ClientMetadata, ClientSecret, SubjectType};

/// Live secrets an application may have: the old and the new one of a rotation.
const SECRETS: usize = 2;

impl Admin {
    /// Registers an application; answers it with its first secret, shown this once (none for a public one or one with keys).
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when the id is taken.
    pub async fn create_application(
        &self,
        actor: &Actor,
        id: Option<ClientId>,
        metadata: ClientMetadata,
    ) -> Result<(Client, Option<Secret>), AdminError> {
        self.permit(actor).await?;
        let metadata = checked(metadata)?;
        self.check_names(&ClientMetadata::default(), &metadata).await?;
        let now = self.clock.now();
        let id = id.unwrap_or_else(|| ClientId::new(self.random.ulid(now)));
        if id.as_str().is_empty()
            || id.as_str().len() > 100
            || !id.as_str().bytes().all(|b| b.is_ascii_graphic() && b != b':')
        {
            let text = "must be 1 to 100 printable ASCII characters";
            return Err(AdminError::wrong("id", text, "须为 1 到 100 个可见的 ASCII 字符"));
        }
        let secret = needs_secret(metadata.token_endpoint_auth_method)
            .then(|| Bearer::ClientSecret.make(&self.random, &self.clock));
        let secrets = match &secret {
            Some(text) => vec![self.secret_row(text, metadata.token_endpoint_auth_method)?],
            None => Vec::new(),
        };
        let client = Client { id, version: 1, created_at: now, updated_at: now, enabled: true, metadata, secrets };
        let entry = self.entry(actor, "application.create", &format!("client:{}", client.id), &serde_json::json!({}));
        let stored = client.clone();
        self.store
            .write(move |tx| {
                let (client, entry) = (stored.clone(), entry.clone());
                Box::pin(async move {
                    tx.insert_client(&client).await?;
                    tx.audit(&entry).await
                })
            })
            .await
            .map_err(|error| match error {
                crate::store::Error::Conflict(_) => {
                    AdminError::conflict("an application with this id exists", "已有使用此 ID 的应用")
                }
                other => AdminError::Store(other),
            })?;
        Ok((client, secret.map(Secret::new)))
    }

    /// The application with this id.
    ///
    /// # Errors
    /// `NotFound`, `Store`.
    pub async fn find_application(&self, id: &str) -> Result<Client, AdminError> {
        match self.store.client(&ClientId::new(id)).await? {
            Some(client) => Ok(Client::clone(&client)),
            None => Err(AdminError::NotFound(format!("application with the id {id}"))),
        }
    }

    /// Replaces what was said of an application, or whether it is on.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it in between.
    pub async fn update_application(&self, actor: &Actor, client: Client) -> Result<(), AdminError> {
        let metadata = checked(client.metadata.clone())?;
        if let Some(before) = self.store.client(&client.id).await? {
            self.check_names(&before.metadata, &metadata).await?;
        }
        self.save_application(actor, Client { metadata, ..client }, "application.update").await
    }

    /// Adds a second secret, shown this once.
    ///
    /// # Errors
    /// `Conflict` when there are two already, or the application has none by its method.
    pub async fn add_secret(&self, actor: &Actor, client: Client) -> Result<Secret, AdminError> {
        let now = self.clock.now();
        let mut client = client;
        client.secrets.retain(|secret| secret.expires_at.is_none_or(|end| end > now));
        if !needs_secret(client.metadata.token_endpoint_auth_method) {
            return Err(AdminError::conflict("this application does not use a secret", "该应用不使用密钥"));
        }
        if client.secrets.len() >= SECRETS {
            return Err(AdminError::conflict(
                "there are two secrets already; remove one first",
                "已有两个密钥，请先删除一个",
            ));
        }
        let text = Bearer::ClientSecret.make(&self.random, &self.clock);
        client.secrets.push(self.secret_row(&text, client.metadata.token_endpoint_auth_method)?);
        self.save_application(actor, client, "application.secret.add").await?;
        Ok(Secret::new(text))
    }

    /// Removes a secret by its id or its last characters.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_secret(&self, actor: &Actor, mut client: Client, which: &str) -> Result<(), AdminError> {
        let before = client.secrets.len();
        client.secrets.retain(|secret| secret.id != which && secret.ends_with != which);
        if client.secrets.len() == before {
            return Err(AdminError::NotFound(format!("secret {which}")));
        }
        self.save_application(actor, client, "application.secret.remove").await
    }

    /// Removes an application; its tokens are dead at once.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_application(&self, actor: &Actor, id: &ClientId) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let now = self.clock.now();
        let entry = self.entry(actor, "application.delete", &format!("client:{id}"), &serde_json::json!({}));
        let which = id.clone();
        let gone = self
            .store
            .write(move |tx| {
                let (id, entry) = (which.clone(), entry.clone());
                Box::pin(async move {
                    let gone = tx.delete_client(&id, now).await?;
                    if gone {
                        tx.audit(&entry).await?;
                    }
                    Ok(gone)
                })
            })
            .await?;
        if gone { Ok(()) } else { Err(AdminError::NotFound(format!("application with the id {id}"))) }
    }

    /// The resources and connectors that are named now must be there; one that went away since hinders no other change.
    async fn check_names(&self, before: &ClientMetadata, after: &ClientMetadata) -> Result<(), AdminError> {
        let mut wrong = Vec::new();
        for id in after.resources.iter().filter(|id| !before.resources.contains(id)) {
            if self.store.resource(id).await?.is_none() {
                wrong.push(WrongField::with("resources", "there is no resource {}", "没有资源 {}", &[id]));
            }
        }
        for id in after.organizations.iter().filter(|id| !before.organizations.contains(id)) {
            if self.store.org(&OrgId::new(id.clone())).await?.is_none() {
                let (en, zh) = ("there is no organisation with the id {}", "没有 ID 为 {} 的组织");
                wrong.push(WrongField::with("organizations", en, zh, &[id]));
            }
        }
        let connectors = self.store.connectors().await?;
        for name in after.connectors.iter().filter(|name| !before.connectors.contains(name)) {
            if !connectors.iter().any(|row| row.name == *name) {
                let (en, zh) = ("there is no connector named {}", "没有名为 {} 的连接器");
                wrong.push(WrongField::with("connectors", en, zh, &[name]));
            }
        }
        refused(wrong)
    }

    async fn save_application(&self, actor: &Actor, mut client: Client, action: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        client.updated_at = self.clock.now();
        let entry = self.entry(actor, action, &format!("client:{}", client.id), &serde_json::json!({}));
        let done = self
            .store
            .write(move |tx| {
                let (client, entry) = (client.clone(), entry.clone());
                Box::pin(async move {
                    let done = tx.update_client(&client).await?;
                    if done {
                        tx.audit(&entry).await?;
                    }
                    Ok(done)
                })
            })
            .await?;
        if done {
            Ok(())
        } else {
            Err(AdminError::conflict("somebody changed this application in between", "其他人刚刚修改了这个应用"))
        }
    }

    fn secret_row(&self, text: &str, method: AuthMethod) -> Result<ClientSecret, AdminError> {
        let now = self.clock.now();
        let sealed = match method {
            AuthMethod::ClientSecretJwt => Some(
                self.sealer
                    .seal(CLIENT_SECRET, text)
                    .map_err(|error| crate::store::Error::Corrupt(error.to_string()))?,
            ),
            _ => None,
        };
        Ok(ClientSecret {
            id: self.random.ulid(now),
            digest: digest(text),
            sealed,
            ends_with: text.chars().skip(text.chars().count().saturating_sub(4)).collect(),
            created_at: now,
            expires_at: None,
        })
    }
}

const fn needs_secret(method: AuthMethod) -> bool {
    matches!(method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost | AuthMethod::ClientSecretJwt)
}

fn pages(metadata: &ClientMetadata) -> impl Iterator<Item = (&'static str, &String)> {
    let pages = [
        ("logo_uri", &metadata.logo_uri),
        ("client_uri", &metadata.client_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
    ];
    pages.into_iter().filter_map(|(field, uri)| Some((field, uri.as_ref()?)))
}

/// Where people come back to, and what needs no such place.
fn ways_back(metadata: &ClientMetadata, wrong: &mut Vec<WrongField>) {
    for uri in metadata.redirect_uris.iter().chain(&metadata.post_logout_redirect_uris) {
        if let Err(text) = redirect_uri::check(uri, metadata.application_type) {
            wrong.push(of_address("redirect_uris", uri, text));
        }
    }
    let mut refuse = |field: &str, en: &str, zh: &str| wrong.push(WrongField::new(field, en, zh));
    let has_code = metadata.grant_types.iter().any(|grant| grant == "authorization_code");
    if metadata.authorization_challenge && !metadata.first_party {
        refuse("authorization_challenge", "is for first-party applications only", "仅限第一方应用");
    }
    if has_code && metadata.redirect_uris.is_empty() && !metadata.authorization_challenge {
        refuse("redirect_uris", "must have one: where people come back to", "至少填写一个：登录后返回的地址");
    }
    let pairwise = metadata.subject_type == SubjectType::Pairwise;
    if pairwise && metadata.redirect_uris.is_empty() && metadata.sector.as_ref().is_none_or(String::is_empty) {
        let text = "pairwise needs a redirect URI: its host is the sector";
        refuse("subject_type", text, "pairwise 需要一个回调地址，其域名即为 sector");
    }
}

/// The metadata, cleaned, or every field that can't be so.
fn checked(mut metadata: ClientMetadata) -> Result<ClientMetadata, AdminError> {
    let mut wrong = Vec::new();
    ways_back(&metadata, &mut wrong);
    for scope in metadata.scope.iter().filter(|scope| !is_scope(scope)) {
        wrong.push(not_a_scope("scope", scope));
    }
    addresses(&metadata, &mut wrong);
    let mut refuse = |field: &str, en: &str, zh: &str| wrong.push(WrongField::new(field, en, zh));
    metadata.client_name = clean_name(&metadata.client_name, 100);
    if metadata.client_name.is_empty() {
        refuse("client_name", "must say what people call it", "请填写名称");
    }
    let grants = |name: &str| metadata.grant_types.iter().any(|grant| grant == name);
    if metadata
        .grant_types
        .iter()
        .any(|g| !["authorization_code", "refresh_token", "client_credentials"].contains(&g.as_str()))
    {
        let text = "must be of authorization_code, refresh_token, client_credentials";
        refuse("grant_types", text, "只能是 authorization_code、refresh_token、client_credentials");
    }
    let public = metadata.token_endpoint_auth_method == AuthMethod::None;
    if public && grants("client_credentials") {
        let text = "client_credentials needs an application that can keep a secret";
        refuse("grant_types", text, "client_credentials 需要能保管密钥的应用");
    }
    if public && metadata.pkce_excused {
        refuse("pkce_excused", "a public application can't be excused from PKCE", "公开应用必须使用 PKCE");
    }
    if metadata.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt && metadata.jwks.is_none() {
        refuse("jwks", "private_key_jwt needs the public keys", "private_key_jwt 需要公钥");
    }
    if !["RS256", "ES256", "PS256", "EdDSA"].contains(&metadata.id_token_signed_response_alg.as_str()) {
        let text = "must be RS256, ES256, PS256 or EdDSA";
        refuse("id_token_signed_response_alg", text, "须为 RS256、ES256、PS256 或 EdDSA");
    }
    if metadata.default_max_age.is_some_and(|age| age < 0) {
        refuse("default_max_age", "must not be below 0", "不能小于 0");
    }
    refused(wrong).map(|()| metadata)
}

/// What servers and browsers are sent to besides the ways back.
fn addresses(metadata: &ClientMetadata, wrong: &mut Vec<WrongField>) {
    // Back-Channel Logout §2.2: absolute, without a fragment; a server's, so never a scheme of its own.
    if let Some(uri) = &metadata.backchannel_logout_uri
        && let Err(text) = redirect_uri::check(uri, ApplicationType::Web)
    {
        wrong.push(of_address("backchannel_logout_uri", uri, text));
    }
    for (field, uri) in pages(metadata) {
        if !uri.starts_with("https://") {
            wrong.push(WrongField::with(field, "{} must start with https://", "{} 须以 https:// 开头", &[uri]));
        }
    }
}

/// What is wrong with one address of several.
fn of_address(field: &str, uri: &str, text: Text) -> WrongField {
    WrongField::with(field, &format!("{{}} {}", text.en), &format!("{{}}：{}", text.zh), &[uri])
}
