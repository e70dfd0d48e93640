//! `GET /user`, `/user/{id}` and `/user/emails` (§1.6, §1.7).

use axum::extract::{Path, State};
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::super::fields::Asked;
use super::super::people::Person;
use super::super::platform::Platform;
use super::super::{Practice, answer};
use super::headers::{gate, message, reader};
use super::{api_url, scopes, site_url};

pub(super) async fn user(State(practice): State<Practice>, asked: Asked) -> Response {
    match reader(&practice, &asked) {
        Ok(reader) => reader.answer(&practice, &asked, "", &profile(reader.platform, &reader.person)),
        Err(refusal) => refusal,
    }
}

/// The account with that id, whatever its login is now.
pub(super) async fn by_id(State(practice): State<Practice>, Path(id): Path<String>, asked: Asked) -> Response {
    let platform = Platform::of_host(asked.host()).unwrap_or(Platform::Github);
    if let Err(refusal) = gate(&practice, &asked, platform) {
        return refusal;
    }
    let world = practice.world();
    match world.people.iter().find(|person| person.number.to_string() == id) {
        Some(person) => answer::json(StatusCode::OK, &profile(platform, person)),
        None => message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

fn profile(platform: Platform, person: &Person) -> Value {
    let Person { number, login, .. } = person;
    let email = person.email.as_deref().filter(|_| person.email_public);
    json!({
        "login": login,
        "id": number,
        "node_id": node_id(*number),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{number}?v=4"),
        "gravatar_id": "",
        "url": format!("{}/users/{login}", api_url(platform)),
        "html_url": format!("{}/{login}", site_url(platform)),
        "type": "User",
        "user_view_type": "public",
        "site_admin": false,
        "name": person.name.as_deref().filter(|name| !name.is_empty()),
        "company": null,
        "blog": "",
        "location": null,
        "email": email,
        "hireable": null,
        "bio": null,
        "twitter_username": null,
        "notification_email": email,
        "public_repos": 8,
        "public_gists": 0,
        "followers": 20,
        "following": 0,
        "created_at": "2011-01-25T18:44:36Z",
        "updated_at": "2025-06-01T08:30:00Z",
    })
}

fn node_id(number: u64) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("04:User{number}"))
}

pub(super) async fn emails(State(practice): State<Practice>, asked: Asked) -> Response {
    let reader = match reader(&practice, &asked) {
        Ok(reader) => reader,
        Err(refusal) => return refusal,
    };
    let app = reader.access.scopes.is_empty() && is_app(&asked);
    if !app && !scopes::allow(&reader.access.scopes, "user:email") {
        return reader.refuse(&practice, &asked, StatusCode::NOT_FOUND, "Not Found");
    }
    let all = addresses(reader.platform, &reader.person);
    let (page, link) = paged(&asked, &all, &format!("{}/user/emails", api_url(reader.platform)));
    let mut response = reader.answer(&practice, &asked, "user, user:email", &json!(page));
    if let Some(link) = link {
        answer::set(&mut response, header::LINK, &link);
    }
    response
}

/// GitHub Apps have permissions and no scopes; this one may read addresses.
fn is_app(asked: &Asked) -> bool {
    asked.bearer().is_some_and(|token| token.starts_with("ghu_"))
}

fn addresses(platform: Platform, person: &Person) -> Vec<Value> {
    // GitHub Enterprise Server verifies no addresses by default (§1.7).
    let proven = platform == Platform::Github;
    let mut all = Vec::new();
    if let Some(email) = &person.email {
        let visibility = if person.email_public { "public" } else { "private" };
        let verified = proven && person.email_verified;
        all.push(json!({"email": email, "verified": verified, "primary": true, "visibility": visibility}));
    }
    for number in 1..=person.more_emails {
        let email = format!("{}+{number}@example.net", person.login);
        all.push(json!({"email": email, "verified": false, "primary": false, "visibility": null}));
    }
    let private = format!("{}+{}@users.noreply.github.com", person.number, person.login);
    all.push(json!({"email": private, "verified": proven, "primary": false, "visibility": null}));
    all
}

/// One page of a list, and the `Link` header that leads on.
pub(super) fn paged(asked: &Asked, all: &[Value], url: &str) -> (Vec<Value>, Option<String>) {
    let number = |name: &str| asked.query.get(name).and_then(|text| text.parse::<usize>().ok());
    let size = number("per_page").unwrap_or(30).clamp(1, 100);
    let page = number("page").unwrap_or(1).max(1);
    let last = all.len().div_ceil(size).max(1);
    let items = all.iter().skip((page - 1).saturating_mul(size)).take(size).cloned().collect();
    let link = |to: usize, rel: &str| format!("<{url}?per_page={size}&page={to}>; rel=\"{rel}\"");
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(page.min(last + 1) - 1, "prev"));
    }
    if page < last {
        links.push(link(page + 1, "next"));
        links.push(link(last, "last"));
    }
    if page > 1 {
        links.push(link(1, "first"));
    }
    (items, (last > 1).then(|| links.join(", ")))
}
