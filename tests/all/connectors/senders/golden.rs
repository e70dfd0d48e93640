//! Every request of `tests/vectors/sms-golden-vectors.json`, recorded from the
//! official clients, made again by our code with the same credentials, clock and nonce.

use std::collections::BTreeMap;

use http::{Method, Request};
use hufu::base::secret::Secret;
use hufu::connectors::senders::aliyun::acs3;
use hufu::connectors::senders::report::Report;
use hufu::connectors::senders::tencent::tc3;
use hufu::connectors::senders::twilio::report::signed_fields;
use hufu::connectors::senders::{aws, twilio};
use serde_json::Value;

use super::{NONCE, NOW};

/// What we do not send, by design: the practice platform takes it (`practice/sms_golden.rs` and a test beside
/// `practice/sms/aliyun_sign.rs`). Everything else in the file must come out.
const LEFT_OUT: [(&str, &str, &str); 3] = [
    ("alibaba_v1_sdk_tea", "*", "signature V1 (HMAC-SHA1) is legacy; we sign with V3 only"),
    ("alibaba_v1_sdk_core", "*", "signature V1 (HMAC-SHA1) is legacy; we sign with V3 only"),
    ("alibaba_doc_vectors", "v1_doc_example_DescribeRegions", "signature V1, likewise"),
];

fn left_out(group: &str, case: &str) -> bool {
    LEFT_OUT.iter().any(|(of, name, _)| *of == group && (*name == "*" || *name == case))
}

#[test]
fn every_recorded_request_comes_out_the_same() {
    let text = include_str!("../../../vectors/sms-golden-vectors.json");
    let all: Value = serde_json::from_str(text).unwrap();
    assert_eq!(all["meta"]["compare_rules"].as_array().map(Vec::len), Some(5), "the rules of comparing changed");
    let (mut made, mut skipped, mut wrong) = (0, 0, Vec::new());
    for (group, cases) in all.as_object().unwrap().iter().filter(|(name, _)| *name != "meta") {
        for case in cases.as_array().unwrap() {
            let name = case["case"].as_str().unwrap();
            if left_out(group, name) {
                skipped += 1;
            } else if let Err(reason) = reproduce(group, case) {
                wrong.push(format!("{group}/{name}: {reason}"));
            } else {
                made += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((made, skipped), (48, 14), "of 62");
}

fn reproduce(group: &str, case: &Value) -> Result<(), String> {
    match group {
        "alibaba_v3_sdk" | "alibaba_v3_minimal_headers" | "alibaba_dypns_v3_sdk" | "alibaba_doc_vectors" => {
            alibaba(case)
        }
        "twilio_messages" | "twilio_verify" => twilio_form(case),
        "twilio_webhook_signatures" => twilio_report(case),
        "aws_sns" => sns(case),
        "tencent_sms_sdk" | "tencent_sms_raw_utf8" => tencent(case),
        _ => Err("a group that nobody reproduces".to_owned()),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn secret(value: &Value, name: &str) -> Option<Secret> {
    value[name].as_str().map(Secret::new)
}

/// A header of the recorded request.
fn recorded<'v>(case: &'v Value, name: &str) -> Option<&'v str> {
    let headers = case["request"]["headers"].as_array()?;
    let header = headers.iter().find(|header| header[0].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)))?;
    header[1].as_str()
}

fn ours<'r>(request: &'r Request<Vec<u8>>, name: &str) -> &'r str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn same(what: &str, ours: &str, theirs: &str) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}\n  ours   {ours}\n  theirs {theirs}")) }
}

/// Names and values of a JSON object as the Python client writes them.
fn pairs(object: &Value) -> Vec<(String, String)> {
    let write = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    };
    let object = object.as_object().into_iter().flatten();
    object.map(|(name, value)| (name.clone(), write(value))).collect()
}

