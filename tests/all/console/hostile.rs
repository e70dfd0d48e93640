//! Hostile words on the pages of the console and of the set-up stay words (security.md rows 38, 54; §0, 17).

use hufu::admin::Actor;
use hufu::base::lang::Lang;
use hufu::connectors::kinds;
use hufu::store::connectors::ConnectorRow;

use super::{GITHUB, Office};
use crate::pages::elements::skeleton;
use crate::pages::login::HOSTILE;
use crate::support::http::TestBrowser;
use crate::support::server::TestServer;

const SETTINGS: &str = "/admin/connectors/github";

/// Writes a title as no form lets it in.
async fn titled(server: &TestServer, title: &str) {
    let row = server.app.admin.find_connector("github").await.unwrap();
    let row = ConnectorRow { title: title.to_owned(), ..row };
    let put = server.app.store.write(move |tx| {
        let row = row.clone();
        Box::pin(async move { tx.update_connector(&row).await })
    });
    assert!(put.await.unwrap());
}

/// A product of this name, as no form lets it in.
async fn called(server: &TestServer, name: &str) {
    let product = serde_json::json!({ "name": name, "colour": "#17695a" }).to_string();
    let put = server.app.store.write(move |tx| {
        let product = product.clone();
        Box::pin(async move { tx.put_setting("product", &product).await })
    });
    put.await.unwrap();
}

/// Every page of the console with `x` wherever an administrator's or a platform's words are.
async fn console(server: &TestServer, office: &Office, x: &str) -> Vec<(String, String)> {
    called(server, x).await;
    titled(server, x).await;
    let mut made = Vec::new();
    for path in ["/admin/connectors", "/admin/add-connector", SETTINGS, "/admin/connectors/github/delete"] {
        made.push((path.to_owned(), office.get(path).await.body));
    }
    let stale = office.get(SETTINGS).await;
    let typed = [("title", x), ("rule", "ask"), ("field.base_url", x)];
    made.push(("a mistake".to_owned(), office.post(&stale, SETTINGS, &typed).await.body));
    titled(server, x).await;
    let typed = [("title", "other"), ("rule", "ask"), ("field.client_id", x), ("field.organisations", x)];
    made.push(("a conflict".to_owned(), office.post(&stale, SETTINGS, &typed).await.body));
    for kind in kinds().iter().filter(|kind| kind.id != "password") {
        let path = format!(
            "/admin/add-connector/{}?from={}",
            kind.id,
            form_urlencoded::byte_serialize(x.as_bytes()).collect::<String>()
        );
        let form = office.get(&path).await;
        let names: Vec<String> = kind.fields.iter().map(|field| format!("field.{}", field.key)).collect();
        let mut fields = vec![("title", x), ("name", "Not A Name")];
        fields.extend(names.iter().map(|name| (name.as_str(), x)));
        let path = format!("/admin/add-connector/{}", kind.id);
        made.push((path.clone(), office.post(&form, &path, &fields).await.body));
        made.push((format!("{path} asked"), form.body));
    }
    made
}

/// Every page of the set-up.
async fn set_up(server: &TestServer, office: &Office, browser: &TestBrowser, x: &str) -> Vec<(String, String)> {
    let mut made = Vec::new();
    for path in ["/admin/set-up/product", "/admin/set-up/methods", "/admin/set-up/done"] {
        made.push((path.to_owned(), office.get(path).await.body));
    }
    let page = office.get("/admin/set-up/product").await;
    let long = x.repeat(20);
    let product = office.post(&page, "/admin/set-up/product", &[("name", &long), ("colour", x)]).await;
    made.push(("a product".to_owned(), product.body));
    let stale = office.get("/admin/set-up/product").await;
    called(server, x).await;
    let short: String = x.chars().take(30).collect();
    let product = office.post(&stale, "/admin/set-up/product", &[("name", &short), ("colour", "#112233")]).await;
    made.push(("a stale product".to_owned(), product.body));
    let link = server.app.admin.set_up_link(&Actor::set_up()).await.unwrap();
    let path = link.strip_prefix(&server.issuer).unwrap().to_owned();
    let page = browser.get(&path).await;
    let csrf = page.hidden("csrf").unwrap();
    let username = format!("not a name {x}");
    let typed = [("csrf", csrf.as_str()), ("name", x), ("username", username.as_str()), ("password", "short")];
    let answer = browser.post_with(&path, &[("sec-fetch-site", "same-origin")], &typed).await;
    assert_eq!(answer.status, 422, "{path}");
    made.push(("you".to_owned(), answer.body));
    made.push(("an unknown link".to_owned(), browser.get("/setup/%3Cb%3E").await.body));
    made
}

#[tokio::test]
async fn s38_s54_hostile_words_in_console_and_set_up_stay_words() {
    let server = TestServer::sqlite().await;
    for (name, lang) in [("ann", Lang::En), ("zhang", Lang::Zh)] {
        let office = Office::of(&server, name, lang.tag()).await;
        if lang == Lang::En {
            let form = office.get("/admin/add-connector/github").await;
            let fields = [&[("title", "GitHub")], GITHUB].concat();
            assert_eq!(office.post(&form, "/admin/add-connector/github", &fields).await.status, 303);
        }
        let visitor = server.browser();
        let mut plain = console(&server, &office, "plain").await;
        plain.extend(set_up(&server, &office, &visitor, "plain").await);
        for hostile in HOSTILE {
            // A form with a NUL is refused whole (security.md row 12).
            let hostile = &hostile.replace('\0', "");
            let mut got = console(&server, &office, hostile).await;
            got.extend(set_up(&server, &office, &visitor, hostile).await);
            assert_eq!(plain.len(), got.len());
            for ((page, expected), (_, got)) in plain.iter().zip(got) {
                assert!(!got.contains("<script>alert") && !got.contains("<img src=x"), "{page} with {hostile:?}");
                assert_eq!(skeleton(expected), skeleton(&got), "{page} changes its shape with {hostile:?}");
            }
        }
    }
}
