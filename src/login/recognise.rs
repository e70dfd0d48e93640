//! Whose identity is this? `decide` is pure; `apply` writes.
