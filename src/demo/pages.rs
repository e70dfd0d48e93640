//! The one page of the sample application.

use askama::Template;

use super::claims::Row;
use super::notice::Notice;
use super::texts::Texts;

/// Not signed in: what this is. Signed in: what came.
#[derive(Template)]
#[template(path = "demo/home.html")]
pub(super) struct HomePage<'a> {
    pub(super) texts: &'static Texts,
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) csrf: String,
    pub(super) notice: Option<Notice>,
    pub(super) tokens: Option<Tokens>,
}

/// What a sign-in brought, ready to be read.
pub(super) struct Tokens {
    pub(super) who: String,
    pub(super) id_rows: Vec<Row>,
    pub(super) userinfo_rows: Vec<Row>,
    /// The first characters; the whole text is nobody's business.
    pub(super) access_token: String,
    pub(super) expires: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) can_refresh: bool,
}
