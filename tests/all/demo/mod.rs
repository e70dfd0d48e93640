//! The sample application, signing in at a practice OpenID provider over a real connection.

mod browser;
mod flow;
mod page;
mod real;
mod refusals;
