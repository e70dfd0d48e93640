//! Alibaba's two signatures, recomputed (§1.5, §1.6).

use super::raw::{Raw, canonical_pairs, keyed_hex, keyed_sha1, percent, sha256_hex, value};
use crate::base::secret::same;

/// What a request says of itself.
pub(super) struct Signed {
    pub(super) action: String,
    pub(super) version: String,
    pub(super) key_id: String,
    pub(super) timestamp: String,
    pub(super) nonce: String,
    signature: String,
    way: Way,
    /// The parameters of the action, query and form together.
    pub(super) parameters: Vec<(String, String)>,
    pub(super) json: bool,
}

enum Way {
    /// HMAC-SHA1 over all parameters.
    V1,
    /// ACS3-HMAC-SHA256 over these headers.
    V3(Vec<String>),
}

/// A parameter that is missing.
pub(super) struct Missing(pub(super) &'static str);

impl Signed {
    pub(super) fn read(raw: &Raw) -> Result<Self, Missing> {
        let mut parameters = raw.query_pairs();
        parameters.extend(raw.form_pairs());
        match raw.header("authorization").and_then(|text| text.strip_prefix("ACS3-HMAC-SHA256 ")) {
            Some(authorization) => Self::v3(raw, authorization, parameters),
            None => Self::v1(parameters),
        }
    }

    fn v1(parameters: Vec<(String, String)>) -> Result<Self, Missing> {
        let field = |name: &'static str| value(&parameters, name).map(str::to_owned).ok_or(Missing(name));
        Ok(Self {
            action: field("Action")?,
            version: field("Version")?,
            key_id: field("AccessKeyId")?,
            timestamp: field("Timestamp")?,
            nonce: field("SignatureNonce")?,
            signature: field("Signature")?,
            way: Way::V1,
            json: value(&parameters, "Format").is_some_and(|format| format.eq_ignore_ascii_case("json")),
            parameters,
        })
    }

    fn v3(raw: &Raw, authorization: &str, parameters: Vec<(String, String)>) -> Result<Self, Missing> {
        let part = |name: &'static str| {
            let prefix = format!("{name}=");
            authorization.split(',').find_map(|part| part.strip_prefix(&prefix)).map(str::to_owned).ok_or(Missing(name))
        };
        let header = |name: &'static str, shown| raw.header(name).map(str::to_owned).ok_or(Missing(shown));
        Ok(Self {
            action: header("x-acs-action", "Action")?,
            version: header("x-acs-version", "Version")?,
            key_id: part("Credential")?,
            timestamp: header("x-acs-date", "Timestamp")?,
            nonce: header("x-acs-signature-nonce", "SignatureNonce")?,
            signature: part("Signature")?,
            way: Way::V3(part("SignedHeaders")?.split(';').map(str::to_owned).collect()),
            json: raw.header("accept").is_some_and(|accept| accept.contains("application/json")),
            parameters,
        })
    }

    /// Whether the signature is right; otherwise the text that the server signed.
    pub(super) fn check(&self, raw: &Raw, secret: &str) -> Result<(), String> {
        match &self.way {
            Way::V1 => {
                let signed: Vec<_> = self.parameters.iter().filter(|(name, _)| name != "Signature").cloned().collect();
                let text = format!("{}&%2F&{}", raw.method, percent(&canonical_pairs(&signed)));
                let right = same(&keyed_sha1(&format!("{secret}&"), &text), &self.signature);
                if right { Ok(()) } else { Err(text) }
            }
            Way::V3(signed) => self.check_v3(raw, secret, signed),
        }
    }

    fn check_v3(&self, raw: &Raw, secret: &str, signed: &[String]) -> Result<(), String> {
        let names: Vec<&str> = signed.iter().map(String::as_str).collect();
        let mut shown = String::new();
        for host in &raw.hosts {
            let Some(headers) = raw.canonical_headers(&names, host) else { continue };
            let query = canonical_pairs(&raw.query_pairs());
            let hash = raw.body_hash();
            let canonical = format!("{}\n{}\n{query}\n{headers}\n{}\n{hash}", raw.method, raw.path, names.join(";"));
            let text = format!("ACS3-HMAC-SHA256\n{}", sha256_hex(canonical.as_bytes()));
            let right = same(&keyed_hex(secret.as_bytes(), &text), &self.signature);
            if right && covers_enough(raw, &names) && raw.header("x-acs-content-sha256") == Some(hash.as_str()) {
                return Ok(());
            }
            shown = text;
        }
        Err(shown)
    }
}

/// host, every `x-acs-` header, and the type of a form have to be signed.
fn covers_enough(raw: &Raw, names: &[&str]) -> bool {
    let sent = raw.headers.keys().map(http::HeaderName::as_str);
    let needed = sent.filter(|name| name.starts_with("x-acs-") || (*name == "content-type" && !raw.body.is_empty()));
    names.contains(&"host")
        && names.contains(&"x-acs-content-sha256")
        && needed.into_iter().all(|name| names.contains(&name))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use http::{HeaderMap, Method};

    use super::*;

    #[test]
    fn the_vendors_own_example_of_the_old_signature_is_right() {
        let query = "AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1\
                     &SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0\
                     &Timestamp=2016-02-23T12%3A46%3A24Z&Version=2014-05-26&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D";
        let raw = Raw {
            method: Method::GET,
            hosts: Vec::new(),
            path: "/".to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let signed = Signed::read(&raw).ok().unwrap();
        assert_eq!(signed.check(&raw, "testsecret"), Ok(()));
        assert!(signed.check(&raw, "testsecret2").is_err());
    }
}
