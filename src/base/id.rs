//! Identifiers as types of their own, so that a user's id can't be passed where a client's is due.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes a text as it is; whether such a thing exists is the store's to say.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person; a lower-case ULID.
    UserId;
    /// An application (RFC 6749 §2.2 `client_id`); chosen by the administrator or a ULID.
    ClientId;
    /// An instance of a connector; a lower-case ULID. Its callback path uses its name instead.
    ConnectorId;
    /// A sender of short messages; a lower-case ULID.
    SenderId;
    /// An organisation; a lower-case ULID.
    OrgId;
    /// A sign-on session, published as `sid`; a lower-case ULID.
    SessionId;
    /// What one authorization allows; a lower-case ULID.
    GrantId;
    /// A sign-in under way, named in `/i/{id}`; 43 characters of base64url.
    InteractionId;
}
