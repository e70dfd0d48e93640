//! What is posted to `/i/{id}/…`: one fact each, always answered by a 303.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::app::App;
use crate::base::id::InteractionId;
use crate::base::secret::Secret;
use crate::login::Registration;
use crate::login::interaction::{Door, How};
use crate::web::fault::PageFault;
use crate::web::form::PageForm;
use crate::web::guard::csrf;
use crate::web::page::ErrorPage;

/// Code points of a password that are read at all (security.md row 68).
const LONGEST_PASSWORD: usize = 256;

/// A field with a password in it; never cut, refused before any hashing when it is out of all measure.
pub(in crate::web) fn password(form: &PageForm, name: &str) -> Result<Secret, PageFault> {
    let typed = form.field(name);
    if typed.chars().count() > LONGEST_PASSWORD { Err(ErrorPage::BadRequest.into()) } else { Ok(Secret::new(typed)) }
}

/// "Stay signed in on this device".
fn is_ticked(form: &PageForm) -> bool {
    !form.field("remember").is_empty()
}

/// `POST /i/{id}/form`: name and password, or a name alone: the e-mail of somebody
/// whose organisation has its own way in, a number that is sent a code.
///
/// # Errors
/// A page; a wrong password is none.
pub async fn sign_in(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let password = password(&form, "password")?;
    let (id, visitor) = (InteractionId::new(id), &form.browser.visitor);
    app.login.remember(&id, is_ticked(&form), visitor).await?;
    let name = form.field("username");
    let stepped = if password.expose().is_empty() {
        app.login.by_address(&id, name, visitor).await?
    } else {
        app.login.sign_in(&id, name, &password, is_ticked(&form), visitor).await?
    };
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/register`: a new account.
///
/// # Errors
/// A page; mistakes in fields are none.
pub async fn register(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let registration = Registration {
        username: form.field("username").to_owned(),
        name: form.field("name").to_owned(),
        email: Some(form.field("email").to_owned()).filter(|email| !email.is_empty()),
        password: password(&form, "password")?,
    };
    let (id, visitor) = (InteractionId::new(id), &form.browser.visitor);
    app.login.remember(&id, is_ticked(&form), visitor).await?;
    let stepped = app.login.register(&id, registration, visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/with/{connector}`: to a platform.
///
/// # Errors
/// A page; a platform's trouble is none.
pub async fn with(
    State(app): State<App>,
    Path((id, connector)): Path<(String, String)>,
    form: PageForm,
) -> Result<Response, PageFault> {
    let how = match form.field("how") {
        "frame" => How::Frame,
        "silent" => How::Silent,
        _ => How::Plain,
    };
    let (id, visitor) = (InteractionId::new(id), &form.browser.visitor);
    // Buttons of later pages say nothing of it, and leave what was chosen.
    if form.params.get("remember").is_some() {
        app.login.remember(&id, is_ticked(&form), visitor).await?;
    }
    let stepped = app.login.begin_as(&id, &connector, how, visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/answer/{connector}`: a connector's own form, whatever its fields are.
///
/// # Errors
/// A page; what is wrong in the fields is none.
pub async fn answer(
    State(app): State<App>,
    Path((id, connector)): Path<(String, String)>,
    form: PageForm,
) -> Result<Response, PageFault> {
    let mut fields = BTreeMap::new();
    for (name, value) in form.params.iter().filter(|(name, _)| *name != csrf::FIELD) {
        if fields.insert(name.to_owned(), Secret::new(value)).is_some() {
            return Err(ErrorPage::BadRequest.into());
        }
    }
    let stepped = app.login.answer_form(&InteractionId::new(id), &connector, fields, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/forgot`: the number one forgot the password of, then its code.
///
/// # Errors
/// A page; a wrong number or code is none.
pub async fn forgot(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let stepped = app.login.forgot(&InteractionId::new(id), secrets(&form), &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/own-number`: the number one has, another one, their codes.
///
/// # Errors
/// A page; a wrong number or code is none.
pub async fn own_number(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let stepped = app.login.own_number(&InteractionId::new(id), secrets(&form), &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/phone`: the number that says whose an unknown identity is, then its code.
///
/// # Errors
/// A page; a wrong number or code is none.
pub async fn phone(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let stepped = app.login.stranger_number(&InteractionId::new(id), secrets(&form), &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// The fields of a form about a number; codes are secrets.
pub(in crate::web) fn secrets(form: &PageForm) -> BTreeMap<String, Secret> {
    let fields = form.params.iter().filter(|(name, value)| *name != "csrf" && value.len() <= 64);
    fields.map(|(name, value)| (name.to_owned(), Secret::new(value))).collect()
}

/// `POST /i/{id}/other`: away from the page of one way in, to all of them.
///
/// # Errors
/// A page.
pub async fn other(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let (id, visitor) = (InteractionId::new(id), &form.browser.visitor);
    let stepped = match form.field("ways") {
        "every" => app.login.every_way(&id, visitor).await?,
        _ => app.login.other_way(&id, visitor).await?,
    };
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/stranger`: one of two doors.
///
/// # Errors
/// A page.
pub async fn stranger(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let door = match form.field("door") {
        "new" => Door::New,
        "existing" => Door::Existing,
        _ => return Err(ErrorPage::BadRequest.into()),
    };
    let stepped =
        app.login.stranger(&InteractionId::new(id), (door, form.field("name")), &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/account`: the person signed in, or somebody else.
///
/// # Errors
/// A page.
pub async fn account(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let same = match form.field("choice") {
        "same" => true,
        "other" => false,
        _ => return Err(ErrorPage::BadRequest.into()),
    };
    let stepped = app.login.choose_account(&InteractionId::new(id), same, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/new-password`: what an administrator's reset demands.
///
/// # Errors
/// A page; a password against the rules is none.
pub async fn new_password(
    State(app): State<App>,
    Path(id): Path<String>,
    form: PageForm,
) -> Result<Response, PageFault> {
    let password = password(&form, "password")?;
    let stepped = app.login.new_password(&InteractionId::new(id), &password, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/organisation`: in which organisation to go on.
///
/// # Errors
/// A page.
pub async fn organisation(
    State(app): State<App>,
    Path(id): Path<String>,
    form: PageForm,
) -> Result<Response, PageFault> {
    let org = form.field("organisation");
    let stepped = app.login.choose_organisation(&InteractionId::new(id), org, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/consent`: allow or deny; anything else is no answer.
///
/// # Errors
/// A page.
pub async fn consent(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let allow = match form.field("choice") {
        "allow" => true,
        "deny" => false,
        _ => return Err(ErrorPage::BadRequest.into()),
    };
    let stepped = app.login.consent(&InteractionId::new(id), allow, &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}

/// `POST /i/{id}/cancel`: back to the application, refused.
///
/// # Errors
/// A page.
pub async fn cancel(State(app): State<App>, Path(id): Path<String>, form: PageForm) -> Result<Response, PageFault> {
    let stepped = app.login.cancel(&InteractionId::new(id), &form.browser.visitor).await?;
    form.browser.stepped(&app, stepped).await
}
