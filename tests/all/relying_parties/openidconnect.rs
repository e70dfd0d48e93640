//! The `openidconnect` crate (Rust).

use hufu::store::clients::ClientMetadata;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse as _,
};

use super::server;
use crate::support::http::TestBrowser;

/// The crate's HTTP client: any function from request to response will do.
async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
    let response = client.execute(request.try_into()?).await?;
    let mut answer = http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(response.bytes().await?.to_vec()).unwrap())
}

#[tokio::test]
async fn the_openidconnect_crate_signs_a_person_in() {
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        Box::pin(signs_in_with(algorithm)).await;
    }
}

async fn signs_in_with(algorithm: &str) {
    let server = server().await;
    server.person("rust").await;
    let metadata = ClientMetadata {
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        id_token_signed_response_alg: algorithm.to_owned(),
        first_party: true,
        ..ClientMetadata::default()
    };
    let application = server.application_as(metadata).await;
    let issuer = IssuerUrl::new(server.issuer.clone()).unwrap();
    let provider = CoreProviderMetadata::discover_async(issuer, &send).await.unwrap();
    let client = CoreClient::from_provider_metadata(
        provider,
        ClientId::new(application.id.clone()),
        Some(ClientSecret::new(application.secret.clone())),
    )
    .set_redirect_uri(RedirectUrl::new(application.redirect_uri.clone()).unwrap());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("offline_access".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let browser = server.browser();
    let came = through_the_sign_in_page(&browser, address.as_str(), "rust").await;
    assert_eq!(came.query("state").as_deref(), Some(state.secret().as_str()));

    let code = AuthorizationCode::new(came.query("code").unwrap());
    let tokens = client.exchange_code(code).unwrap().set_pkce_verifier(verifier).request_async(&send).await.unwrap();
    let id_token = tokens.id_token().unwrap();
    let claims = id_token.claims(&client.id_token_verifier(), &nonce).unwrap();
    let userinfo: CoreUserInfoClaims = client
        .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
        .unwrap()
        .request_async(&send)
        .await
        .unwrap();
    assert_eq!(userinfo.email().unwrap().as_str(), "rust@example.org");

    let refreshed =
        client.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap().request_async(&send).await.unwrap();
    assert_ne!(refreshed.access_token().secret(), tokens.access_token().secret(), "{algorithm}");
}

async fn through_the_sign_in_page(
    browser: &TestBrowser,
    address: &str,
    username: &str,
) -> crate::support::http::Answer {
    let answer = browser.get(address).await;
    browser.sign_in(answer, username).await
}
