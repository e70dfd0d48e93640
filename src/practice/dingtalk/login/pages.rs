//! The pages, one struct each beside its template.

use askama::Template;
use axum::response::Response;
use http::{StatusCode, header};

use super::super::super::fields::Asked;
use super::super::super::pages::{Card, FaultPage};
use super::super::super::platform::Platform;
use super::super::super::texts::Texts;
use super::super::super::{Practice, answer};
use super::super::who::Who;
use super::scan;
use super::texts::Words;
use super::wish::{Wish, Wrong};

/// Scan, or pick somebody.
#[derive(Template)]
#[template(path = "practice/dingtalk/people.html")]
struct PeoplePage<'a> {
    texts: &'static Texts,
    words: &'static Words,
    client_name: &'a str,
    back_to: String,
    scopes: Vec<(&'a str, &'static str)>,
    cards: Vec<Card>,
    action: String,
    org_code: &'a str,
    scan: &'a str,
    state: String,
    picture: String,
}

/// Pick a company.
#[derive(Template)]
#[template(path = "practice/dingtalk/companies.html")]
struct CompaniesPage<'a> {
    texts: &'static Texts,
    words: &'static Words,
    client_name: &'a str,
    companies: &'a [(String, String)],
    person: &'a str,
    org_code: &'a str,
    action: String,
}

/// Type the company's code.
#[derive(Template)]
#[template(path = "practice/dingtalk/org_code.html")]
struct OrgCodePage {
    texts: &'static Texts,
    words: &'static Words,
    wrong: bool,
    action: String,
}

/// Hands the answer to the page around the frame.
#[derive(Template)]
#[template(path = "practice/dingtalk/framed.html")]
struct FramedPage<'a> {
    texts: &'static Texts,
    to: &'a str,
    redirect: &'a str,
}

pub(super) fn people(practice: &Practice, asked: &Asked, wish: &Wish, (of, scan): (Option<&str>, &str)) -> Response {
    let (texts, words) = (Texts::of(asked), Words::of(asked));
    let world = practice.world();
    let company = of.and_then(|corp| world.dingtalk.companies.get(corp));
    let inside = |key: &str| {
        company.is_none_or(|company| company.member_of(&world.people, &Who::Person(key.to_owned())).is_some())
    };
    let shown = world.people.iter().filter(|person| inside(&person.key));
    let page = PeoplePage {
        texts,
        words,
        client_name: &wish.client.name,
        back_to: wish.around(),
        scopes: wish.scopes.iter().map(|scope| (scope.as_str(), words.scope(scope))).collect(),
        cards: shown.map(|person| Card::of(person, texts, None)).collect(),
        action: action(asked),
        org_code: asked.form.get("org_code").unwrap_or_default(),
        scan,
        state: format!("/login.dingtalk.com/oauth2/scan/{scan}"),
        picture: scan::picture(scan),
    };
    rendered(wish, page.render())
}

pub(super) fn companies(asked: &Asked, wish: &Wish, person: &str, companies: &[(String, String)]) -> Response {
    let page = CompaniesPage {
        texts: Texts::of(asked),
        words: Words::of(asked),
        client_name: &wish.client.name,
        companies,
        person,
        org_code: asked.form.get("org_code").unwrap_or_default(),
        action: action(asked),
    };
    rendered(wish, page.render())
}

pub(super) fn org_code(asked: &Asked, wish: &Wish, wrong: bool) -> Response {
    let page = OrgCodePage { texts: Texts::of(asked), words: Words::of(asked), wrong, action: action(asked) };
    rendered(wish, page.render())
}

/// The frame's last page: posts `{success, redirectUrl}` (§3.5).
pub(super) fn framed(asked: &Asked, wish: &Wish, redirect: &str) -> Response {
    let around = wish.around();
    let page = FramedPage { texts: Texts::of(asked), to: &around, redirect };
    rendered(wish, page.render())
}

/// DingTalk's own error page: no redirect.
pub(super) fn wrong(asked: &Asked, wrong: Wrong) -> Response {
    let (texts, words) = (Texts::of(asked), Words::of(asked));
    let (words, code) = match wrong {
        Wrong::UnknownClient => (texts.unknown_client, "invalidClientId"),
        Wrong::NotPublished => (words.not_published, "appNotPublished"),
        Wrong::Redirect => (texts.wrong_redirect, "invalidRedirectUri"),
        Wrong::Parameters => (words.bad_parameters, "invalidParameter"),
        Wrong::FrameParameters => (words.frame_parameters, "invalidParameter"),
        Wrong::NotThere => (words.not_there, "userNotInOrg"),
    };
    FaultPage { texts, platform: texts.called(Platform::Dingtalk), title: texts.bad_request, words, code }
        .answer(StatusCode::BAD_REQUEST)
}

/// Every step posts to the very request that was asked.
fn action(asked: &Asked) -> String {
    format!("{}?{}", asked.path, asked.query.encode())
}

fn rendered(wish: &Wish, page: askama::Result<String>) -> Response {
    let Ok(body) = page else {
        tracing::error!("a page of the practice DingTalk could not be written");
        return answer::empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = answer::page(StatusCode::OK, body);
    let ancestors = if wish.framed { wish.around() } else { "'none'".to_owned() };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
         form-action 'self' http: https:; base-uri 'none'; frame-ancestors {ancestors}"
    );
    answer::set(&mut response, header::CONTENT_SECURITY_POLICY, &policy);
    response
}
