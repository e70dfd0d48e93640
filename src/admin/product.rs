//! How the installation calls itself.

use super::{Actor, Admin, AdminError};
use crate::base::people::clean_name;

impl Admin {
    /// Sets the product's name and colour (`#rrggbb`).
    ///
    /// # Errors
    /// `Wrong` fields, `Forbidden`, `Store`.
    pub async fn set_product(&self, actor: &Actor, name: &str, colour: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let name = clean_name(name, 41);
        let colour = colour.trim().to_ascii_lowercase();
        let mut wrong = Vec::new();
        if name.is_empty() || name.chars().count() > 40 {
            wrong.push(("name".to_owned(), "must have 1 to 40 characters".to_owned()));
        }
        if !is_colour(&colour) {
            wrong.push(("colour".to_owned(), "must be # and six hexadecimal digits".to_owned()));
        }
        if !wrong.is_empty() {
            return Err(AdminError::Wrong(wrong));
        }
        let product = serde_json::json!({ "name": name, "colour": colour });
        let entry = self.entry(actor, "product.update", "setting:product", &product);
        let text = product.to_string();
        self.store
            .write(move |tx| {
                let (text, entry) = (text.clone(), entry.clone());
                Box::pin(async move {
                    tx.put_setting("product", &text).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
