//! `claims` (OIDC Core §5.5): single claims asked for by name, and whom `sub` demands.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value;

use super::Reading;
use super::scope::may_ask_for;
use crate::oidc::error::{Code, Error};
use crate::oidc::jose::strict_object;
use crate::oidc::scope::{ClaimRequest, ClaimsRequest, is_known_claim, scope_of};

/// Longest parameter, in bytes.
pub const LONGEST: usize = 16_384;
/// Deepest nesting, the outermost object included.
pub const DEEPEST: usize = 32;

/// Notes what is asked for; unknown claims are left out, as the standard says.
///
/// # Errors
/// `invalid_request` when it is not what OIDC Core §5.5 describes, `temporarily_unavailable`.
pub fn understood<'r>(reading: &'r mut Reading<'_>) -> BoxFuture<'r, Result<(), Error>> {
    read(reading).boxed()
}

async fn read(reading: &mut Reading<'_>) -> Result<(), Error> {
    let Some(text) = reading.params.get("claims") else { return Ok(()) };
    let mut claims = parse(text).ok_or_else(|| refuse("claims must be a JSON object as in OpenID Connect Core 5.5"))?;
    // A claim named by itself is no way round the scopes a client is limited to (security.md row 123).
    for target in [&mut claims.id_token, &mut claims.userinfo] {
        target.retain(|name, _| scope_of(name).is_none_or(|scope| may_ask_for(reading.client, scope)));
    }
    for request in [&claims.id_token, &claims.userinfo].into_iter().filter_map(|target| target.get("sub")?.as_ref()) {
        if let Some(sub) = demanded_sub(request)? {
            let user = reading.oidc.store.user_of_subject(sub).await?;
            reading.demand(user);
        }
    }
    reading.request.claims = Some(claims);
    Ok(())
}

fn refuse(description: &'static str) -> Error {
    Error::new(Code::InvalidRequest, description)
}

/// The one subject that `sub` demands (OIDC Core §5.5.1): whoever else is signed in does not do.
fn demanded_sub(request: &ClaimRequest) -> Result<Option<&str>, Error> {
    let mut named = request.value.iter().chain(request.values.iter().flatten());
    match (named.next(), named.next()) {
        (None, _) => Ok(None),
        (Some(Value::String(sub)), None) => Ok(Some(sub)),
        _ => Err(refuse("claims may demand one sub, as a string")),
    }
}

/// The parameter's text taken apart; `None` when it is not what §5.5 describes.
fn parse(text: &str) -> Option<ClaimsRequest> {
    if text.len() > LONGEST {
        return None;
    }
    let mut members = strict_object(text.as_bytes()).ok()?;
    if members.values().map(depth).max().unwrap_or(0) >= DEEPEST {
        return None;
    }
    // Other top-level members are ignored (§5.5).
    Some(ClaimsRequest {
        userinfo: target(members.shift_remove("userinfo"))?,
        id_token: target(members.shift_remove("id_token"))?,
    })
}

fn target(member: Option<Value>) -> Option<BTreeMap<String, Option<ClaimRequest>>> {
    let mut wishes = BTreeMap::new();
    match member {
        None => {}
        Some(Value::Object(claims)) => {
            for (name, wish) in claims.into_iter().filter(|(name, _)| is_known_claim(name)) {
                let wish = match wish {
                    Value::Null => None,
                    wish => Some(claim(wish)?),
                };
                wishes.insert(name, wish);
            }
        }
        Some(_) => return None,
    }
    Some(wishes)
}

/// An object whose known members have their types (§5.5.1); other members are ignored.
fn claim(wish: Value) -> Option<ClaimRequest> {
    let Value::Object(mut members) = wish else { return None };
    Some(ClaimRequest {
        essential: match members.shift_remove("essential") {
            None => false,
            Some(essential) => essential.as_bool()?,
        },
        value: members.shift_remove("value"),
        values: match members.shift_remove("values") {
            None => None,
            Some(Value::Array(values)) => Some(values),
            Some(_) => return None,
        },
    })
}

/// How many arrays and objects are inside each other; the parser itself stops at 128.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
