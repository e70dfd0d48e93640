//! The words people are reached by: e-mail addresses, phone numbers and names, cleaned at the edge.

use unicode_normalization::UnicodeNormalization as _;

/// A syntactically plain e-mail address. Compared without case.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A text that is not one plain e-mail address.
#[derive(Debug, thiserror::Error)]
#[error("that is not one e-mail address")]
pub struct NotAnEmail;

impl Email {
    /// Accepts `local@domain` of printable ASCII without quotes, commas, spaces
    /// or a second `@`, at most 254 characters (security.md §1.4, row 66).
    ///
    /// # Errors
    /// `NotAnEmail` for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(NotAnEmail)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        if local_ok && domain_ok && text.len() <= 254 { Ok(Self(text.to_owned())) } else { Err(NotAnEmail) }
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is compared and made unique: lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// For logs: `l***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        match self.0.split_once('@') {
            Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
            None => "***".to_owned(),
        }
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Email {}

impl TryFrom<String> for Email {
    type Error = NotAnEmail;
    fn try_from(text: String) -> Result<Self, NotAnEmail> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// The form in which user names are compared: NFKC, lower case, trimmed (one
/// account has one budget of attempts, however it is typed).
#[must_use]
pub fn fold_username(text: &str) -> String {
    text.trim().nfkc().collect::<String>().to_lowercase()
}

/// A name fit to be shown: control and bidirectional characters stripped,
/// white space folded, at most `limit` characters (security.md §0, rule 17).
#[must_use]
pub fn clean_name(text: &str, limit: usize) -> String {
    let visible = text.nfc().filter(|c| !is_hidden(*c)).collect::<String>();
    visible.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(limit).collect()
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}
