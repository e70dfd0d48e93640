//! github

use super::{Kind, Text};

/// This platform.
pub static KIND: Kind = Kind {
    id: "github",
    name: Text { en: "github", zh: "github" },
    icon: "github",
    fields: &[],
    guide: Text { en: "", zh: "" },
    practice: &[],
    open: |_, _| Err(Vec::new()),
};
