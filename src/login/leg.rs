//! One trip to an upstream: its state, nonce and PKCE, bound to browser, connector and age.
