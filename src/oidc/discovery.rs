//! The metadata documents (OIDC Discovery, RFC 8414) and the JWK set: made once, served as bytes.

use super::Oidc;

/// A document ready to send.
#[derive(Clone, Debug)]
pub struct Document {
    pub body: bytes::Bytes,
    /// A strong `ETag`, quotes included.
    pub etag: String,
}

impl Oidc {
    /// `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: announces exactly what works.
    #[must_use]
    pub fn discovery(&self) -> Document {
        todo!()
    }

    /// `/jwks`.
    ///
    /// # Errors
    /// `Down` when the keys must be read again and can't be.
    pub async fn jwks(&self) -> crate::store::Result<Document> {
        todo!()
    }
}
