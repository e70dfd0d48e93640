//! oidc

use super::{Kind, Text};

/// This platform.
pub static KIND: Kind = Kind {
    id: "oidc",
    name: Text { en: "oidc", zh: "oidc" },
    icon: "oidc",
    fields: &[],
    guide: Text { en: "", zh: "" },
    practice: &[],
    open: |_, _| Err(Vec::new()),
};
