//! `response_mode=form_post`: the page that carries an answer back by POST.

use hufu::store::clients::ClientMetadata;

use crate::support::server::servers;

#[tokio::test]
async fn s59_the_form_post_page_escapes_its_values_and_has_no_inline_script() {
    for (store, server) in servers().await {
        let lin = server.person("lin").await;
        let application =
            server.application_as(ClientMetadata { first_party: true, ..ClientMetadata::default() }).await;
        let browser = server.signed_in(&lin).await;
        let state = "\"><script>alert(1)</script>&'";
        let page = browser.authorize(&application, &[("response_mode", "form_post"), ("state", state)]).await;
        assert_eq!(page.status, 200, "{store}: {page:?}");
        assert!(!page.body.contains("<script>alert"), "{store}: {}", page.body);
        assert!(page.body.contains(&format!("action=\"{}\"", application.redirect_uri)), "{store}: {}", page.body);
        assert!(page.body.contains("<button"), "{store}: without script one presses a button");
        assert!(page.hidden("code").is_some() && page.hidden("iss").is_some(), "{store}: {}", page.body);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe-inline"), "{store}: {policy}");
        // Chromium would hold the application's own next redirect against a form-action (row 1).
        assert!(!policy.contains("form-action"), "{store}: {policy}");
        assert_eq!(page.header("cache-control"), "no-store", "{store}");
        assert!(page.location().is_empty(), "{store}: nothing in the query");
    }
}

#[tokio::test]
async fn s59_a_refusal_by_form_post_carries_the_error_and_the_state() {
    let server = crate::support::server::TestServer::sqlite().await;
    let application = server.application().await;
    let fields = [("response_mode", "form_post"), ("prompt", "none")];
    let page = server.browser().authorize(&application, &fields).await;
    assert_eq!(page.hidden("error").as_deref(), Some("login_required"), "{}", page.body);
    assert_eq!(page.hidden("state").as_deref(), Some("the-state"));
    assert!(page.hidden("code").is_none());
}
