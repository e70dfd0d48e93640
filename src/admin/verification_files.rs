//! Files that platforms fetch from the root to see whose domain it is.

use super::{Actor, Admin, AdminError};
use crate::store::verification_files::VerificationFile;

/// How the names of such files begin: WeChat (Official Account platform) and WeChat Work.
const BEGINNINGS: [&str; 2] = ["MP_verify_", "WW_verify_"];

/// Bytes of one at most; theirs have 16.
const LARGEST: usize = 1024;

/// Whether a file of this name is ever served from the root: `MP_verify_` or `WW_verify_`, 1 to 64 letters
/// and digits, `.txt`.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let rest = BEGINNINGS.iter().find_map(|beginning| name.strip_prefix(beginning));
    let middle = rest.and_then(|rest| rest.strip_suffix(".txt"));
    middle.is_some_and(|text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()))
}

impl Admin {
    /// Serves these bytes at `/{name}`.
    ///
    /// # Errors
    /// `Wrong` for a name that no platform gives, or too many bytes.
    pub async fn put_verification_file(&self, actor: &Actor, name: &str, content: Vec<u8>) -> Result<(), AdminError> {
        self.permit(actor).await?;
        if !is_name(name) {
            let text = "must be the platform's own: MP_verify_(letters).txt or WW_verify_(letters).txt";
            let zh = "须为平台给出的文件名：MP_verify_（字母）.txt 或 WW_verify_（字母）.txt";
            return Err(AdminError::wrong("name", text, zh));
        }
        if content.is_empty() || content.len() > LARGEST {
            let text = "must have 1 to 1024 bytes, exactly as the platform gave them";
            return Err(AdminError::wrong("content", text, "须为 1 到 1024 字节，与平台给出的内容完全一致"));
        }
        let file = VerificationFile { name: name.to_owned(), content, created_at: self.clock.now() };
        let entry = self.entry(actor, "verification_file.put", &format!("file:{name}"), &serde_json::json!({}));
        self.store
            .write(move |tx| {
                let (file, entry) = (file.clone(), entry.clone());
                Box::pin(async move {
                    tx.put_verification_file(&file).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }

    /// Serves it no more.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_verification_file(&self, actor: &Actor, name: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let entry = self.entry(actor, "verification_file.delete", &format!("file:{name}"), &serde_json::json!({}));
        let which = name.to_owned();
        let gone = self.store.write(move |tx| {
            let (name, entry) = (which.clone(), entry.clone());
            Box::pin(async move {
                let gone = tx.delete_verification_file(&name).await?;
                if gone {
                    tx.audit(&entry).await?;
                }
                Ok(gone)
            })
        });
        if gone.await? { Ok(()) } else { Err(AdminError::NotFound(format!("file {name}"))) }
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn only_the_names_that_platforms_give_are_served_from_the_root() {
        for good in ["MP_verify_aB3dE6gH9jK2mN5p.txt", "WW_verify_X.txt"] {
            assert!(is_name(good), "{good}");
        }
        let long = format!("WW_verify_{}.txt", "a".repeat(65));
        for bad in ["robots.txt", "MP_verify_.txt", "MP_verify_a-b.txt", "xMP_verify_a.txt", "MP_verify_a.html", &long]
        {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
