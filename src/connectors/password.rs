//! password

use super::{Kind, Text};

/// This platform.
pub static KIND: Kind = Kind {
    id: "password",
    name: Text { en: "password", zh: "password" },
    icon: "password",
    fields: &[],
    guide: Text { en: "", zh: "" },
    practice: &[],
    open: |_, _| Err(Vec::new()),
};
