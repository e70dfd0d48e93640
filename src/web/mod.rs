//! Routes, pages, JSON, cookies and texts: HTTP is only a skin.

pub mod assets;
pub mod brand;
pub mod error_page;
pub mod login;
pub mod page;
pub mod password_rules;
pub mod texts;
