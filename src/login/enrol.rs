//! New people: from a form, or from an identity nobody had.
