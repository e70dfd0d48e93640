//! Claims about a person: their `sub`, and what scopes and single requests let an application see.

use serde_json::{Map, Value};

use super::Oidc;
use crate::base::id::UserId;
use crate::base::people::Email;
use crate::store;
use crate::store::clients::{Client, SubjectType};
use crate::store::users::{Address, User};

/// Characters of a new `sub`: 131 random bits, nothing in it about the person.
const SUBJECT_LENGTH: usize = 22;

impl Oidc {
    /// The `sub` by which `client` knows this person (OIDC Core §8): one for
    /// all public clients, one for each sector of pairwise ones. Made when first
    /// asked for, and never given to anybody else.
    ///
    /// # Errors
    /// The store's.
    pub async fn subject_for(&self, user: &UserId, client: &Client) -> Result<String, store::Error> {
        let sector = sector_of(client)?;
        if let Some(subject) = self.store.subject(user, &client.id, &sector).await? {
            return Ok(subject);
        }
        let user = user.clone();
        let candidate = self.random.alphanumeric(SUBJECT_LENGTH);
        self.store
            .write(move |tx| {
                let (user, sector, candidate) = (user.clone(), sector.clone(), candidate.clone());
                Box::pin(async move { tx.ensure_subject(&user, &sector, &candidate).await })
            })
            .await
    }
}

impl Oidc {
    /// The `sub` by which `client` knows this person already, if it does.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn known_subject(&self, user: &UserId, client: &Client) -> Result<Option<String>, store::Error> {
        self.store.subject(user, &client.id, &sector_of(client)?).await
    }
}

/// OIDC Core §8.1: the sector identifier, or the host of the redirect URI; empty for public subjects.
fn sector_of(client: &Client) -> Result<String, store::Error> {
    if client.metadata.subject_type == SubjectType::Public {
        return Ok(String::new());
    }
    if let Some(sector) = client.metadata.sector.as_ref().filter(|sector| !sector.is_empty()) {
        return Ok(sector.clone());
    }
    let uri = client.metadata.redirect_uris.first().and_then(|uri| url::Url::parse(uri).ok());
    let host = uri.as_ref().and_then(url::Url::host_str).filter(|host| !host.is_empty());
    // Without a sector every such client would share the public one: fail closed.
    host.map(str::to_owned).ok_or_else(|| store::Error::Corrupt(format!("client {} has no sector", client.id)))
}

/// Which scope brings which claims (OIDC Core §5.4; design.md §4 for organisations).
const SCOPE_CLAIMS: &[(&str, &[&str])] = &[
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    ("address", &["address"]),
];

/// The claims that these scopes bring.
pub(super) fn of_scopes(user: &User, scopes: &[String]) -> Map<String, Value> {
    let granted = SCOPE_CLAIMS.iter().filter(|(scope, _)| scopes.iter().any(|granted| granted == scope));
    of_names(user, granted.flat_map(|(_, names)| names.iter().copied()))
}

/// The claims of these names that this person has; unknown names and empty values are left out (OIDC Core §5.3.2).
pub(super) fn of_names<'a>(user: &User, names: impl Iterator<Item = &'a str>) -> Map<String, Value> {
    names.filter_map(|name| value_of(user, name).map(|value| (name.to_owned(), value))).collect()
}

fn value_of(user: &User, name: &str) -> Option<Value> {
    let profile = &user.profile;
    let text = |value: Option<&str>| value.filter(|text| !text.is_empty()).map(Value::from);
    match name {
        "name" => text(Some(&user.name)),
        "given_name" => text(profile.given_name.as_deref()),
        "family_name" => text(profile.family_name.as_deref()),
        "middle_name" => text(profile.middle_name.as_deref()),
        "nickname" => text(profile.nickname.as_deref()),
        "preferred_username" => text(user.username.as_deref()),
        "profile" => text(profile.profile.as_deref()),
        "picture" => text(profile.picture.as_deref()),
        "website" => text(profile.website.as_deref()),
        "gender" => text(profile.gender.as_deref()),
        "birthdate" => text(profile.birthdate.as_deref()),
        "zoneinfo" => text(profile.zoneinfo.as_deref()),
        "locale" => text(user.locale.as_deref()),
        "updated_at" => Some(Value::from(user.updated_at)),
        "email" => text(user.email.as_ref().map(Email::as_str)),
        "email_verified" => user.email.as_ref().map(|_| Value::from(user.email_verified)),
        "phone_number" => text(user.phone.as_deref()),
        "phone_number_verified" => user.phone.as_ref().map(|_| Value::from(user.phone_verified)),
        "address" => address_of(profile.address.as_ref()?),
        _ => None,
    }
}

fn address_of(address: &Address) -> Option<Value> {
    let parts = [
        ("formatted", &address.formatted),
        ("street_address", &address.street_address),
        ("locality", &address.locality),
        ("region", &address.region),
        ("postal_code", &address.postal_code),
        ("country", &address.country),
    ];
    let said = parts.into_iter().filter_map(|(name, value)| {
        let value = value.as_deref().filter(|text| !text.is_empty())?;
        Some((name.to_owned(), Value::from(value)))
    });
    let said: Map<String, Value> = said.collect();
    (!said.is_empty()).then_some(Value::Object(said))
}
