//! What the providers say about a person (§2.4), and the lies a test can ask for.

use aws_lc_rs::error::Unspecified;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::super::Practice;
use super::super::people::Person;
use super::super::platform::Platform;
use super::super::switches::{Switch, Switches};
use super::issue::Holder;
use super::{ACCESS_LIFE, issuer, with_keys};

/// `openid email profile` in Google's long form.
pub(super) fn long_scopes(scopes: &[String]) -> String {
    let long = |scope: &String| match scope.as_str() {
        "email" => "https://www.googleapis.com/auth/userinfo.email".to_owned(),
        "profile" => "https://www.googleapis.com/auth/userinfo.profile".to_owned(),
        other => other.to_owned(),
    };
    scopes.iter().map(long).collect::<Vec<_>>().join(" ")
}

/// The claims about the person that the scopes open.
pub(super) fn about(platform: Platform, person: &Person, scopes: &[String], switches: &Switches) -> Map<String, Value> {
    let has = |scope: &str| scopes.iter().any(|one| one == scope);
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("sub", subject(person, switches));
    if has("profile") {
        if let Some(name) = person.name.as_deref().filter(|name| !name.is_empty()) {
            put("name", json!(name));
            let (given, family) = name.split_once(' ').unwrap_or((name, ""));
            put("given_name", json!(given));
            if !family.is_empty() {
                put("family_name", json!(family));
            }
        }
        if platform == Platform::Google {
            put("picture", json!(format!("https://lh3.googleusercontent.com/a/{}=s96-c", person.key)));
        } else {
            put("preferred_username", json!(person.login));
        }
        if let Some(locale) = &person.locale {
            put("locale", json!(locale));
        }
    }
    if let (true, Some(email)) = (has("email"), &person.email) {
        put("email", json!(email));
        if !switches.is_on(Switch::NoEmailVerified) {
            let verified = person.email_verified;
            let text = switches.is_on(Switch::StringBooleans);
            put("email_verified", if text { json!(verified.to_string()) } else { json!(verified) });
        }
    }
    if let (Platform::Google, Some(hd)) = (platform, &person.hd) {
        put("hd", json!(hd));
    }
    if platform == Platform::Oidc && has("groups") {
        put("groups", json!(person.groups));
    }
    claims
}

fn subject(person: &Person, switches: &Switches) -> Value {
    match person.sub.parse::<u64>() {
        Ok(number) if switches.is_on(Switch::NumericSub) => json!(number),
        _ if switches.is_on(Switch::NumericSub) => json!(person.number),
        _ => json!(person.sub),
    }
}

/// What an ID token is made from.
pub(super) struct Basis<'a> {
    pub(super) holder: &'a Holder,
    pub(super) access_token: &'a str,
}

/// The signed ID token.
pub(super) fn id_token(practice: &Practice, basis: &Basis<'_>) -> Result<String, Unspecified> {
    let platform = basis.holder.platform;
    let switches = practice.world().switches(platform);
    let person = practice.world().person(&basis.holder.person).cloned().ok_or(Unspecified)?;
    let scopes: &[String] = if switches.is_on(Switch::ThinIdToken) { &[] } else { &basis.holder.scopes };
    let mut claims = frame(practice, basis);
    claims.extend(about(platform, &person, scopes, &switches));
    bend(&mut claims, practice.now(), &switches);
    let mut payload = Value::Object(claims).to_string();
    if switches.is_on(Switch::DuplicateSub) {
        payload.insert_str(1, "\"sub\":\"somebody-else\",");
    }
    with_keys(practice, platform, |keys| keys.sign(&payload, &switches))
}

/// The claims about the token itself.
fn frame(practice: &Practice, basis: &Basis<'_>) -> Map<String, Value> {
    let Holder { platform, client_id, nonce, auth_time, .. } = basis.holder;
    let now = practice.now();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("iss", json!(issuer(*platform)));
    put("azp", json!(client_id));
    put("aud", json!(client_id));
    if !basis.access_token.is_empty() {
        // OpenID Connect Core §3.1.3.6: the left half of the digest.
        let digest = Sha256::digest(basis.access_token.as_bytes());
        put("at_hash", json!(URL_SAFE_NO_PAD.encode(&digest[..16])));
    }
    if let Some(nonce) = nonce {
        put("nonce", json!(nonce));
    }
    if *platform == Platform::Oidc {
        put("auth_time", json!(auth_time));
        put("amr", json!(["pwd"]));
    }
    put("iat", json!(now));
    put("exp", json!(now + ACCESS_LIFE));
    claims
}

/// Makes the token wrong in the ways that are switched on.
fn bend(claims: &mut Map<String, Value>, now: i64, switches: &Switches) {
    let aud = claims.get("aud").cloned().unwrap_or_default();
    let iss = claims.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
    let changes: [(Switch, &str, Value); 13] = [
        (Switch::Expired, "iat", json!(now - 7200)),
        (Switch::Expired, "exp", json!(now - 3600)),
        (Switch::NotYet, "iat", json!(now + 3600)),
        (Switch::NotYet, "nbf", json!(now + 3600)),
        (Switch::NotYet, "exp", json!(now + 7200)),
        (Switch::WrongAud, "aud", json!("another-client")),
        (Switch::ExtraAud, "aud", json!([aud, "another-client"])),
        (Switch::WrongAzp, "azp", json!("another-client")),
        (Switch::WrongNonce, "nonce", json!("another-nonce")),
        (Switch::WrongAtHash, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        (Switch::IssOther, "iss", json!("https://stranger.example")),
        (Switch::IssShort, "iss", json!(iss.trim_start_matches("https://"))),
        (Switch::IssSlash, "iss", json!(format!("{iss}/"))),
    ];
    for (switch, name, value) in changes {
        if switches.is_on(switch) {
            claims.insert(name.to_owned(), value);
        }
    }
    for (switch, name) in [(Switch::MissingNonce, "nonce"), (Switch::NoExpiry, "exp")] {
        if switches.is_on(switch) {
            claims.remove(name);
        }
    }
}
