//! `/admin/set-up/product`: name and colour.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{METHODS, next};
use crate::admin::{AdminError, WrongField};
use crate::app::App;
use crate::web::console::Administrator;
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::page::{ErrorPage, Forms, Page, Product};
use crate::web::texts::fill;
use crate::web::texts::setup::Texts;

#[derive(Template)]
#[template(path = "setup/product.html")]
struct ProductPage<'a> {
    page: &'a Page,
    t: &'static Texts,
    step: String,
    product: &'a Product,
    version: i64,
    changed: Option<String>,
    wrong_name: bool,
    wrong_colour: bool,
    methods: &'static str,
}

/// What became of a form that was sent.
#[derive(Default)]
struct Outcome {
    wrong: Vec<WrongField>,
    /// Somebody else was first; this is what was typed.
    typed: Option<Product>,
}

/// The second question.
///
/// # Errors
/// A page, when the store is away.
pub async fn get(State(app): State<App>, _: Administrator, page: Page) -> Result<Response, PageFault> {
    let (product, version) = standing(&app).await?;
    Ok(show(&page, (&product, version), Outcome::default()))
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
    let version = form.field("version").parse().map_err(|_| ErrorPage::BadRequest)?;
    let typed = Product { name: form.field("name").to_owned(), colour: form.field("colour").to_owned() };
    match app.admin.set_product(&administrator.actor, &typed.name, &typed.colour, version).await {
        Ok(()) => next(METHODS),
        Err(AdminError::Wrong(wrong)) => Ok(show(&page, (&typed, version), Outcome { wrong, ..Outcome::default() })),
        Err(AdminError::Conflict(_)) => {
            let (product, version) = standing(&app).await?;
            Ok(show(&page, (&product, version), Outcome { typed: Some(typed), ..Outcome::default() }))
        }
        Err(error) => Err(error.into()),
    }
}

/// What stands now, and the version a change of it names.
async fn standing(app: &App) -> Result<(Product, i64), PageFault> {
    let standing = app.admin.standing_product().await?;
    let product = standing.value.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    Ok((product, standing.version))
}

fn show(page: &Page, (product, version): (&Product, i64), outcome: Outcome) -> Response {
    let t = Texts::of(page.lang);
    let Outcome { wrong, typed } = outcome;
    let is_wrong = |field| wrong.iter().any(|wrong| wrong.field == field);
    let status = match &typed {
        Some(_) => StatusCode::CONFLICT,
        None if !wrong.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = ProductPage {
        page,
        t,
        step: fill(t.step, &["2"]),
        product,
        version,
        changed: typed.map(|typed| fill(t.changed, &[typed.name, typed.colour])),
        wrong_name: is_wrong("name"),
        wrong_colour: is_wrong("colour"),
        methods: METHODS,
    };
    page.answer(status, Forms::Own, &shown)
}
