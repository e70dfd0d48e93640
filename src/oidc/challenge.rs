//! The authorization challenge endpoint's request (OAuth 2.0 for First-Party
//! Applications, draft §5.1): an authorization request without a browser.

use super::Oidc;
use super::authorize::{AuthorizeRequest, CHECKS};
use super::checks::Reading;
use super::client_auth::AuthenticatedClient;
use super::error::{Code, Error};
use super::params::Params;
use super::response::{ResponseMode, ReturnTo};

impl Oidc {
    /// The client of a challenge request: by its secret where it has one, else by its name.
    ///
    /// # Errors
    /// `invalid_client`; `unauthorized_client` unless an administrator allowed it this way.
    pub async fn challenger(
        &self,
        params: &Params,
        authorization: Option<&str>,
        address: &str,
    ) -> Result<AuthenticatedClient, Error> {
        let caller = self.authenticate(params, authorization, address).await?;
        let metadata = &caller.client.metadata;
        if metadata.first_party && metadata.authorization_challenge {
            return Ok(caller);
        }
        let why = "this application may not sign people in without pages: use the authorization endpoint";
        Err(Error::new(Code::UnauthorizedClient, why))
    }

    /// Reads the authorization request of a first challenge; PKCE without excuse, and no redirect URI.
    ///
    /// # Errors
    /// As at the authorization endpoint.
    pub async fn read_challenge(
        &self,
        caller: &AuthenticatedClient,
        params: &Params,
    ) -> Result<AuthorizeRequest, Error> {
        // The answer goes back to whoever asked: a code without a redirect URI.
        let way_back = ReturnTo {
            redirect_uri: String::new(),
            mode: ResponseMode::Query,
            state: None,
            iss: self.issuer.to_string(),
        };
        let request = AuthorizeRequest::empty(caller.client.id.clone(), way_back);
        let with_type;
        let params = if params.get("response_type").is_some() {
            params
        } else {
            // There is one answer only, so the draft asks for no word about it.
            let pairs = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            let code = [("response_type".to_owned(), "code".to_owned())];
            with_type = Params::from_pairs(pairs.filter(|(name, _)| name != "response_type").chain(code).collect());
            &with_type
        };
        let mut reading = Reading { oidc: self, params, client: &caller.client, request, resource_scopes: Vec::new() };
        for check in CHECKS {
            check.run(&mut reading).await?;
        }
        let request = reading.request;
        if request.code_challenge.is_none() {
            return Err(Error::new(Code::InvalidRequest, "PKCE is required: send code_challenge and its method S256"));
        }
        if request.prompt.none {
            return Err(Error::new(Code::InvalidRequest, "prompt=none has no meaning without a browser"));
        }
        Ok(request)
    }
}
