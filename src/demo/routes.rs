//! The paths of the sample application.

use std::collections::HashMap;

use askama::Template as _;
use axum::Form;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::Demo;
use super::claims::{distance, moment, rows};
use super::notice::Notice;
use super::pages::{HomePage, Tokens};
use super::provider::{Provider, Way};
use super::session::SignedIn;
use super::texts::Texts;
use super::visitor::{Visitor, texts};

const STYLE: &str = include_str!("../../static/practice.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

type Params = Query<Vec<(String, String)>>;

pub(super) async fn style() -> Response {
    answer(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_owned())
}

pub(super) async fn home(State(demo): State<Demo>, headers: HeaderMap) -> Response {
    let config = demo.config();
    let visitor = Visitor::of(&headers, config);
    let now = config.clock.now();
    let (notice, signed_in) = match demo.sessions().get(&visitor.session(), now) {
        Some(session) => (session.notice.take(), session.signed_in.clone()),
        None => (None, None),
    };
    let texts = texts(&headers);
    let page = HomePage {
        texts,
        issuer: &config.issuer,
        client_id: &config.client_id,
        csrf: visitor.csrf(),
        notice,
        tokens: signed_in.map(|signed_in| shown(&signed_in, texts, now)),
    };
    match page.render() {
        Ok(body) => answer(StatusCode::OK, "text/html; charset=utf-8", body),
        Err(error) => {
            tracing::error!(%error, "the demo page could not be written");
            answer(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", String::new())
        }
    }
}

fn shown(signed_in: &SignedIn, texts: &'static Texts, now: i64) -> Tokens {
    let claim = |name: &str| signed_in.userinfo.get(name).and_then(Value::as_str);
    let who = claim("name").or_else(|| claim("preferred_username")).or_else(|| claim("email")).or_else(|| claim("sub"));
    Tokens {
        who: who.unwrap_or_default().to_owned(),
        id_rows: rows(&signed_in.id_claims, texts, now),
        userinfo_rows: rows(&signed_in.userinfo, texts, now),
        access_token: signed_in.access_token.expose().chars().take(12).collect(),
        expires: signed_in.expires_at.map(|at| format!("{} ({})", moment(at), distance(at - now, texts))),
        scope: signed_in.scope.clone(),
        can_refresh: signed_in.refresh_token.is_some(),
    }
}

/// Starting a sign-in changes nothing but what we remember of it, so a link does.
pub(super) async fn sign_in(State(demo): State<Demo>, headers: HeaderMap, Query(params): Params) -> Response {
    let visitor = Visitor::of(&headers, demo.config());
    let way = match params.iter().find(|(name, _)| name == "how").map(|(_, value)| value.as_str()) {
        Some("login") => Way::Login,
        Some("max_age") => Way::Recent,
        Some("none") => Way::Silent,
        _ => Way::Plain,
    };
    let url = match Provider::discover(&demo).await {
        Ok(provider) => {
            let (url, pending) = provider.begin(way, texts(&headers).lang);
            demo.sessions().open(&visitor.session(), demo.config().clock.now()).start(pending);
            url
        }
        Err(notice) => return say(&demo, &visitor, notice),
    };
    go(&demo, &visitor, &url)
}

/// The answer of the authorization endpoint.
pub(super) async fn callback(State(demo): State<Demo>, headers: HeaderMap, Query(params): Params) -> Response {
    let config = demo.config();
    let visitor = Visitor::of(&headers, config);
    let now = config.clock.now();
    let one = |name: &str| params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let state = one("state").unwrap_or_default();
    let pending = demo.sessions().get(&visitor.session(), now).and_then(|session| session.take(state, now));
    let Some(pending) = pending else { return say(&demo, &visitor, Notice::Unknown) };
    // RFC 9207 §2.4: an answer of another issuer is not for us.
    if one("iss").is_some_and(|iss| iss != config.issuer) {
        return say(&demo, &visitor, Notice::Refused);
    }
    let code = match (one("code"), one("error")) {
        (Some(code), None) => code,
        (_, Some("access_denied")) => return say(&demo, &visitor, Notice::Denied),
        (_, Some("login_required" | "interaction_required" | "consent_required" | "account_selection_required"))
            if pending.silent =>
        {
            return say(&demo, &visitor, Notice::NotSignedIn);
        }
        _ => return say(&demo, &visitor, Notice::Refused),
    };
    let result = match Provider::discover(&demo).await {
        Ok(provider) => provider.redeem(code, &pending).await,
        Err(notice) => Err(notice),
    };
    match result {
        Ok(mut signed_in) => {
            let mut sessions = demo.sessions();
            let session = sessions.open(&visitor.session(), now);
            let earlier = session.signed_in.as_ref();
            // A silent check brings no refresh token of its own; the one we have stays good for the same person.
            if let (None, Some(earlier)) = (&signed_in.refresh_token, earlier)
                && earlier.id_claims.get("sub") == signed_in.id_claims.get("sub")
            {
                signed_in.refresh_token.clone_from(&earlier.refresh_token);
            }
            let was_in = earlier.is_some();
            session.signed_in = Some(signed_in);
            drop(sessions);
            let good = if was_in { Notice::SteppedUp } else { Notice::SignedIn };
            say(&demo, &visitor, if pending.silent { Notice::StillSignedIn } else { good })
        }
        Err(notice) => say(&demo, &visitor, notice),
    }
}

pub(super) async fn refresh(
    State(demo): State<Demo>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let visitor = Visitor::of(&headers, demo.config());
    if !visitor.owns(form.get("csrf").map_or("", String::as_str), &headers, demo.config()) {
        return answer(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", texts(&headers).foreign_form.to_owned());
    }
    let now = demo.config().clock.now();
    let old = demo.sessions().get(&visitor.session(), now).and_then(|session| session.signed_in.clone());
    let Some(old) = old else { return say(&demo, &visitor, Notice::NotSignedIn) };
    let result = match Provider::discover(&demo).await {
        Ok(provider) => provider.refresh(&old).await,
        Err(notice) => Err(notice),
    };
    match result {
        Ok(new) => {
            demo.sessions().open(&visitor.session(), now).signed_in = Some(new);
            say(&demo, &visitor, Notice::Refreshed)
        }
        Err(notice) => say(&demo, &visitor, notice),
    }
}

/// Forgets the person here, then asks the issuer to do the same.
pub(super) async fn sign_out(
    State(demo): State<Demo>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let visitor = Visitor::of(&headers, demo.config());
    if !visitor.owns(form.get("csrf").map_or("", String::as_str), &headers, demo.config()) {
        return answer(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", texts(&headers).foreign_form.to_owned());
    }
    let now = demo.config().clock.now();
    let old = demo.sessions().get(&visitor.session(), now).and_then(|session| session.signed_in.take());
    let hint = old.as_ref().map(|old| &old.id_token);
    match Provider::discover(&demo).await {
        Ok(provider) => {
            let url = provider.sign_out_url(hint).unwrap_or_else(|| format!("{}/demo", demo.config().issuer));
            go(&demo, &visitor, &url)
        }
        Err(notice) => say(&demo, &visitor, notice),
    }
}

/// Back to the page, which says what happened.
fn say(demo: &Demo, visitor: &Visitor, notice: Notice) -> Response {
    demo.sessions().open(&visitor.session(), demo.config().clock.now()).notice = Some(notice);
    go(demo, visitor, &format!("{}/demo", demo.config().issuer))
}

fn go(demo: &Demo, visitor: &Visitor, to: &str) -> Response {
    let mut response = answer(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", String::new());
    let cookie = visitor.cookie(demo.config());
    for (name, value) in [(header::LOCATION, Some(to.to_owned())), (header::SET_COOKIE, cookie)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
