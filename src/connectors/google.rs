//! google

use super::{Kind, Text};

/// This platform.
pub static KIND: Kind = Kind {
    id: "google",
    name: Text { en: "google", zh: "google" },
    icon: "google",
    fields: &[],
    guide: Text { en: "", zh: "" },
    practice: &[],
    open: |_, _| Err(Vec::new()),
};
