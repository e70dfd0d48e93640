//! How the installation calls itself.

use super::{Actor, Admin, AdminError, WrongField, refused};
use crate::base::people::clean_name;
use crate::store::settings::Standing;

impl Admin {
    /// The setting `product` as it stands, for the form that changes it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn standing_product(&self) -> Result<Standing, AdminError> {
        Ok(self.store.standing_setting("product").await?)
    }

    /// Sets the product's name and colour (`#rrggbb`) over the version the form was made from.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it in between; `Forbidden`, `Store`.
    pub async fn set_product(&self, actor: &Actor, name: &str, colour: &str, version: i64) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let name = clean_name(name, 41);
        let colour = colour.trim().to_ascii_lowercase();
        let mut wrong = Vec::new();
        if name.is_empty() || name.chars().count() > 40 {
            wrong.push(WrongField::new("name", "must have 1 to 40 characters", "须为 1 到 40 个字符"));
        }
        if !is_colour(&colour) {
            wrong.push(WrongField::new("colour", "must be # and six hexadecimal digits", "须为 # 加六位十六进制数字"));
        }
        refused(wrong)?;
        let product = serde_json::json!({ "name": name, "colour": colour });
        let entry = self.entry(actor, "product.update", "setting:product", &product);
        self.swap_setting(("product", version), product.to_string(), entry).await
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
