//! What a person agreed to, and what is new since.