fn decoded(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn alibaba(case: &Value) -> Result<(), String> {
    let inputs = &case["inputs"];
    let account = acs3::Account {
        key_id: text(inputs, "access_key_id").to_owned(),
        secret: secret(inputs, "access_key_secret").unwrap(),
        token: recorded(case, "x-acs-security-token").map(Secret::new),
    };
    let mut query = pairs(&inputs["query"]);
    query.extend(pairs(&inputs["params"]));
    let host = if text(inputs, "endpoint").is_empty() { text(inputs, "host") } else { text(inputs, "endpoint") };
    let action = recorded(case, "x-acs-action").unwrap_or(text(inputs, "action"));
    let version = recorded(case, "x-acs-version").unwrap_or(text(inputs, "version"));
    let call = acs3::Call {
        method: if case["request"]["method"] == "GET" { Method::GET } else { Method::POST },
        query,
        form: pairs(&inputs["form"]),
        headers: further_headers(case),
        ..acs3::Call::post(host, action, version)
    };
    let (now, nonce) = (clock(text(inputs, "timestamp")), text(inputs, "signature_nonce"));
    let made = acs3::request(&account, &call, now, nonce).map_err(|error| error.to_string())?;
    let signature = ours(&made, "authorization").rsplit("Signature=").next().unwrap();
    same("signature", signature, text(&case["derived"], "signature"))?;
    let Some(theirs) = recorded(case, "authorization") else { return Ok(()) };
    same("authorization", ours(&made, "authorization"), theirs)?;
    for name in call.headers.iter().map(|(name, _)| name.as_str()).chain(["x-acs-date", "x-acs-action"]) {
        same(name, ours(&made, name), recorded(case, name).unwrap())?;
    }
    let uri = made.uri().to_string();
    let url = url::Url::parse(&uri).unwrap();
    same("the query that the client writes", url.query().unwrap_or_default(), made.uri().query().unwrap_or_default())?;
    let theirs = url::Url::parse(text(&case["request"], "url")).unwrap();
    let parameters = |query: Option<&str>, body: &str| (decoded(query.unwrap_or_default()), decoded(body));
    let body = std::str::from_utf8(made.body()).unwrap();
    let (left, right) = (parameters(url.query(), body), parameters(theirs.query(), text(&case["request"], "body")));
    if left == right { Ok(()) } else { Err(format!("parameters {left:?} {right:?}")) }
}

/// What that client signs besides: its agent, what it accepts.
fn further_headers(case: &Value) -> Vec<(String, String)> {
    let names = case["derived"]["signed_headers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let listed = recorded(case, "authorization").unwrap_or_default();
    let listed = listed.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let names = listed.split(';').chain(names).collect::<std::collections::BTreeSet<_>>();
    let own = |name: &&str| ["accept", "user-agent", "x-acs-credentials-provider"].contains(name);
    names.into_iter().filter(own).map(|name| (name.to_owned(), recorded(case, name).unwrap().to_owned())).collect()
}

fn clock(text: &str) -> i64 {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap().unix_timestamp()
}

fn tencent(case: &Value) -> Result<(), String> {
    let inputs = &case["inputs"];
    let account = tc3::Account {
        id: text(inputs, "secret_id").to_owned(),
        key: secret(inputs, "secret_key").unwrap(),
        token: secret(inputs, "token"),
    };
    let call = tc3::Call {
        host: recorded(case, "host").unwrap(),
        service: text(inputs, "service"),
        action: text(inputs, "action"),
        version: text(inputs, "version"),
        region: text(inputs, "region"),
        content_type: recorded(case, "content-type").unwrap(),
    };
    // The bytes are signed as sent, and the two clients write JSON differently.
    let body = text(&case["request"], "body");
    let made = tc3::request(&account, &call, body.as_bytes().to_vec(), inputs["timestamp"].as_i64().unwrap())
        .map_err(|error| error.to_string())?;
    let names = ["authorization", "x-tc-action", "x-tc-version", "x-tc-region", "x-tc-timestamp", "content-type"];
    for name in names {
        same(name, ours(&made, name), recorded(case, name).unwrap())?;
    }
    same("x-tc-token", ours(&made, "x-tc-token"), recorded(case, "x-tc-token").unwrap_or_default())?;
    same("url", &made.uri().to_string(), text(&case["request"], "url"))
}

fn twilio_form(case: &Value) -> Result<(), String> {
    let inputs = &case["inputs"];
    let credentials = twilio::Credentials {
        username: text(inputs, "username").to_owned(),
        password: secret(inputs, "password").unwrap(),
    };
    let url = text(&case["request"], "url");
    let made = twilio::post(url, &credentials, &pairs(&inputs["params"])).map_err(|error| error.to_string())?;
    same("authorization", ours(&made, "authorization"), recorded(case, "authorization").unwrap())?;
    same("content-type", ours(&made, "content-type"), recorded(case, "content-type").unwrap())?;
    same("url", &made.uri().to_string(), url)?;
    let body = std::str::from_utf8(made.body()).unwrap();
    if body.len() as u64 != case["request"]["body_len_bytes"] {
        return Err(format!("length {}", body.len()));
    }
    let (left, right) = (decoded(body), decoded(text(&case["request"], "body")));
    if left == right { Ok(()) } else { Err(format!("form {left:?} {right:?}")) }
}

/// A report that Twilio signed is read, and one with anything else in it is not.
fn twilio_report(case: &Value) -> Result<(), String> {
    let inputs = &case["inputs"];
    let token = secret(inputs, "auth_token").unwrap();
    let body = match inputs["raw_body"].as_str() {
        Some(raw) => raw.to_owned(),
        None => form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(&inputs["post_params"])).finish(),
    };
    let mut headers = http::HeaderMap::new();
    headers.insert("x-twilio-signature", text(&case["derived"], "x_twilio_signature").parse().unwrap());
    let read = |address: &str, body: &str, token: &Secret| {
        signed_fields(token, &Report { address, headers: &headers, body: body.as_bytes() })
    };
    let address = text(inputs, "url");
    let fields = read(address, &body, &token).map_err(|forged| forged.to_string())?;
    let posted = inputs["post_params"].as_object().map_or(0, serde_json::Map::len);
    if fields.len() != posted {
        return Err(format!("{} of {posted} fields", fields.len()));
    }
    let with_port = address.replace("example.com/", "example.com:443/");
    let forged = [
        read(address, &format!("{body}&ErrorCode=1"), &token),
        read(&format!("{address}x"), &body, &token),
        read(&with_port.replace("idp", "id"), &body, &token),
        read(address, &body, &Secret::new("another")),
    ];
    if forged.iter().any(Result::is_ok) {
        return Err("something else was taken for it".to_owned());
    }
    Ok(())
}

fn sns(case: &Value) -> Result<(), String> {
    let inputs = &case["inputs"];
    let account = aws::Account {
        key_id: text(inputs, "access_key_id").to_owned(),
        secret: secret(inputs, "secret_access_key").unwrap(),
        token: secret(inputs, "session_token"),
        region: text(inputs, "region").to_owned(),
        host: recorded(case, "host").unwrap().to_owned(),
    };
    let parameters = &inputs["params"];
    let names = ["AWS.SNS.SMS.SenderID", "AWS.SNS.SMS.SMSType", "AWS.SNS.SMS.MaxPrice"];
    let attributes = names.into_iter().filter_map(|name| {
        let given = parameters["MessageAttributes"].get(name)?;
        let kind = if given["DataType"] == "Number" { "Number" } else { "String" };
        Some((name, kind, text(given, "StringValue").to_owned()))
    });
    let attributes = attributes.collect::<Vec<_>>();
    let form = aws::publish(text(parameters, "PhoneNumber"), text(parameters, "Message"), &attributes);
    let made = aws::request(&account, &form, clock(text(inputs, "clock"))).map_err(|error| error.to_string())?;
    same("body", std::str::from_utf8(made.body()).unwrap(), text(&case["request"], "body"))?;
    for name in ["authorization", "x-amz-date", "content-type"] {
        same(name, ours(&made, name), recorded(case, name).unwrap())?;
    }
    let token = recorded(case, "x-amz-security-token").unwrap_or_default();
    same("x-amz-security-token", ours(&made, "x-amz-security-token"), token)?;
    same("url", &made.uri().to_string(), text(&case["request"], "url"))
}

#[test]
fn the_fixed_clock_and_nonce_are_the_files_own() {
    let all: Value = serde_json::from_str(include_str!("../../../vectors/sms-golden-vectors.json")).unwrap();
    assert_eq!(clock("2025-06-01T08:30:00Z"), NOW);
    assert_eq!(all["alibaba_v3_sdk"][0]["inputs"]["signature_nonce"], NONCE);
}
