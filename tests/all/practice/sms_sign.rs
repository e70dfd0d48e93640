//! Signs requests to the houses as their pages say; code of the tests' own.

use aws_lc_rs::hmac;
use sha2::{Digest as _, Sha256};

use super::site::{Reply, Site};
use axum::body::Body;
use http::Request;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>()).collect()
}

pub fn sha(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// `name=value` pairs of RFC 3986, sorted.
fn query(pairs: &[(&str, &str)]) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    let part = |text: &str| -> String {
        text.bytes().map(|b| if bare(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
    };
    let mut all: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect();
    all.sort();
    all.join("&")
}

pub struct Aliyun<'a> {
    pub key: &'a str,
    pub secret: &'a str,
    pub nonce: &'a str,
    pub date: &'a str,
    pub action: &'a str,
}

impl Aliyun<'_> {
    pub async fn send(&self, site: &Site, pairs: &[(&str, &str)]) -> Reply {
        let query = query(pairs);
        let empty = sha("");
        let headers = [
            ("host", "dysmsapi.aliyuncs.com"),
            ("x-acs-action", self.action),
            ("x-acs-content-sha256", &empty),
            ("x-acs-date", self.date),
            ("x-acs-signature-nonce", self.nonce),
            ("x-acs-version", "2017-05-25"),
        ];
        let lines: String = headers.map(|(name, value)| format!("{name}:{value}\n")).concat();
        let names = headers.map(|(name, _)| name).join(";");
        let text = format!("ACS3-HMAC-SHA256\n{}", sha(&format!("POST\n/\n{query}\n{lines}\n{names}\n{empty}")));
        let signature = hex(&mac(self.secret.as_bytes(), &text));
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={signature}", self.key);
        let mut request = Request::post(format!("/dysmsapi.aliyuncs.com/?{query}"))
            .header("authorization", authorization)
            .header("accept", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        site.send(request.body(Body::empty()).unwrap()).await
    }
}

/// Signature Version 4 over a form for SNS in us-east-1.
pub async fn sns(site: &Site, date: &str, (key, secret): (&str, &str), form: &[(&str, &str)]) -> Reply {
    let body = super::site::encode(form);
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    let host = "sns.us-east-1.amazonaws.com";
    let names = "content-type;host;x-amz-date";
    let canonical =
        format!("POST\n/\n\ncontent-type:{kind}\nhost:{host}\nx-amz-date:{date}\n\n{names}\n{}", sha(&body));
    let scope = format!("{}/us-east-1/sns/aws4_request", &date[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha(&canonical));
    let signing = scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, part| mac(&key, part));
    let signature = hex(&mac(&signing, &text));
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}");
    let request = Request::post(format!("/{host}/"))
        .header("content-type", kind)
        .header("x-amz-date", date)
        .header("authorization", authorization)
        .body(Body::from(body));
    site.send(request.unwrap()).await
}

/// TC3 over a JSON body.
pub async fn tencent(site: &Site, at: i64, (day, secret): (&str, &str), body: &serde_json::Value) -> Reply {
    let body = body.to_string();
    let names = "content-type;host";
    let lines = "content-type:application/json\nhost:sms.tencentcloudapi.com\n";
    let canonical = format!("POST\n/\n\n{lines}\n{names}\n{}", sha(&body));
    let scope = format!("{day}/sms/tc3_request");
    let text = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", sha(&canonical));
    let signing = scope.split('/').fold(format!("TC3{secret}").into_bytes(), |key, part| mac(&key, part));
    let signature = hex(&mac(&signing, &text));
    let authorization =
        format!("TC3-HMAC-SHA256 Credential=practice-sms/{scope}, SignedHeaders={names}, Signature={signature}");
    let request = Request::post("/sms.tencentcloudapi.com/")
        .header("content-type", "application/json")
        .header("x-tc-action", "SendSms")
        .header("x-tc-version", "2021-01-11")
        .header("x-tc-timestamp", at.to_string())
        .header("authorization", authorization)
        .body(Body::from(body));
    site.send(request.unwrap()).await
}
