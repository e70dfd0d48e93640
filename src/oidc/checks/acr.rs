//! `acr_values`, a wish, and an essential `acr` in `claims`, a demand (OIDC Core §3.1.2.1, §5.5.1.1).

use serde_json::Value;

use super::Reading;
use crate::oidc::error::{Code, Error};

/// What a sign-in here can be worth: one factor. `2` and `phr` come with second factors and passkeys.
pub const SATISFIABLE: &[&str] = &["1"];

/// Most wishes that are kept.
const MOST: usize = 16;

/// Notes the wishes, and refuses a demand that no sign-in here can meet.
///
/// # Errors
/// `unmet_authentication_requirements`.
pub fn possible(reading: &mut Reading<'_>) -> Result<(), Error> {
    reading.request.acr_values = reading
        .params
        .get("acr_values")
        .unwrap_or_default()
        .split(' ')
        .filter(|value| !value.is_empty() && value.len() <= 255)
        .take(MOST)
        .map(str::to_owned)
        .collect();
    let demand = reading.request.claims.as_ref().and_then(|claims| claims.id_token.get("acr")?.as_ref());
    let Some(demand) = demand.filter(|demand| demand.essential) else { return Ok(()) };
    let mut named = demand.value.iter().chain(demand.values.iter().flatten()).peekable();
    if named.peek().is_none() || named.any(is_satisfiable) {
        Ok(())
    } else {
        Err(Error::new(
            Code::UnmetAuthenticationRequirements,
            "none of the essential acr values can be reached here: see acr_values_supported",
        ))
    }
}

fn is_satisfiable(value: &Value) -> bool {
    value.as_str().is_some_and(|value| SATISFIABLE.contains(&value))
}
