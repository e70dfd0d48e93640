//! What Tencent checks for the request, and for each number (§4, §4.2).

use serde_json::{Value, json};

use super::super::Practice;
use super::numbers;
use super::raw::Raw;
use super::settings::{House, Settings};
use super::state::{Sent, take};
use super::tencent::{Whole, whole};

const NUMBERS_AT_MOST: usize = 200;

/// The entries of `SendStatusSet`, in the order of the numbers; `fail` is a fault to put beside each.
pub(super) fn send(practice: &Practice, raw: &Raw, fail: Option<&str>) -> Result<Vec<Value>, Whole> {
    let settings = practice.world().sms.settings(House::Tencent).clone();
    let body: Value = serde_json::from_slice(&raw.body)
        .map_err(|_| whole("InvalidParameter", "The request body is not valid JSON."))?;
    let numbers = texts(&body, "PhoneNumberSet")?;
    if numbers.is_empty() {
        return Err(whole("MissingParameter.EmptyPhoneNumberSet", "PhoneNumberSet is empty."));
    }
    if numbers.len() > NUMBERS_AT_MOST {
        return Err(whole("LimitExceeded.PhoneNumberCountLimit", "Too many phone numbers in one request."));
    }
    let known: Vec<String> = numbers.iter().filter_map(|number| numbers::chinese(number)).collect();
    let mainland = known.iter().filter(|number| number.starts_with("+86")).count();
    if mainland != 0 && mainland != known.len() {
        let words = "Mainland and other numbers can't go into one request.";
        return Err(whole("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", words));
    }
    if text(&body, "SmsSdkAppId") != settings.account {
        return Err(whole("InvalidParameterValue.SdkAppIdNotExist", "The SmsSdkAppId does not exist."));
    }
    let filled = filled(&settings, &body);
    Ok(numbers.iter().map(|number| one(practice, &settings, &body, (number, &filled), fail)).collect())
}

fn one(
    practice: &Practice,
    settings: &Settings,
    body: &Value,
    (number, filled): (&str, &Result<String, &'static str>),
    fail: Option<&str>,
) -> Value {
    let entry = |to: &str, serial: &str, code: &str, message: &str| {
        let context = if code == "Ok" { text(body, "SessionContext") } else { "" };
        let country = if to.starts_with("+86") { "CN" } else { "" };
        json!({"SerialNo": serial, "PhoneNumber": to, "Fee": u8::from(code == "Ok"), "SessionContext": context,
               "Code": code, "Message": message, "IsoCode": country})
    };
    let Some(to) = numbers::chinese(number) else {
        let code = "InvalidParameterValue.IncorrectPhoneNumber";
        return entry(number, "", code, "The phone number is not correct.");
    };
    let wrong =
        fail.or_else(|| filled.as_ref().err().copied()).or_else(|| refusal(practice, settings, body, (&to, filled)));
    if let Some(code) = wrong {
        return entry(&to, "", code, words(code));
    }
    let serial = format!(
        "5000:{}{:018}",
        1_045_710_669,
        u64::from_be_bytes(practice.random().bytes()) % 1_000_000_000_000_000_000
    );
    let sent = Sent {
        house: House::Tencent,
        to: to.clone(),
        from: text(body, "SignName").to_owned(),
        text: filled.clone().unwrap_or_default(),
        parameters: body.clone(),
        id: serial.clone(),
        delivered: true,
        at: practice.now(),
    };
    take(practice, sent);
    entry(&to, &serial, "Ok", "send success")
}

/// The faults of one number.
fn refusal(
    practice: &Practice,
    settings: &Settings,
    body: &Value,
    (to, filled): (&str, &Result<String, &'static str>),
) -> Option<&'static str> {
    if settings.opted_out.iter().any(|number| number == to) {
        return Some("FailedOperation.PhoneNumberInBlacklist");
    }
    let (now, world) = (practice.now(), practice.world());
    let same_text = |sent: &&Sent| filled.as_ref().is_ok_and(|text| *text == sent.text);
    let mine = || world.sms.sent.iter().filter(|sent| sent.house == House::Tencent && sent.to == to);
    if settings.limits && mine().filter(same_text).any(|sent| sent.at > now - 30) {
        return Some("LimitExceeded.PhoneNumberThirtySecondLimit");
    }
    if settings.limits && world.sms.count(House::Tencent, (text(body, "SignName"), to), now - 86_400) >= 10 {
        return Some("LimitExceeded.PhoneNumberDailyLimit");
    }
    None
}

fn words(code: &str) -> &'static str {
    match code {
        "LimitExceeded.PhoneNumberThirtySecondLimit" => {
            "the number of SMS messages sent from a single mobile number within 30 seconds exceeds the upper limit"
        }
        "LimitExceeded.PhoneNumberDailyLimit" => {
            "the number of SMS messages sent from a single mobile number every day exceeds the upper limit"
        }
        "FailedOperation.PhoneNumberInBlacklist" => "blocked by the blocklist",
        "FailedOperation.SignatureIncorrectOrUnapproved" => "signature is not approved or its format is incorrect",
        "FailedOperation.TemplateIncorrectOrUnapproved" => "template is not approved or its content is incorrect",
        "FailedOperation.MissingSignature" => "the signature is missing",
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate" => "parameters do not match the approved template",
        "InvalidParameterValue.TemplateParameterFormatError" => "the template parameter format is incorrect",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter" => "a template parameter may not contain a URL",
        _ => "the message was refused",
    }
}

/// The message, or what is wrong with signature, template and parameters.
fn filled(settings: &Settings, body: &Value) -> Result<String, &'static str> {
    let sign = text(body, "SignName");
    if sign.is_empty() {
        return Err("FailedOperation.MissingSignature");
    }
    if !settings.signs.iter().any(|known| known == sign) {
        return Err("FailedOperation.SignatureIncorrectOrUnapproved");
    }
    let template = settings.templates.get(text(body, "TemplateId"));
    let mut words = template.ok_or("FailedOperation.TemplateIncorrectOrUnapproved")?.clone();
    let parameters =
        texts(body, "TemplateParamSet").map_err(|_| "InvalidParameterValue.TemplateParameterFormatError")?;
    let wanted = words.matches('{').count();
    if parameters.len() != wanted {
        return Err("FailedOperation.TemplateParamSetNotMatchApprovedTemplate");
    }
    for (at, value) in parameters.iter().enumerate() {
        if value.contains("://") {
            return Err("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter");
        }
        // A template of codes takes up to six digits and nothing else.
        if value.len() > 6 || !value.bytes().all(|b| b.is_ascii_digit()) {
            return Err("InvalidParameterValue.TemplateParameterFormatError");
        }
        words = words.replace(&format!("{{{}}}", at + 1), value);
    }
    Ok(format!("【{sign}】{words}"))
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of texts; anything else in it is a fault of the whole request.
fn texts<'a>(body: &'a Value, name: &str) -> Result<Vec<&'a str>, Whole> {
    let list = body.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    texts.ok_or_else(|| whole("InvalidParameter", "A list has to hold strings."))
}
