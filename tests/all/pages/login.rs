//! The pages of the way in.

use std::borrow::Cow;

use axum::http::header;
use hufu::base::lang::Lang;
use hufu::connectors::Form;
use hufu::connectors::step::PhoneWrong;
use hufu::login::interaction::{
    Choose, ConsentView, Context, Countries, Ended, Linking, Method, Notice, NumberFor, NumberView, PasswordMistake,
    RegistrationMistake, Stranger, UpstreamNotice,
};
use hufu::login::password::Rules;
use hufu::oidc::error::{Code, Error};
use hufu::oidc::response::{AuthorizationResponse, ResponseMode};
use hufu::web::error_page::{self, ErrorPage};
use hufu::web::login::{choose::choose, consent::consent, pages, phone, register::register};

use super::elements::{Element, elements, skeleton, text_of};
use super::{html, keep, page};

pub const HOSTILE: &[&str] = &[
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</title></textarea></style></script>--><b>",
    "&lt;b&gt; & {{ 7*7 }} {% x %} ${7*7}",
    "`\u{2028}\u{202e}<\u{0}",
];

fn context(x: &str) -> Context {
    Context {
        application: x.to_owned(),
        policy_uri: Some("https://app.example/privacy".to_owned()),
        tos_uri: Some("https://app.example/terms".to_owned()),
        host: x.to_owned(),
        may_leave: true,
        ..Context::default()
    }
}

fn methods(x: &str) -> Vec<Method> {
    let method = |name: &str, icon, last_used, practice| Method {
        name: name.to_owned(),
        title: x.to_owned(),
        icon,
        practice,
        last_used,
        preferred: name == "google",
        frame: practice,
    };
    let mut methods = vec![method("github", "github", true, true), method("google", "google", false, false)];
    methods.extend((0..6).map(|number| method(&format!("oidc-{number}"), "oidc", false, false)));
    methods
}

fn first(x: &str) -> NumberFor {
    NumberFor::FirstSignIn { title: x.to_owned(), name: x.to_owned() }
}

/// The form for a number, or with tries left the one for its code.
fn number_view(x: &str, what: NumberFor, left: Option<u32>) -> NumberView {
    let form = match left {
        None => Form::PhoneNumber { wrong: Some(PhoneWrong::Country) },
        left => Form::PhoneCode { to: x.to_owned(), again_at: 30, left },
    };
    let countries = Countries { all: vec!["CN".to_owned(), "HK".to_owned(), x.to_owned()], first: x.to_owned() };
    NumberView { context: context(x), what, form, now: 0, countries, practice: true }
}

fn choose_view(x: &str) -> Choose {
    Choose {
        context: context(x),
        password: true,
        registration: true,
        forgotten: true,
        methods: methods(x),
        username: x.to_owned(),
        rules: Rules { special: true, upper_case: true, lower_case: true, ..Rules::default() },
        registration_name: x.to_owned(),
        registration_email: x.to_owned(),
        ..Choose::default()
    }
}

#[expect(clippy::too_many_lines, reason = "a table: a line for each page")]
/// Every page of the way in with `x` wherever somebody else's words are.
async fn pages_with(lang: Lang, x: &str) -> Vec<(&'static str, String)> {
    let page = &page(lang, x);
    let id = "abc";
    let upstream = Notice::Upstream { title: x.to_owned(), what: UpstreamNotice::BadReply, reference: x.to_owned() };
    let linking = Some(Linking { title: x.to_owned(), name: x.to_owned() });
    let view = choose_view(x);
    let wrong = Choose { notice: Some(Notice::WrongPassword), ..choose_view(x) };
    let failed = Choose { notice: Some(upstream), linking, ..choose_view(x) };
    let mistaken = Choose {
        registration_mistake: Some(RegistrationMistake::Password(PasswordMistake::Classes)),
        ..choose_view(x)
    };
    let stranger = Stranger {
        context: context(x),
        title: x.into(),
        name: x.into(),
        username: x.into(),
        email: Some(x.into()),
        may_create: true,
        phone: Some(x.into()),
    };
    let asked = ConsentView {
        context: context(x),
        name: x.into(),
        new_scopes: vec!["email".into(), "offline_access".into(), x.into()],
        known_scopes: vec!["openid".into(), "profile".into()],
        claims: vec![x.into()],
        organisation: Some(x.into()),
    };
    let response = AuthorizationResponse {
        redirect_uri: format!("https://app.example/?{x}"),
        mode: ResponseMode::FormPost,
        parameters: vec![("state", x.into())],
    };
    let request =
        ErrorPage::Request(Error { wait: None, code: Code::InvalidRequest, description: Cow::Owned(x.into()) });
    let other = ErrorPage::OtherBrowser { application: x.into() };
    let weak = Some(PasswordMistake::TooShort);
    let mut made = Vec::new();
    for (name, response) in [
        ("choose", choose(page, id, &view)),
        ("choose-wrong", choose(page, id, &wrong)),
        ("choose-failed", choose(page, id, &failed)),
        ("register", register(page, id, &view)),
        ("register-mistaken", register(page, id, &mistaken)),
        ("stranger", pages::stranger(page, id, &stranger)),
        ("new-password", pages::new_password(page, id, &context(x), &Rules::default(), (weak, false))),
        ("new-password-forgotten", pages::new_password(page, id, &context(x), &Rules::default(), (None, true))),
        ("number-forgotten", phone::other(page, id, &number_view(x, NumberFor::Forgotten, None))),
        ("number-first", phone::other(page, id, &number_view(x, first(x), None))),
        ("code-first", phone::other(page, id, &number_view(x, first(x), Some(3)))),
        ("code-spent", phone::other(page, id, &number_view(x, NumberFor::Forgotten, Some(0)))),
        ("account-chooser", pages::account(page, id, &context(x), x, Some(x))),
        ("consent", consent(page, id, &asked)),
        ("finished", pages::finished(page, &context(x))),
        ("expired", pages::ended(page, &context(x), Ended::Expired)),
        ("sign-out", pages::sign_out(page, Some(x), x)),
        ("signed-out", pages::signed_out(page)),
        ("form-post", pages::form_post(page, &response)),
        ("error-request", error_page::render(&request, page)),
        ("error-other-browser", error_page::render(&other, page)),
        ("error-busy", error_page::render(&ErrorPage::Busy, page)),
    ] {
        made.push((name, html(response).await));
    }
    made.extend(super::ways::pages(page, x).await);
    made
}

