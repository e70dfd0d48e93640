//! Tying an identity to a person who proved themselves.
