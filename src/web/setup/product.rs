//! `/admin/set-up/product`: name and colour.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{METHODS, next};
use crate::admin::AdminError;
use crate::app::App;
use crate::web::console::Administrator;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{Forms, Page, Product};
use crate::web::texts::fill;
use crate::web::texts::setup::Texts;

#[derive(Template)]
#[template(path = "setup/product.html")]
struct ProductPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    step: String,
    product: &'a Product,
    wrong_name: bool,
    wrong_colour: bool,
    methods: &'static str,
}

/// The second question.
///
/// # Errors
/// A page, when the store is away.
pub async fn get(_: Administrator, page: Page) -> Result<Response, PageFault> {
    let product = page.product.clone();
    Ok(show(&page, &product, &[]))
}

/// Sets both.
///
/// # Errors
/// A page; mistakes in fields are told on the page.
pub async fn post(
    State(app): State<App>,
    administrator: Administrator,
    page: Page,
    form: PageForm,
) -> Result<Response, PageFault> {
    let (name, colour) = (form.field("name"), form.field("colour"));
    match app.admin.set_product(&administrator.actor, name, colour).await {
        Ok(()) => next(METHODS),
        Err(AdminError::Wrong(wrong)) => {
            Ok(show(&page, &Product { name: name.to_owned(), colour: colour.to_owned() }, &wrong))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(page: &Page, product: &Product, wrong: &[(String, String)]) -> Response {
    let t = Texts::of(page.lang);
    let is_wrong = |field| wrong.iter().any(|(wrong, _)| wrong == field);
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = ProductPage {
        page,
        t,
        step: fill(t.step, &["2"]),
        product,
        wrong_name: is_wrong("name"),
        wrong_colour: is_wrong("colour"),
        methods: METHODS,
    };
    page.answer(status, Forms::Own, &shown)
}