#[tokio::test]
async fn every_page_speaks_every_language_and_has_one_heading() {
    for lang in Lang::ALL {
        for (name, html) in pages_with(lang, "Moon Notes").await {
            keep(&format!("{name}-{}", lang.tag()), &html);
            let elements = elements(&html);
            assert_eq!(elements[0].attribute("lang"), Some(lang.tag()), "{name}");
            assert_eq!(elements.iter().filter(|element| element.name == "h1").count(), 1, "{name}");
            assert!(!text_of(&html, "h1").trim().is_empty() && text_of(&html, "title").trim().len() > 5, "{name}");
            assert_labels(name, &elements);
        }
    }
}

fn assert_labels(name: &str, elements: &[Element]) {
    let labelled = elements.iter().filter_map(|element| element.attribute("for")).collect::<Vec<_>>();
    for field in elements.iter().filter(|element| element.name == "input") {
        let kind = field.attribute("type").unwrap_or("text");
        let tied = field.attribute("id").is_some_and(|id| labelled.contains(&id));
        assert!(tied || ["hidden", "checkbox"].contains(&kind), "{name}: {field:?} has no label");
    }
    for described in elements.iter().filter_map(|element| element.attribute("aria-describedby")) {
        for id in described.split(' ') {
            assert!(elements.iter().any(|element| element.attribute("id") == Some(id)), "{name}: no element {id}");
        }
    }
}

#[tokio::test]
async fn s38_s54_hostile_words_stay_words() {
    for lang in Lang::ALL {
        let plain = pages_with(lang, "x").await;
        for hostile in HOSTILE {
            for ((name, expected), (_, got)) in plain.iter().zip(pages_with(lang, hostile).await) {
                assert_eq!(skeleton(expected), skeleton(&got), "{name} changes its shape with {hostile:?}");
                assert!(!got.contains("<script>alert") && !got.contains("<img src=x"), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, html) in pages_with(Lang::En, "x").await {
        for element in elements(&html) {
            assert!(element.name != "style" && element.attribute("style").is_none(), "{name}: {element:?}");
            assert!(
                element.attributes.iter().all(|(attribute, _)| !attribute.starts_with("on")),
                "{name}: {element:?}"
            );
            let loaded = ["script", "link", "img", "use", "iframe"].contains(&element.name.as_str());
            let address = element.attribute("src").or_else(|| element.attribute("href"));
            assert!(!loaded || address.is_some_and(|address| address.starts_with("/static/")), "{name}: {element:?}");
        }
    }
}

#[tokio::test]
async fn every_posting_form_of_ours_carries_the_token() {
    for (name, html) in pages_with(Lang::En, "x").await {
        for form in html.split("<form").skip(1) {
            let form = &form[..form.find("</form>").unwrap()];
            let ours = form.contains("action=\"/");
            assert!(!ours || form.contains("name=\"csrf\" value=\"csrf-value\""), "{name}: {form}");
        }
    }
}

#[tokio::test]
async fn the_first_form_is_the_plain_one() {
    let page = page(Lang::En, "x");
    let html = html(choose(&page, "abc", &choose_view("x"))).await;
    let form = html.split("<form").nth(1).unwrap();
    let form = &form[..form.find("</form>").unwrap()];
    assert!(form.contains("action=\"/i/abc/form\""));
    let fields = elements(&format!("<form{form}"))
        .iter()
        .filter_map(|e| e.attribute("name").map(str::to_owned))
        .collect::<Vec<_>>();
    assert_eq!(fields, ["csrf", "username", "password", "remember"]);
    assert_eq!(form.matches("type=\"submit\"").count(), 1);
    let before_more = html.split("<details>").next().unwrap();
    assert_eq!(before_more.matches("platform\" type=\"submit\"").count(), 5, "six with the last used one, then more");
    assert!(
        html.find("form=\"with-github\"").unwrap() < html.find("id=\"username\"").unwrap(),
        "last used comes first"
    );
}

#[tokio::test]
async fn s62_another_browser_is_told_the_application_with_400() {
    let response =
        error_page::render(&ErrorPage::OtherBrowser { application: "Moon Notes".into() }, &page(Lang::En, "x"));
    assert_eq!(response.status(), 400);
    assert!(html(response).await.contains("Moon Notes"));
}

#[tokio::test]
async fn links_that_are_not_for_the_web_are_left_out() {
    let mut view = choose_view("x");
    view.context.policy_uri = Some("javascript:alert(1)".to_owned());
    assert!(!html(choose(&page(Lang::En, "x"), "abc", &view)).await.contains("javascript:"));
}

#[tokio::test]
async fn s1_forms_stay_here_but_for_those_that_lead_to_an_application() {
    let page = page(Lang::En, "x");
    let policy = |response: axum::response::Response| {
        response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    };
    let own = policy(pages::signed_out(&page));
    assert!(own.contains("default-src 'none'") && own.contains("frame-ancestors 'none'"));
    assert!(own.contains("form-action 'self'"));
    assert!(!policy(choose(&page, "abc", &choose_view("x"))).contains("form-action"));
}
