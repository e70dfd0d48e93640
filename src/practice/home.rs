//! The page of the practice world, its style, and the answer to paths nobody serves.

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::fields::Asked;
use super::pages::{Card, FaultPage, WorldPage};
use super::platform::Platform;
use super::texts::Texts;
use super::{Practice, answer, guard, person_form};

const MARK: &str = include_str!("../../static/mark.svg");
const STYLE: &str = include_str!("../../static/practice.css");
/// Sends the form of the `form_post` response mode by itself; without script its button does.
const SUBMIT: &str = "document.getElementById('answer').submit();\n";

/// Polls on the pages with a QR code.
const QR: &str = include_str!("../../static/practice-qr.js");

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    let people = Router::new()
        .route("/people", get(person_form::blank).post(person_form::add))
        .route("/people/{key}", get(person_form::filled).post(person_form::change))
        .layer(from_fn_with_state(practice.clone(), guard::own_machine));
    people
        .route("/", get(world))
        .route("/practice.css", get(async || answer::text(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_owned())))
        .route("/mark.svg", get(async || answer::text(StatusCode::OK, "image/svg+xml", MARK.to_owned())))
        .route("/practice.js", get(async || script(SUBMIT)))
        .route("/practice-qr.js", get(async || script(QR)))
}

fn script(text: &str) -> Response {
    answer::text(StatusCode::OK, "text/javascript; charset=utf-8", text.to_owned())
}

async fn world(State(practice): State<Practice>, asked: Asked) -> Response {
    let texts = Texts::of(&asked);
    let cards = practice.world().people.iter().map(|person| Card::of(person, texts, None)).collect();
    let platforms = Platform::ALL.iter().map(|platform| (texts.called(*platform), platform.page_host())).collect();
    WorldPage { texts, issuer: practice.issuer(), cards, platforms }.answer()
}

/// 404, as a page.
pub(super) async fn not_found(asked: Asked) -> Response {
    let texts = Texts::of(&asked);
    let platform = Platform::of_host(asked.host()).map_or("", |platform| texts.called(platform));
    FaultPage { texts, platform, title: texts.no_page, words: texts.no_page_words, code: "404" }
        .answer(StatusCode::NOT_FOUND)
}
