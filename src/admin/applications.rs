//! Applications, as administrators change them.

use super::resources::is_scope;
use super::{Actor, Admin, AdminError, redirect_uri};
use crate::base::bearer::Bearer;
use crate::base::id::{ClientId, OrgId};
use crate::base::people::clean_name;
use crate::base::secret::{Secret, digest};
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
            return Err(AdminError::Wrong(vec![(
                "id".to_owned(),
                "must be 1 to 100 printable ASCII characters".to_owned(),
            )]));
        }
        let secret = needs_secret(metadata.token_endpoint_auth_method).then(|| Bearer::ClientSecret.make(&self.random));
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
                    AdminError::Conflict("an application with this id exists".to_owned())
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
            return Err(AdminError::Conflict("this application does not use a secret".to_owned()));
        }
        if client.secrets.len() >= SECRETS {
            return Err(AdminError::Conflict("there are two secrets already; remove one first".to_owned()));
        }
        let text = Bearer::ClientSecret.make(&self.random);
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
                wrong.push(("resources".to_owned(), format!("there is no resource {id}")));
            }
        }
        for id in after.organizations.iter().filter(|id| !before.organizations.contains(id)) {
            if self.store.org(&OrgId::new(id.clone())).await?.is_none() {
                wrong.push(("organizations".to_owned(), format!("there is no organisation with the id {id}")));
            }
        }
        let connectors = self.store.connectors().await?;
        for name in after.connectors.iter().filter(|name| !before.connectors.contains(name)) {
            if !connectors.iter().any(|row| row.name == *name) {
                wrong.push(("connectors".to_owned(), format!("there is no connector named {name}")));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(AdminError::Wrong(wrong)) }
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
        if done { Ok(()) } else { Err(AdminError::Conflict("somebody changed this application in between".to_owned())) }
    }

    fn secret_row(&self, text: &str, method: AuthMethod) -> Result<ClientSecret, AdminError> {
        let now = self.clock.now();
        let sealed = match method {
            AuthMethod::ClientSecretJwt => Some(
                self.sealer
                    .seal("client_secret", text)
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
fn ways_back(metadata: &ClientMetadata, refuse: &mut impl FnMut(&str, &str)) {
    for uri in metadata.redirect_uris.iter().chain(&metadata.post_logout_redirect_uris) {
        if let Err(text) = redirect_uri::check(uri, metadata.application_type) {
            refuse("redirect_uris", &format!("{uri} {text}"));
        }
    }
    let has_code = metadata.grant_types.iter().any(|grant| grant == "authorization_code");
    if metadata.authorization_challenge && !metadata.first_party {
        refuse("authorization_challenge", "is for first-party applications only");
    }
    if has_code && metadata.redirect_uris.is_empty() && !metadata.authorization_challenge {
        refuse("redirect_uris", "must have one: where people come back to");
    }
    let pairwise = metadata.subject_type == SubjectType::Pairwise;
    if pairwise && metadata.redirect_uris.is_empty() && metadata.sector.as_ref().is_none_or(String::is_empty) {
        refuse("subject_type", "pairwise needs a redirect URI: its host is the sector");
    }
}

/// The metadata, cleaned, or every field that can't be so.
fn checked(mut metadata: ClientMetadata) -> Result<ClientMetadata, AdminError> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, text: &str| wrong.push((field.to_owned(), text.to_owned()));
    metadata.client_name = clean_name(&metadata.client_name, 100);
    if metadata.client_name.is_empty() {
        refuse("client_name", "must say what people call it");
    }
    ways_back(&metadata, &mut refuse);
    let grants = |name: &str| metadata.grant_types.iter().any(|grant| grant == name);
    if metadata
        .grant_types
        .iter()
        .any(|g| !["authorization_code", "refresh_token", "client_credentials"].contains(&g.as_str()))
    {
        refuse("grant_types", "must be of authorization_code, refresh_token, client_credentials");
    }
    let public = metadata.token_endpoint_auth_method == AuthMethod::None;
    if public && grants("client_credentials") {
        refuse("grant_types", "client_credentials needs an application that can keep a secret");
    }
    if public && metadata.pkce_excused {
        refuse("pkce_excused", "a public application can't be excused from PKCE");
    }
    if metadata.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt && metadata.jwks.is_none() {
        refuse("jwks", "private_key_jwt needs the public keys");
    }
    if !["RS256", "ES256", "PS256", "EdDSA"].contains(&metadata.id_token_signed_response_alg.as_str()) {
        refuse("id_token_signed_response_alg", "must be RS256, ES256, PS256 or EdDSA");
    }
    for scope in metadata.scope.iter().filter(|scope| !is_scope(scope)) {
        refuse("scope", &format!("{scope} can't be a scope: printable ASCII without spaces, quotes, backslashes"));
    }
    if metadata.default_max_age.is_some_and(|age| age < 0) {
        refuse("default_max_age", "must not be below 0");
    }
    // Back-Channel Logout §2.2: absolute, without a fragment; a server's, so never a scheme of its own.
    if let Some(uri) = &metadata.backchannel_logout_uri
        && let Err(text) = redirect_uri::check(uri, ApplicationType::Web)
    {
        refuse("backchannel_logout_uri", &format!("{uri} {text}"));
    }
    for (field, uri) in pages(&metadata) {
        if !uri.starts_with("https://") {
            refuse(field, &format!("{uri} must start with https://"));
        }
    }
    if wrong.is_empty() { Ok(metadata) } else { Err(AdminError::Wrong(wrong)) }
}
