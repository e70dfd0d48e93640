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

/// The ID token's claims with what only userinfo has added; what is signed is not replaced.
#[must_use]
pub fn merged(token: &Object, more: Option<&Object>) -> Object {
    let mut claims = token.clone();
    for (key, value) in more.into_iter().flatten() {
        claims.entry(key).or_insert_with(|| value.clone());
    }
    claims
}
