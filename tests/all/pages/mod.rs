//! Pages rendered from their views, in every language, with plain and with hostile words.

pub mod elements;
pub mod login;
mod over_http;
mod own;
mod texts;
mod ways;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use http_body_util::BodyExt as _;
use hufu::base::lang::Lang;
use hufu::web::page::{Page, Product};

/// The chrome of a page in `lang`, named as an installation might be.
pub fn page(lang: Lang, name: &str) -> Page {
    let uri = format!("/i/abc?tab=register&lang={}", lang.tag()).parse().unwrap();
    let product = Product { name: name.to_owned(), ..Product::default() };
    let mut page = Page::new(&HeaderMap::new(), &uri, product);
    "csrf-value".clone_into(&mut page.csrf);
    "01k9reference".clone_into(&mut page.reference);
    page
}

/// The body of a response as text.
pub async fn html(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Where `HUFU_PAGES` names a folder, pages are written there, to be looked at.
pub fn keep(name: &str, html: &str) {
    if let Ok(folder) = std::env::var("HUFU_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), html).unwrap();
    }
}
