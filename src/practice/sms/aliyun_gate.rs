//! Alibaba's gateway (§1.4, §1.9): action, key, time, nonce, signature, in this order.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::Practice;
use super::aliyun::Fault;
use super::aliyun_sign::{Missing, Signed};
use super::raw::Raw;
use super::settings::House;
use crate::base::clock::Seconds;

/// Clocks may differ by a quarter of an hour, and nonces are remembered as long.
const SKEW: Seconds = 15 * 60;

/// A refusal by the gateway.
pub(super) struct Gateway {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
}

fn refused(status: u16, code: &str, message: &str) -> Fault {
    Fault::Gateway(Gateway { status, code: code.to_owned(), message: message.to_owned() })
}

/// A parameter that has to be there.
pub(super) fn missing(name: &str) -> Fault {
    refused(400, &format!("Missing{name}"), &format!("{name} is mandatory for this action."))
}

/// A request that passed.
pub(super) struct Passed {
    pub(super) action: String,
    pub(super) parameters: Vec<(String, String)>,
}

/// A request that passes, and whether the answer is JSON.
pub(super) fn pass(practice: &Practice, raw: &Raw) -> (bool, Result<Passed, Fault>) {
    match Signed::read(raw) {
        Err(Missing(name)) => (false, Err(missing(name))),
        Ok(signed) => (
            signed.json,
            check(practice, raw, &signed).map(|()| Passed { action: signed.action, parameters: signed.parameters }),
        ),
    }
}

fn check(practice: &Practice, raw: &Raw, signed: &Signed) -> Result<(), Fault> {
    if !["SendSms", "QuerySendDetails"].contains(&signed.action.as_str()) {
        return Err(refused(
            404,
            "InvalidApi.NotFound",
            "Specified api is not found, please check your url and method.",
        ));
    }
    if signed.version != "2017-05-25" {
        return Err(refused(404, "InvalidVersion", "Specified parameter Version is not valid."));
    }
    let now = practice.now();
    let mut world = practice.world();
    let Some(credential) = world.sms.settings(House::Aliyun).credential(&signed.key_id).cloned() else {
        return Err(refused(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."));
    };
    let Some(sent_at) = instant(&signed.timestamp) else {
        let message = "Specified time stamp or date value is not well formatted.";
        return Err(refused(400, "InvalidTimeStamp.Format", message));
    };
    if (now - sent_at).abs() > SKEW {
        return Err(refused(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."));
    }
    if !world.sms.fresh_nonce(&signed.nonce, now, SKEW) {
        return Err(refused(400, "SignatureNonceUsed", "Specified signature nonce was used already."));
    }
    signed.check(raw, &credential.secret).map_err(|text| {
        let words = "Specified signature is not matched with our calculation. server string to sign is:";
        refused(400, "SignatureDoesNotMatch", &format!("{words}{text}"))
    })
}

/// `2025-06-01T08:30:00Z`, in UTC.
fn instant(text: &str) -> Option<Seconds> {
    text.ends_with('Z').then(|| OffsetDateTime::parse(text, &Rfc3339).ok())?.map(OffsetDateTime::unix_timestamp)
}
