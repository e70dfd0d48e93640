//! The files under `/static`, kept inside the binary: one style sheet, a sprite of icons, two small scripts.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::brand::{self, Product};
use super::page::{ErrorPage, product};
use crate::app::App;
use crate::base::secret::digest;

const STYLE: &str = include_str!("../../static/hufu.css");
const SCRIPT: &str = include_str!("../../static/hufu.js");
const ICONS: &str = include_str!("../../static/icons.svg");

/// The address of the style sheet in this product's colours; it changes when the contents do.
#[must_use]
pub fn style_address(product: &Product) -> String {
    format!("/static/hufu.css?v={}", version(&[STYLE, &product.colour]))
}

/// The address of the script.
#[must_use]
pub fn script_address() -> String {
    format!("/static/hufu.js?v={}", version(&[SCRIPT]))
}

/// The address of the sprite.
#[must_use]
pub fn icons_address() -> String {
    format!("/static/icons.svg?v={}", version(&[ICONS]))
}

fn version(contents: &[&str]) -> String {
    digest(&contents.concat()).chars().take(10).collect()
}

/// `GET /static/{file}`.
///
/// # Errors
/// `NotFound` for every other name.
pub async fn file(State(app): State<App>, Path(name): Path<String>) -> Result<Response, ErrorPage> {
    let (kind, body) = match name.as_str() {
        "hufu.css" => {
            let accents = brand::accents(&product(&app).await.colour);
            ("text/css; charset=utf-8", Body::from(format!("{STYLE}{accents}")))
        }
        "hufu.js" => ("text/javascript; charset=utf-8", Body::from(SCRIPT)),
        "form-post.js" => ("text/javascript; charset=utf-8", Body::from(include_str!("../../static/form-post.js"))),
        "in-app.js" => ("text/javascript; charset=utf-8", Body::from(include_str!("../../static/in-app.js"))),
        "out-of-frame.js" => {
            ("text/javascript; charset=utf-8", Body::from(include_str!("../../static/out-of-frame.js")))
        }
        "dingtalk-jsapi.js" => {
            ("text/javascript; charset=utf-8", Body::from(include_str!("../../static/vendor/dingtalk-jsapi.js")))
        }
        "icons.svg" => ("image/svg+xml", Body::from(ICONS)),
        "mark.svg" => ("image/svg+xml", Body::from(include_str!("../../static/mark.svg"))),
        _ => return Err(ErrorPage::NotFound),
    };
    // An address that carries a digest of the contents is good for a year; after an upgrade the others change behind theirs.
    let life = match name.as_str() {
        "hufu.css" | "hufu.js" | "icons.svg" => "public, max-age=31536000, immutable",
        _ => "public, max-age=3600",
    };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, life), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    Ok((StatusCode::OK, headers, body).into_response())
}
