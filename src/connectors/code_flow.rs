//! Helpers for connectors that speak some OAuth: authorization URLs, lenient token answers, error bodies.
