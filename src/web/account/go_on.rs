//! What was pressed before signing in again, to be pressed once more. It shows only what the page itself offers now.

use super::data::Account;
use crate::login::interaction::Wish;
use crate::web::texts::account::Texts;
use crate::web::texts::fill;

/// The form that waits.
pub(super) struct GoOn {
    /// Where it is posted; `None` where something has to be typed first, further down.
    pub action: Option<String>,
    /// It takes the number away.
    pub remove: bool,
    /// It takes something away.
    pub danger: bool,
    /// What the button says.
    pub button: String,
    /// What happens besides.
    pub warning: Option<String>,
}

impl GoOn {
    /// `None` for what is not to be had any more.
    pub fn of(wish: Wish, account: &Account, t: &Texts) -> Option<Self> {
        let form = |action: String, button: String| Self {
            action: Some(action),
            remove: false,
            danger: false,
            button,
            warning: None,
        };
        match wish {
            Wish::Bind(name) => {
                let (name, title, _) = account.more.iter().find(|(offered, ..)| *offered == name)?;
                Some(form(format!("/account/ways/{name}/bind"), fill(t.bind, &[title])))
            }
            Wish::Unbind(subject) => {
                let one = account.linked.iter().find(|one| one.subject == subject)?;
                let form = form(format!("/account/ways/{subject}/unbind"), fill(t.remove_way, &[&one.title]));
                Some(Self { danger: true, warning: one.warning.clone(), ..form })
            }
            Wish::Number if account.phones => {
                let button = if account.phone.is_some() { t.phone_change } else { t.phone_add };
                Some(form("/account/phone".to_owned(), format!("{}: {button}", t.phone)))
            }
            Wish::NoNumber if account.phones && account.phone.is_some() => {
                let form = form("/account/phone".to_owned(), fill(t.remove_way, &[t.phone]));
                Some(Self { remove: true, danger: true, warning: account.phone_warning.clone(), ..form })
            }
            Wish::Password if account.password_set.is_none() && account.named => {
                let form = form(String::new(), t.set_password.to_owned());
                Some(Self { action: None, ..form })
            }
            Wish::Number | Wish::NoNumber | Wish::Password => None,
        }
    }
}
