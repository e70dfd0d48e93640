//! The authorization endpoint (OpenID Connect Core §3.1.2; Google's differences: §2.2).

use axum::extract::State;
use axum::response::Response;

use super::super::Practice;
use super::super::clients::Client;
use super::super::consent::{self, Agreed, Decision, Question};
use super::super::fields::{Asked, Fields};
use super::super::pkce::{Challenge, ChallengeFault};
use super::super::platform::Platform;
use super::super::switches::Switch;
use super::callback::{self, Mode};
use super::errors::{PageFault, Returned, page};
use super::issue;

pub(super) async fn google(State(practice): State<Practice>, asked: Asked) -> Response {
    authorize(&practice, &asked, Platform::Google)
}

pub(super) async fn plain(State(practice): State<Practice>, asked: Asked) -> Response {
    authorize(&practice, &asked, Platform::Oidc)
}

/// A request that was read and found in order.
pub(super) struct Wish {
    pub(super) client: Client,
    pub(super) redirect_uri: String,
    pub(super) mode: Mode,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: Option<Challenge>,
}

fn authorize(practice: &Practice, asked: &Asked, platform: Platform) -> Response {
    let (client, redirect_uri) = match known(practice, asked, platform) {
        Ok(known) => known,
        Err(fault) => return page(asked, platform, fault),
    };
    let mode = Mode::of(asked.authorization());
    let refused = |error: &str, words: &str| {
        let pairs = callback::error(practice, asked, platform, (error, words));
        callback::send(asked, mode, &redirect_uri, &pairs)
    };
    let wish = match read(asked.authorization(), platform, (client, redirect_uri.clone()), mode) {
        Ok(wish) => wish,
        Err((error, words)) => return refused(error, words),
    };
    let question = Question {
        platform,
        client_name: &wish.client.name,
        redirect_uri: &wish.redirect_uri,
        scopes: &wish.scopes,
        hint: asked.authorization().get("login_hint"),
        fresh: is_fresh(practice, asked, platform),
    };
    if has_prompt(asked.authorization(), "none") {
        return match silent(practice, asked, &wish, &question) {
            Ok(agreed) => finish(practice, asked, &wish, &agreed),
            Err(error) => refused(error, "A page would have to be shown"),
        };
    }
    match consent::decide(practice, asked, &question) {
        Decision::Ask => consent::ask(practice, asked, &question),
        Decision::Deny => refused("access_denied", "The person did not allow it"),
        Decision::Allow(agreed) => finish(practice, asked, &wish, &agreed),
    }
}

fn finish(practice: &Practice, asked: &Asked, wish: &Wish, agreed: &Agreed) -> Response {
    let code = issue::code(practice, asked.authorization(), wish, agreed);
    let pairs = callback::success(practice, asked, (wish, agreed), &code);
    agreed.leave(callback::send(asked, wish.mode, &wish.redirect_uri, &pairs))
}

/// The client and where to return to; until both are known nothing is redirected.
fn known(practice: &Practice, asked: &Asked, platform: Platform) -> Result<(Client, String), PageFault> {
    let fields = asked.authorization();
    if fields.repeats() {
        return Err(PageFault::BadParameters);
    }
    let client_id = fields.get("client_id").ok_or(PageFault::BadParameters)?;
    let client = practice.world().client(platform, client_id).cloned().ok_or(PageFault::UnknownClient)?;
    let redirect_uri = fields.get("redirect_uri").ok_or(PageFault::BadParameters)?;
    let redirect_uri = client.redirect(Some(redirect_uri)).ok_or(PageFault::WrongRedirect)?;
    Ok((client, redirect_uri))
}

fn read(
    fields: &Fields,
    platform: Platform,
    (client, redirect_uri): (Client, String),
    mode: Mode,
) -> Result<Wish, Returned> {
    match fields.get("response_type") {
        Some("code") => {}
        None => return Err(("invalid_request", "response_type is missing")),
        Some(_) => return Err(("unsupported_response_type", "Only response_type code is practised")),
    }
    if fields.get("response_mode").is_some_and(|mode| !matches!(mode, "query" | "form_post")) {
        return Err(("invalid_request", "response_mode must be query or form_post"));
    }
    let scopes = fields.words("scope", false);
    if !scopes.iter().any(|scope| scope == "openid") {
        return Err(("invalid_scope", "scope must contain openid"));
    }
    let prompts = fields.words("prompt", false);
    if prompts.len() > 1 && prompts.iter().any(|prompt| prompt == "none") {
        return Err(("invalid_request", "prompt none stands alone"));
    }
    let plain = platform == Platform::Google;
    let challenge =
        Challenge::read(fields.get("code_challenge"), fields.get("code_challenge_method"), plain).map_err(|fault| {
            match fault {
                ChallengeFault::Method => ("invalid_request", "code_challenge_method is not supported"),
                ChallengeFault::Shape => ("invalid_request", "code_challenge is not well formed"),
            }
        })?;
    Ok(Wish { client, redirect_uri, mode, scopes, challenge })
}

pub(super) fn has_prompt(fields: &Fields, value: &str) -> bool {
    fields.words("prompt", false).iter().any(|prompt| prompt == value)
}

/// Whether an earlier sign-in is not good enough: prompt=login, or older than `max_age`.
fn is_fresh(practice: &Practice, asked: &Asked, platform: Platform) -> bool {
    let fields = asked.authorization();
    let age = consent::signed_in(practice, asked, platform).map(|session| practice.now() - session.auth_time);
    let limit = fields.get("max_age").and_then(|text| text.parse::<i64>().ok());
    let too_old = matches!((age, limit), (Some(age), Some(limit)) if limit == 0 || age > limit);
    has_prompt(fields, "login") || too_old
}

/// prompt=none: only with a session, and only what was granted before.
fn silent(practice: &Practice, asked: &Asked, wish: &Wish, question: &Question<'_>) -> Result<Agreed, &'static str> {
    let platform = question.platform;
    let session = consent::signed_in(practice, asked, platform).ok_or("login_required")?;
    if question.fresh {
        return Err("login_required");
    }
    let world = practice.world();
    let person = world.person(&session.person).ok_or("login_required")?;
    let hinted = |hint: &str| {
        hint == person.sub
            || hint.eq_ignore_ascii_case(&person.login)
            || person.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(hint))
    };
    if question.hint.is_some_and(|hint| !hinted(hint)) {
        return Err("login_required");
    }
    let granted = world.granted(platform, &wish.client.client_id, &session.person);
    if !granted.is_some_and(|granted| wish.scopes.iter().all(|scope| granted.contains(scope))) {
        return Err(if platform == Platform::Google { "interaction_required" } else { "consent_required" });
    }
    if world.is_on(platform, Switch::AutoDeny) {
        return Err("access_denied");
    }
    Ok(Agreed { person: session.person, scopes: wish.scopes.clone(), auth_time: session.auth_time, cookie: None })
}
