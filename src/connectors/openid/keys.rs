//! A provider's keys (RFC 7517 §5), and for whom each may sign.

use openidconnect::JsonWebKey as _;
use openidconnect::core::CoreJsonWebKey;
use serde_json::Value;

use super::tenants::GAP;
use crate::connectors::Trouble;
use crate::connectors::answer::Object;

/// A key set.
#[derive(Debug)]
pub struct Keys(Vec<Key>);

/// A key of it.
#[derive(Debug)]
pub struct Key {
    /// The key itself.
    pub key: CoreJsonWebKey,
    /// Its member `issuer`, which Entra ID writes where many tenants share one set (upstreams §6.1).
    issuer: Option<Value>,
}

impl Keys {
    /// Reads a key set. Keys of kinds that we do not know are left out, as RFC 7517 §5 wants it.
    ///
    /// # Errors
    /// `BadReply` when there is no list of keys.
    pub fn read(set: &Object) -> Result<Self, Trouble> {
        let Some(Value::Array(list)) = set.get("keys") else {
            return Err(Trouble::BadReply("keys: not a key set".to_owned()));
        };
        let known = |item: &Value| {
            let key = serde_json::from_value(item.clone()).ok()?;
            Some(Key { key, issuer: item.get("issuer").cloned() })
        };
        Ok(Self(list.iter().filter_map(known).collect()))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many have no name.
    #[must_use]
    pub fn unnamed(&self) -> usize {
        self.iter().filter(|key| key.key.key_id().is_none()).count()
    }
}

impl Key {
    /// Whether it may sign what says these claims: any, or only those of its own issuer, whose gap the token's tenant
    /// fills. That the token's `iss` is one we take is looked at elsewhere.
    #[must_use]
    pub fn may_sign(&self, claims: &Object) -> bool {
        let Some(issuer) = &self.issuer else { return true };
        let (Some(issuer), Some(claimed)) = (issuer.as_str(), claims.get("iss").and_then(Value::as_str)) else {
            return false;
        };
        match claims.get("tid").and_then(Value::as_str) {
            Some(tenant) => issuer.replace(GAP, tenant) == claimed,
            None => issuer == claimed,
        }
    }
}
