//! The platform's own QR code in a frame of our page, and the way out of a frame.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::connectors::FrameEnd;
use crate::login::interaction::{Context, FrameView};
use crate::web::page::{Forms, Opening, Page};
use crate::web::texts::fill;
use crate::web::texts::login::Texts as Login;
use crate::web::texts::ways::Texts;

#[derive(Template)]
#[template(path = "login/frame.html")]
struct FramePage<'a> {
    page: &'a Page,
    t: &'static Login,
    ways: &'static Texts,
    id: &'a str,
    context: &'a Context,
    view: &'a FrameView,
    linking: Option<String>,
    title: String,
    origin: String,
    posts: bool,
}

/// The frame. Its platform's origin is the only one that this page may show.
#[must_use]
pub fn frame(page: &Page, id: &str, view: &FrameView) -> Response {
    let (t, ways) = (Login::of(page.lang), Texts::of(page.lang));
    let origin = url::Url::parse(&view.url).ok().map(|url| url.origin().ascii_serialization());
    let origin = origin.filter(|origin| origin.starts_with("http")).unwrap_or_default();
    let posts = view.ends == FrameEnd::Posts;
    // A frame that goes to our callback by itself is ours for a moment: until that page leaves it.
    let shown = if posts { origin.clone() } else { format!("{origin} 'self'") };
    let opening = Opening { frame: (!origin.is_empty()).then_some(shown), ..Opening::default() };
    let shown = FramePage {
        page,
        t,
        ways,
        id,
        context: &view.context,
        view,
        linking: view.linking.as_ref().map(|linking| fill(t.linking, &[&linking.title, &linking.name])),
        title: fill(ways.scan_title, &[&view.title]),
        origin,
        posts,
    };
    page.answer_opening(StatusCode::OK, (Forms::Anywhere, &opening), &shown)
}

/// Whether a request was made for a frame, as browsers of this decade say.
#[must_use]
pub fn is_framed(headers: &HeaderMap) -> bool {
    let kind = headers.get("sec-fetch-dest").and_then(|kind| kind.to_str().ok());
    matches!(kind, Some("iframe" | "frame" | "embed" | "object" | "fencedframe"))
}

#[derive(Template)]
#[template(path = "login/out_of_frame.html")]
struct OutOfFrame<'a> {
    page: &'a Page,
    ways: &'static Texts,
    t: &'static Login,
}

/// A callback inside a frame carries no Lax cookie and touches nothing
/// (design.md §2): the page's script opens the same address in the whole window.
#[must_use]
pub fn out_of_frame(page: &Page) -> Response {
    let opening = Opening { in_our_frames: true, ..Opening::default() };
    let shown = OutOfFrame { page, ways: Texts::of(page.lang), t: Login::of(page.lang) };
    page.answer_opening(StatusCode::OK, (Forms::Own, &opening), &shown)
}
