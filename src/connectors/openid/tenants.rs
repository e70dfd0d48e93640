//! One description for many tenants (Microsoft Entra ID): the issuer stands
//! there with a gap, and each token fills in its own tenant.

use serde_json::Value;

use crate::connectors::answer::Object;

/// What stands in the issuer where the tenant goes.
pub const GAP: &str = "{tenantid}";

/// The issuer with its gap, and who may fill it.
#[derive(Clone, Debug)]
pub struct Tenants {
    issuer: String,
    /// Lower case; `None` is every tenant, by the administrator's own word.
    admitted: Option<Vec<String>>,
}

impl Tenants {
    /// `None` when the issuer has not exactly one gap, nobody is named, or a name is no GUID. `*` names all.
    #[must_use]
    pub fn new(issuer: &str, named: &[String]) -> Option<Self> {
        let named: Vec<String> = named.iter().map(|one| one.to_ascii_lowercase()).collect();
        let everyone = named.len() == 1 && named[0] == "*";
        let fits =
            issuer.matches(GAP).count() == 1 && !named.is_empty() && (everyone || named.iter().all(|one| is_guid(one)));
        fits.then(|| Self { issuer: issuer.to_owned(), admitted: (!everyone).then_some(named) })
    }

    /// The issuer as the description says it, gap included.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The tenant of a token whose `iss` is its own (github-google-generic.md §6.1), if it may come in.
    #[must_use]
    pub fn of<'t>(&self, claims: &'t Object) -> Option<&'t str> {
        let tenant = claims.get("tid").and_then(Value::as_str).filter(|tenant| is_guid(tenant))?;
        let issuer = claims.get("iss").and_then(Value::as_str)?;
        let known = self.admitted.as_ref().is_none_or(|all| all.contains(&tenant.to_ascii_lowercase()));
        (known && issuer == self.issuer.replace(GAP, tenant)).then_some(tenant)
    }

    /// Whether the `iss` of a callback can be one of these (RFC 9207): the gap filled in by a GUID.
    #[must_use]
    pub fn could_be(&self, issuer: &str) -> bool {
        let Some((before, after)) = self.issuer.split_once(GAP) else { return false };
        issuer.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(is_guid)
    }
}

/// 8-4-4-4-12 digits of base sixteen.
fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
