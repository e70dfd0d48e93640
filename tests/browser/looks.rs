//! Every page in every look: nothing outside is asked, nothing scrolls sideways at 360 px, axe-core finds nothing,
//! and the sign-in page is light.

use std::path::Path;

use serde_json::Value;

use super::browser::{Browser, Look};
use super::journey::{ADMINISTRATOR, set_up, sign_in_with_practice_github};
use super::server::Server;

/// Bytes over the wire that the sign-in page may cost (experience.md §2.9).
const HEAVIEST: u64 = 40 * 1024;

pub fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/javascript/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(path).expect("axe-core is installed: npm ci --prefix tests/javascript (./check does it)")
}

/// Looks at the page that is open, in every look; what is wrong, a line each.
pub async fn inspect(browser: &Browser, axe: &str, name: &str) -> Vec<String> {
    inspect_in(browser, (axe, name), &Look::all()).await
}

/// The same for a state of a page that others show too: each width, scheme and language, but not every three of them.
pub async fn inspect_half(browser: &Browser, axe: &str, name: &str) -> Vec<String> {
    let half = Look::all().into_iter().filter(|look| (look.width == 360) ^ look.dark ^ look.chinese);
    inspect_in(browser, (axe, name), &half.collect::<Vec<_>>()).await
}

async fn inspect_in(browser: &Browser, (axe, name): (&str, &str), looks: &[Look]) -> Vec<String> {
    let mut wrong = Vec::new();
    for &look in looks {
        browser.look(look).await;
        open_in_language(browser, look).await;
        let at = format!("{name} {}", look.name());
        browser.picture(&at.replace(' ', "-")).await;
        let width = "return [document.documentElement.scrollWidth, window.innerWidth]";
        let widths = browser.client.execute(width, Vec::new()).await.unwrap();
        if widths[0].as_i64() > widths[1].as_i64() {
            wrong.push(format!("{at}: scrolls sideways, {widths}"));
        }
        let language = browser.client.execute("return document.documentElement.lang", Vec::new()).await.unwrap();
        let wanted = if look.chinese { "zh-CN" } else { "en" };
        if language != wanted {
            wrong.push(format!("{at}: speaks {language}"));
        }
        wrong.extend(outside(browser).await.into_iter().map(|url| format!("{at}: asks {url}")));
        wrong.extend(violations(browser, axe).await.into_iter().map(|found| format!("{at}: {found}")));
    }
    browser.look(Look::DESK).await;
    open_in_language(browser, Look::DESK).await;
    wrong
}

/// Opens the same page again; on our own pages by the language link, which outdoes an application's `ui_locales`.
async fn open_in_language(browser: &Browser, look: Look) {
    let mut here = browser.client.current_url().await.unwrap();
    let has_links = !here.path().starts_with("/demo") && here.host_str() == Some("localhost");
    if has_links {
        let rest: Vec<(String, String)> = here
            .query_pairs()
            .filter(|(name, _)| name != "lang")
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        let language = if look.chinese { "zh-CN" } else { "en" };
        here.query_pairs_mut().clear().extend_pairs(rest).append_pair("lang", language);
    }
    browser.client.goto(here.as_str()).await.unwrap();
}

/// Addresses the page asked for that are not its own origin's.
async fn outside(browser: &Browser) -> Vec<String> {
    let script = "return performance.getEntriesByType('resource').map(e => e.name)
        .filter(name => new URL(name).origin !== location.origin)
        // The one exception: a platform's own frame, which the person opened (experience.md).
        .filter(name => ![...document.querySelectorAll('iframe')].some(frame => frame.src === name))";
    let found = browser.client.execute(script, Vec::new()).await.unwrap();
    found.as_array().unwrap().iter().map(Value::to_string).collect()
}

