//! Tencent's front door (§4.1): headers, action, key, time and the TC3 signature.

use time::OffsetDateTime;

use super::super::Practice;
use super::raw::Raw;
use super::settings::House;
use super::sigv4::Authorization;
use super::tencent::{Whole, whole};
use crate::base::clock::Seconds;

const SKEW: Seconds = 5 * 60;
const WRONG: &str = "The provided credentials could not be validated. Please check your signature is correct.";

pub(super) fn pass(practice: &Practice, raw: &Raw) -> Result<(), Whole> {
    let header = |name: &str| raw.header(name);
    let missing = || whole("MissingParameter", "The request is missing a required parameter.");
    let action = header("x-tc-action").ok_or_else(missing)?;
    let version = header("x-tc-version").ok_or_else(missing)?;
    let stamp = header("x-tc-timestamp").ok_or_else(missing)?;
    let authorization = header("authorization").ok_or_else(missing)?;
    let authorization = Authorization::read(authorization, "TC3-HMAC-SHA256")
        .ok_or_else(|| whole("AuthFailure.InvalidAuthorization", "The Authorization header is malformed."))?;
    if action != "SendSms" {
        return Err(whole("InvalidAction", "The action is not found."));
    }
    if version != "2021-01-11" {
        return Err(whole("NoSuchVersion", "The version of this interface does not exist."));
    }
    let settings = practice.world().sms.settings(House::Tencent).clone();
    let credential = settings
        .credential(authorization.key_id)
        .ok_or_else(|| whole("AuthFailure.SecretIdNotFound", "The SecretId is not found."))?;
    let at: Seconds = stamp.parse().map_err(|_| whole("InvalidParameter", "X-TC-Timestamp is not a number."))?;
    if (practice.now() - at).abs() > SKEW {
        let words = "Signature is expired. The timestamp differs from the server by more than five minutes.";
        return Err(whole("AuthFailure.SignatureExpire", words));
    }
    if credential.token.as_deref() != header("x-tc-token") {
        return Err(whole("AuthFailure.TokenFailure", "The token is wrong."));
    }
    // The date is the UTC day of the timestamp, whatever day it is at the client.
    let scope = format!("{}/sms/tc3_request", day(at));
    let covers = ["content-type", "host"].iter().all(|name| authorization.signed.contains(name));
    let right = authorization.is_right(raw, ("TC3-HMAC-SHA256", "TC3"), &credential.secret, stamp);
    if authorization.scope == scope && covers && right {
        Ok(())
    } else {
        Err(whole("AuthFailure.SignatureFailure", WRONG))
    }
}

fn day(at: Seconds) -> String {
    OffsetDateTime::from_unix_timestamp(at).map_or_else(|_| String::new(), |at| at.date().to_string())
}
