//! The first quarter of an hour: a one-time link, three questions, and a first sign-in to try.
//!
//! The link makes its holder the administrator, once; the other two questions
//! are the administrator's already. It must not show that a link ever existed.

pub mod methods;
pub mod product;
pub mod you;

use axum::response::Response;

use crate::web::browser::see_other;
use crate::web::fault::PageFault;

/// Where the second question is.
pub(in crate::web) const PRODUCT: &str = "/admin/set-up/product";
/// Where the third one is.
pub(in crate::web) const METHODS: &str = "/admin/set-up/methods";
/// Where it ends.
pub(in crate::web) const DONE: &str = "/admin/set-up/done";

/// On to the next question.
pub(super) fn next(path: &str) -> Result<Response, PageFault> {
    see_other(path)
}