async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    browser.client.execute(axe, Vec::new()).await.unwrap();
    let script = "const done = arguments[arguments.length - 1];
        axe.run().then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | '))))";
    let found = browser.client.execute_async(script, Vec::new()).await.unwrap();
    found.as_array().unwrap().iter().map(Value::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_and_keeps_to_itself_in_every_look() {
    let axe = axe();
    let server = Server::start();
    let browser = Browser::start().await;
    let mut wrong = Vec::new();
    let at = |path: &str| format!("{}{path}", server.issuer);

    browser.client.goto(&server.set_up).await.unwrap();
    wrong.extend(inspect(&browser, &axe, "set-up").await);
    set_up(&server, &browser).await;
    for (name, path) in [
        ("set-up methods", "/admin/set-up/methods"),
        ("home", "/"),
        ("connectors", "/admin/connectors"),
        ("connector gallery", "/admin/add-connector"),
        ("connector form", "/admin/add-connector/oidc"),
        ("connector", "/admin/connectors/github-practice"),
        ("account", "/account"),
        ("sign out", "/end_session"),
        ("unknown application", "/authorize?client_id=nobody"),
        ("demo", "/demo"),
    ] {
        browser.client.goto(&at(path)).await.unwrap();
        wrong.extend(inspect(&browser, &axe, name).await);
    }

    browser.client.delete_all_cookies().await.unwrap();
    browser.client.goto(&at("/demo/sign-in")).await.unwrap();
    wrong.extend(inspect(&browser, &axe, "sign in").await);
    browser.client.goto(&at("/demo/sign-in")).await.unwrap();
    browser.click("form[action$='/with/github-practice'] button").await;
    browser.wait_for_text("github.com").await;
    wrong.extend(inspect(&browser, &axe, "practice").await);
    browser.click("form button[type=submit]").await;
    browser.wait_for_text("asks for access").await;
    wrong.extend(inspect(&browser, &axe, "consent").await);
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_page_weighs_at_most_forty_kilobytes() {
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    browser.client.delete_all_cookies().await.unwrap();
    browser.devtools("Network.setCacheDisabled", serde_json::json!({ "cacheDisabled": true })).await;
    browser.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
    browser.wait_for_text("Sign in").await;
    let script = "return performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
        .reduce((sum, e) => sum + e.transferSize, 0)";
    let weight = browser.client.execute(script, Vec::new()).await.unwrap().as_u64().unwrap();
    assert!((1..=HEAVIEST).contains(&weight), "{weight} bytes");
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_in_works_without_javascript() {
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    browser.client.delete_all_cookies().await.unwrap();
    browser.devtools("Emulation.setScriptExecutionDisabled", serde_json::json!({ "value": true })).await;
    sign_in_without_script(&server, &browser).await;
    browser.stop().await;
}

async fn sign_in_without_script(server: &Server, browser: &Browser) {
    browser.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
    browser.fill("[name=username]", ADMINISTRATOR.1).await;
    browser.fill("[name=password]", ADMINISTRATOR.2).await;
    browser.click("form[action$='/form'] button[type=submit]").await;
    browser.click("button[value=allow]").await;
    let demo = browser.client.wait().for_url(&url::Url::parse(&format!("{}/demo", server.issuer)).unwrap()).await;
    demo.expect("back at the sample application");
}

#[tokio::test(flavor = "multi_thread")]
async fn back_reload_and_a_bookmark_of_the_sign_in_page_end_in_a_sensible_place() {
    let server = Server::start();
    let browser = Browser::start().await;
    set_up(&server, &browser).await;
    browser.client.delete_all_cookies().await.unwrap();
    browser.client.goto(&format!("{}/demo/sign-in", server.issuer)).await.unwrap();
    let bookmark = browser.client.current_url().await.unwrap();
    browser.client.refresh().await.unwrap();
    browser.wait_for_text("Sign in").await;
    browser.client.delete_all_cookies().await.unwrap();
    sign_in_with_practice_github(&server, &browser).await;
    browser.client.goto(bookmark.as_str()).await.unwrap();
    let text = browser.text().await;
    assert!(text.contains("Hufu demo"), "another browser's sign-in names the application: {text}");
    browser.client.goto("about:blank").await.unwrap();
    browser.client.back().await.unwrap();
    browser.stop().await;
}
