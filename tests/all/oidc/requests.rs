//! Authorization requests made of a good one and what a test changes, and how to judge their end.

use hufu::oidc::authorize::AuthorizeRequest;
use hufu::oidc::error::{Code, Error, Refusal};
use hufu::oidc::params::Params;
use hufu::oidc::response::ReturnTo;

use super::world::{CALLBACK, ISSUER, World};

/// The challenge of RFC 7636, appendix B.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// What OIDC and nothing of ours would touch.
pub const STATE: &str = "s1 &=%+\r\n<b>\u{1f405}";

/// A change of one parameter: its name and new value; `None` leaves it out.
pub type Change<'a> = (&'a str, Option<&'a str>);

/// A good request of client `app` as it would be sent, with `changes` applied and other names appended.
pub fn request(changes: &[Change<'_>]) -> Params {
    let mut pairs: Vec<(String, String)> = [
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", STATE),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for (name, value) in changes {
        match (pairs.iter().position(|(known, _)| known == name), value) {
            (Some(at), Some(value)) => (*value).clone_into(&mut pairs[at].1),
            (Some(at), None) => drop(pairs.remove(at)),
            (None, Some(value)) => pairs.push(((*name).to_owned(), (*value).to_owned())),
            (None, None) => {}
        }
    }
    Params::from_pairs(pairs)
}

/// A good request with one pair appended, so that a name may occur twice.
pub fn request_and(name: &str, value: &str) -> Params {
    let good = request(&[]);
    let pairs = good.iter().chain([(name, value)]).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Params::from_pairs(pairs)
}

impl World {
    /// The request is accepted.
    pub async fn read(&self, changes: &[Change<'_>]) -> AuthorizeRequest {
        match self.oidc.read(&request(changes)).await {
            Ok(request) => request,
            Err(refusal) => panic!("{}: {changes:?} is refused: {refusal:?}", self.name),
        }
    }

    /// The request is refused on a page.
    pub async fn shown(&self, params: &Params) -> Error {
        match self.oidc.read(params).await {
            Err(Refusal::Show(error)) => legal(error),
            other => panic!("{}: {params:?} is not shown: {other:?}", self.name),
        }
    }

    /// The request is refused towards the application, with its state and our issuer.
    pub async fn returned(&self, params: &Params) -> (ReturnTo, Error) {
        match self.oidc.read(params).await {
            Err(Refusal::Return { to, error }) => {
                assert_eq!(to.redirect_uri, CALLBACK, "{params:?}");
                assert_eq!(to.state.as_deref(), params.get("state"), "{params:?}");
                assert_eq!(to.iss, ISSUER);
                (to, legal(error))
            }
            other => panic!("{}: {params:?} is not returned: {other:?}", self.name),
        }
    }

    /// The code with which a changed good request is returned.
    pub async fn returns(&self, changes: &[Change<'_>]) -> Code {
        self.returned(&request(changes)).await.1.code
    }
}

/// RFC 6749 §5.2: no quotes, no backslashes, printable ASCII.
pub fn legal(error: Error) -> Error {
    assert!(!error.description.is_empty());
    assert!(
        error.description.bytes().all(|byte| (0x20..0x7f).contains(&byte) && !matches!(byte, b'"' | b'\\')),
        "{error}"
    );
    error
}
