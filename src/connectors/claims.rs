//! Finding a value in somebody else's JSON, and turning it into the facts of an [`Identity`](super::Identity).

use std::collections::BTreeMap;

use serde_json::Value;

use super::Identity;
use super::answer::{Object, number_of, text_of, truth_of};
use crate::base::people::clean_name;

/// How many groups of one person are kept; a directory with more has to filter.
const GROUPS: usize = 500;

/// Our name of a fact → where it stands over there.
#[derive(Clone, Debug)]
pub struct ClaimMap(BTreeMap<&'static str, String>);

/// Our names, and the standard claims they are read from unless mapped (OpenID Connect Core §5.1).
pub const FACTS: &[(&str, &str)] = &[
    ("username", "preferred_username"),
    ("name", "name"),
    ("given_name", "given_name"),
    ("family_name", "family_name"),
    ("email", "email"),
    ("email_verified", "email_verified"),
    ("phone", "phone_number"),
    ("phone_verified", "phone_number_verified"),
    ("picture", "picture"),
    ("locale", "locale"),
    ("groups", "groups"),
];

impl ClaimMap {
    /// The standard names with `changes` (our name, path) over them.
    ///
    /// # Errors
    /// The first name that is none of [`FACTS`].
    pub fn new(changes: &[(String, String)]) -> Result<Self, String> {
        let mut map = FACTS.iter().map(|&(ours, theirs)| (ours, theirs.to_owned())).collect::<BTreeMap<_, _>>();
        for (ours, path) in changes {
            let slot = FACTS.iter().find(|(name, _)| name == ours).ok_or_else(|| ours.clone())?;
            map.insert(slot.0, path.clone());
        }
        Ok(Self(map))
    }

    /// The value of one of our facts in `claims`.
    #[must_use]
    pub fn find<'a>(&self, fact: &str, claims: &'a Object) -> Option<&'a Value> {
        find(claims, self.0.get(fact)?)
    }

    /// The text of one of our facts, at most `limit` characters, hidden characters removed.
    #[must_use]
    pub fn text(&self, fact: &str, claims: &Object, limit: usize) -> Option<String> {
        let text = clean_name(&text_of(self.find(fact, claims)?)?, limit);
        Some(text).filter(|text| !text.is_empty())
    }

    /// Everything but keys, e-mail and phone, whose proof is the connector's own rule.
    #[must_use]
    pub fn identity(&self, claims: &Object) -> Identity {
        Identity {
            username: self.text("username", claims, 128),
            name: self.text("name", claims, 128),
            given_name: self.text("given_name", claims, 128),
            family_name: self.text("family_name", claims, 128),
            locale: self.text("locale", claims, 35),
            avatar: self.text("picture", claims, 2048).filter(|url| url.starts_with("https://")),
            groups: self.find("groups", claims).map(groups).unwrap_or_default(),
            ..Identity::default()
        }
    }
}

/// Whether an address counts as proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailTrust {
    /// When the platform's own claim says so.
    Claim,
    /// Always: the administrator vouches for the platform.
    Always,
    /// Never.
    Never,
}

impl EmailTrust {
    /// The address in `claims` and whether it counts as proven. The flag is
    /// read from the same document as the address: a flag about another address says nothing.
    #[must_use]
    pub fn email(self, map: &ClaimMap, claims: &Object) -> Option<(String, bool)> {
        let address = map.text("email", claims, 254)?;
        let proven = match self {
            Self::Claim => truth_of(map.find("email_verified", claims)),
            Self::Always => true,
            Self::Never => false,
        };
        Some((address, proven))
    }
}

/// The number in `claims`, proven when its own flag says so.
#[must_use]
pub fn phone(map: &ClaimMap, claims: &Object) -> Option<(String, bool)> {
    let number = map.text("phone", claims, 40)?;
    Some((number, truth_of(map.find("phone_verified", claims))))
}

/// The first of two documents' addresses; when both name the same one, either may prove it.
#[must_use]
pub fn either(first: Option<(String, bool)>, second: Option<(String, bool)>) -> Option<(String, bool)> {
    match (first, second) {
        (Some((one, proven)), Some((other, also))) => {
            let also = also && one.eq_ignore_ascii_case(&other);
            Some((one, proven || also))
        }
        (one, other) => one.or(other),
    }
}

/// When they signed in over there (OpenID Connect Core §2, `auth_time`).
#[must_use]
pub fn auth_time(claims: &Object) -> Option<i64> {
    claims.get("auth_time").and_then(number_of)
}

/// The words of RFC 8176 the platform gave for how they signed in.
#[must_use]
pub fn amr(claims: &Object) -> Vec<String> {
    let Some(Value::Array(words)) = claims.get("amr") else { return Vec::new() };
    words.iter().filter_map(Value::as_str).take(16).map(|word| clean_name(word, 32)).collect()
}

/// The stable subject at `path`: a text or a whole number, as text. Null, empty,
/// booleans, fractions and objects are no subject (upstreams §5): two people
/// would share one.
#[must_use]
pub fn subject(claims: &Object, path: &str) -> Option<String> {
    match find(claims, path)? {
        Value::String(text) if !text.trim().is_empty() && text.len() <= 255 => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// The value at `path`: a key as it stands (names with dots exist), a JSON
/// pointer when it begins with `/` (RFC 6901), else keys joined by dots.
#[must_use]
pub fn find<'a>(claims: &'a Object, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return None;
    }
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let parts = match path.strip_prefix('/') {
        Some(rest) => rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>(),
        None => path.split('.').map(ToOwned::to_owned).collect(),
    };
    let (first, rest) = parts.split_first()?;
    rest.iter().try_fold(claims.get(first)?, |value, part| match value {
        Value::Object(object) => object.get(part),
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Group names, as texts or as objects with a `name`.
fn groups(value: &Value) -> Vec<String> {
    let list = match value {
        Value::Array(list) => list.as_slice(),
        single @ Value::String(_) => std::slice::from_ref(single),
        _ => &[],
    };
    let name = |item: &Value| match item {
        Value::Object(group) => group.get("name").and_then(text_of),
        other => text_of(other),
    };
    list.iter().filter_map(name).map(|group| clean_name(&group, 200)).take(GROUPS).collect()
}
