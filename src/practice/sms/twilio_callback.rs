//! Twilio tells how a message fared, signed with the account's token (§2.4).

use std::time::Duration;

use super::super::{Practice, push};
use super::raw::keyed_sha1;
use super::settings::Settings;
use super::state::Sent;

const PATIENCE: Duration = Duration::from_secs(15);

/// Posts queued, sent, and how it ended to `address`, one after another.
pub(super) fn follow(practice: &Practice, settings: &Settings, sent: &Sent, address: &str) {
    let Some(token) = settings.credential(&settings.account).map(|credential| credential.secret.clone()) else {
        return;
    };
    let (practice, account, address) = (practice.clone(), settings.account.clone(), address.to_owned());
    let arrives = sent.delivered;
    let (id, to, from) = (sent.id.clone(), sent.to.clone(), sent.from.clone());
    tokio::spawn(async move {
        let end = if arrives { "delivered" } else { "undelivered" };
        for status in ["queued", "sent", end] {
            let mut fields = vec![
                ("MessageSid", id.as_str()),
                ("SmsSid", &id),
                ("AccountSid", &account),
                ("From", &from),
                ("To", &to),
                ("MessageStatus", status),
                ("SmsStatus", status),
                ("ApiVersion", "2010-04-01"),
            ];
            if status == "undelivered" {
                // A carrier filtered it.
                fields.push(("ErrorCode", "30007"));
            }
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
            let request = http::Request::post(&address)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("x-twilio-signature", signature(&token, &address, &fields))
                .body(body.into_bytes());
            let Ok(request) = request else { return };
            if let Err(error) = push::send(&practice, request, PATIENCE).await {
                tracing::debug!(%error, "a practice status callback did not arrive");
            }
        }
    });
}

/// The exact address, then every name and value, sorted by name.
fn signature(token: &str, address: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let text = sorted.iter().fold(address.to_owned(), |text, (name, value)| text + name + value);
    keyed_sha1(token, &text)
}
