//! Proving a domain: the platform fetches the file that it gave the administrator (§7).

use std::time::Duration;

use super::super::{Practice, push};

const PATIENCE: Duration = Duration::from_secs(5);

/// Whether `{address}/{file}` answers with `content`; otherwise why not.
pub(super) async fn proven(practice: &Practice, address: &str, file: &str, content: &str) -> Result<(), String> {
    let middle = file.strip_prefix("WW_verify_").and_then(|rest| rest.strip_suffix(".txt"));
    let shape = |name: &str| (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if !middle.is_some_and(shape) {
        return Err("The file is called WW_verify_, letters and digits, .txt".to_owned());
    }
    let request = http::Request::get(format!("{}/{file}", address.trim_end_matches('/'))).body(Vec::new());
    let request = request.map_err(|_| "The domain is no URL".to_owned())?;
    let answer = push::send(practice, request, PATIENCE).await.map_err(|error| error.to_string())?;
    // Byte for byte what was downloaded.
    if answer.status() == http::StatusCode::OK && answer.body() == content.as_bytes() {
        Ok(())
    } else {
        Err(format!("{file} is not there or has other content (HTTP {})", answer.status().as_u16()))
    }
}
