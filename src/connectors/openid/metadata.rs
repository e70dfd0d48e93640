//! A provider's description of itself (OpenID Connect Discovery 1.0 §3).

use http::{Response, StatusCode};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, JwsSigningAlgorithm as _, ProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::clock::Seconds;
use crate::connectors::fields::is_web_address;
use crate::connectors::{Trouble, answer, wire};

/// What the crate has no member for.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Newer {
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for Newer {}

type Described = ProviderMetadata<
    Newer,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The part of it that a client of the code flow needs.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Where browsers go.
    pub authorization: String,
    /// Where codes go.
    pub token: String,
    /// Where more claims are.
    pub userinfo: Option<String>,
    /// Where the keys are.
    pub jwks: String,
    /// Asymmetric algorithms of ID tokens.
    pub algorithms: Vec<CoreJwsSigningAlgorithm>,
    /// How clients may prove themselves; `None` when nothing is said.
    pub methods: Option<Vec<CoreClientAuthMethod>>,
    /// Whether S256 is offered; `None` when nothing is said (RFC 8414 §2).
    pub s256: Option<bool>,
    /// Whether callbacks always carry `iss` (RFC 9207 §3).
    pub iss_parameter: bool,
}

impl Metadata {
    /// Every address in it.
    pub fn addresses(&self) -> impl Iterator<Item = &String> {
        [&self.authorization, &self.token, &self.jwks].into_iter().chain(&self.userinfo)
    }

    /// Whether clients may prove themselves like this; `client_secret_basic` when nothing is said (Discovery §3).
    #[must_use]
    pub fn offers(&self, method: &CoreClientAuthMethod) -> bool {
        let unsaid = *method == CoreClientAuthMethod::ClientSecretBasic;
        self.methods.as_ref().map_or(unsaid, |methods| methods.contains(method))
    }
}

/// Addresses an administrator typed: each beats the description's.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Where browsers go.
    pub authorization: Option<String>,
    /// Where codes go.
    pub token: Option<String>,
    /// Where more claims are.
    pub userinfo: Option<String>,
    /// Where the keys are.
    pub jwks: Option<String>,
}

impl Endpoints {
    /// A description of nothing but these, when no other is needed: for providers that publish none.
    #[must_use]
    pub fn alone(&self) -> Option<Metadata> {
        Some(Metadata {
            authorization: self.authorization.clone()?,
            token: self.token.clone()?,
            userinfo: self.userinfo.clone(),
            jwks: self.jwks.clone()?,
            // OpenID Connect Core §15.1: what every provider can do.
            algorithms: vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
            methods: None,
            s256: None,
            iss_parameter: false,
        })
    }

    /// Puts them in the place of the description's.
    pub fn replace_in(&self, metadata: &mut Metadata) {
        let typed = [
            (&self.authorization, &mut metadata.authorization),
            (&self.token, &mut metadata.token),
            (&self.jwks, &mut metadata.jwks),
        ];
        for (typed, described) in typed {
            if let Some(typed) = typed {
                described.clone_from(typed);
            }
        }
        metadata.userinfo = self.userinfo.clone().or_else(|| metadata.userinfo.take());
    }
}

/// The address of the description (Discovery §4.1: a trailing slash of the issuer is dropped).
#[must_use]
pub fn address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// Reads the answer of that address; `issuer` must stand in it letter by letter (Discovery §4.3).
///
/// # Errors
/// `Unreachable` for a 5xx, `Misconfigured` when it is another provider's or lacks an endpoint, else `BadReply`.
pub fn read(found: &Response<Vec<u8>>, issuer: &str, now: Seconds) -> Result<Metadata, Trouble> {
    if let Some(later) = wire::later(found.status(), found.headers(), now) {
        return Err(later);
    }
    match found.status() {
        StatusCode::OK => {}
        status if status.is_server_error() => {
            return Err(Trouble::Unreachable(format!("discovery: status {}", status.as_u16())));
        }
        status => return Err(Trouble::Misconfigured(format!("discovery: status {}", status.as_u16()))),
    }
    let body = answer::object(found.body()).map_err(|error| Trouble::BadReply(format!("discovery: {error}")))?;
    let described = serde_json::from_value::<Described>(Value::Object(body))
        .map_err(|error| Trouble::BadReply(wire::quoted(&format!("discovery: {error}"))))?;
    if described.issuer().as_str() != issuer {
        let theirs = wire::quoted(described.issuer().as_str());
        return Err(Trouble::Misconfigured(format!("discovery: the issuer there is {theirs}, not {issuer}")));
    }
    needed(&described)
}

fn needed(described: &Described) -> Result<Metadata, Trouble> {
    let Some(token) = described.token_endpoint() else {
        return Err(Trouble::Misconfigured("discovery: no token_endpoint".to_owned()));
    };
    let newer = described.additional_metadata();
    let s256 = newer.code_challenge_methods_supported.as_ref().map(|methods| methods.iter().any(|m| m == "S256"));
    let algorithms = described.id_token_signing_alg_values_supported().iter();
    let metadata = Metadata {
        authorization: described.authorization_endpoint().to_string(),
        token: token.to_string(),
        userinfo: described.userinfo_endpoint().map(ToString::to_string),
        jwks: described.jwks_uri().to_string(),
        algorithms: algorithms.filter(|alg| is_asymmetric(alg)).cloned().collect(),
        methods: described.token_endpoint_auth_methods_supported().cloned(),
        s256,
        iss_parameter: newer.authorization_response_iss_parameter_supported == Some(true),
    };
    if let Some(odd) = metadata.addresses().find(|address| !is_web_address(address)) {
        return Err(Trouble::Misconfigured(wire::quoted(&format!("discovery: {odd} is no address"))));
    }
    Ok(metadata)
}

/// Signed with a private key: neither `none` nor a shared secret.
#[must_use]
pub fn is_asymmetric(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    *algorithm != CoreJwsSigningAlgorithm::None && !algorithm.uses_shared_secret()
}
