//! More claims about the same person (OpenID Connect Core §5.3).

use crate::connectors::answer::Object;
use crate::connectors::code_flow::Granted;
use crate::connectors::wire;
use crate::connectors::{Trouble, Turn};

/// Asks for them; `sub` must be the ID token's, or they are about somebody else (§5.3.2).
///
/// # Errors
/// `BadReply` when they are, or can't be read; what reaching the endpoint refuses.
pub async fn fetch(turn: &Turn, granted: &Granted, address: &str, sub: &str) -> Result<Object, Trouble> {
    let bearer = format!("Bearer {}", granted.access_token.expose());
    let headers = [("authorization", bearer.as_str()), ("accept", "application/json")];
    let answer = wire::get(&turn.outbound, address, &headers).await?;
    let claims = wire::object(&answer, "userinfo", turn.now)?;
    match claims.get("sub").and_then(serde_json::Value::as_str) {
        Some(theirs) if theirs == sub => Ok(claims),
        Some(_) => Err(Trouble::BadReply("userinfo: sub is not the id_token's".to_owned())),
        None => Err(Trouble::BadReply("userinfo: no sub".to_owned())),
    }
}

/// Adds what `more` has and `claims` lacks. What the signed token says is not
/// replaced, and the flags of an address or number stay with it.
pub fn merge(claims: &mut Object, more: Object) {
    for (value, flag) in [("email", "email_verified"), ("phone_number", "phone_number_verified")] {
        let other = claims.get(value).is_some_and(|ours| more.get(value) != Some(ours));
        if other || (!claims.contains_key(value) && claims.contains_key(flag)) {
            claims.entry(flag).or_insert(false.into());
        }
    }
    for (key, value) in more {
        claims.entry(key).or_insert(value);
    }
}
