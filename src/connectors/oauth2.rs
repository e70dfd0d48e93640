//! oauth2

use super::{Kind, Text};

/// This platform.
pub static KIND: Kind = Kind {
    id: "oauth2",
    name: Text { en: "oauth2", zh: "oauth2" },
    icon: "oauth2",
    fields: &[],
    guide: Text { en: "", zh: "" },
    practice: &[],
    open: |_, _| Err(Vec::new()),
};
