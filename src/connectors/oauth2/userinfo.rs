//! Reading the person where there is no ID token: the token's place, the
//! envelope and the sign of success differ from platform to platform (upstreams §5).

use http::Request;
use http::header::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::connectors::answer::{Object, text_of, truth_of};
use crate::connectors::claims::find;
use crate::connectors::code_flow::Granted;
use crate::connectors::wire::{self, quoted};
use crate::connectors::{Trouble, Turn};

/// Where the access token goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// `Authorization: Bearer`.
    Header,
    /// `?access_token=`.
    Query,
    /// A form by POST.
    Form,
}

/// How to ask and how to read.
pub struct Userinfo {
    /// Where to ask.
    pub address: String,
    /// Where the token goes.
    pub place: TokenPlace,
    /// Sent besides.
    pub headers: Vec<(String, String)>,
    /// Path to the person; empty for the top.
    pub envelope: String,
    /// Path and value that tell success.
    pub success: Option<(String, String)>,
}

impl Userinfo {
    /// The person's data.
    ///
    /// # Errors
    /// `BadReply` when the platform says no or the data are not where they should be.
    pub async fn fetch(&self, turn: &Turn, granted: &Granted) -> Result<Object, Trouble> {
        let answer = turn.outbound.send(self.request(granted)?).await?;
        let body = wire::object(&answer, "userinfo", turn.now)?;
        self.check_success(&body)?;
        if self.envelope.is_empty() {
            return Ok(body);
        }
        match find(&body, &self.envelope) {
            Some(Value::Object(inner)) => Ok(inner.clone()),
            _ => Err(Trouble::BadReply("userinfo: nothing under the envelope's path".to_owned())),
        }
    }

    /// A status proves nothing: many say no inside a 200.
    fn check_success(&self, body: &Object) -> Result<(), Trouble> {
        if let Some((path, value)) = &self.success {
            let told = find(body, path).and_then(text_of);
            return if told.as_ref() == Some(value) {
                Ok(())
            } else {
                let told = quoted(&told.unwrap_or_default());
                Err(Trouble::BadReply(format!("userinfo: {path} is {told}, not {value}")))
            };
        }
        match body.get("error") {
            Some(error @ (Value::String(_) | Value::Number(_) | Value::Bool(true)))
                if truth_of(Some(error)) || text_of(error).is_some_and(|text| text != "0") =>
            {
                Err(Trouble::BadReply(format!("userinfo: {}", quoted(&text_of(error).unwrap_or_default()))))
            }
            Some(Value::Object(_)) => Err(Trouble::BadReply("userinfo: an error object".to_owned())),
            _ => Ok(()),
        }
    }

    fn request(&self, granted: &Granted) -> Result<Request<Vec<u8>>, Trouble> {
        let bad = |what: &str| Trouble::Misconfigured(format!("the user information request: {what}"));
        let token = granted.access_token.expose();
        let mut url = Url::parse(&self.address).map_err(|_| bad("address"))?;
        let mut request = match self.place {
            TokenPlace::Form => {
                let form = form_urlencoded::Serializer::new(String::new()).append_pair("access_token", token).finish();
                Request::post(url.as_str())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form.into_bytes())
            }
            TokenPlace::Query => {
                url.query_pairs_mut().append_pair("access_token", token);
                Request::get(url.as_str()).body(Vec::new())
            }
            TokenPlace::Header => {
                Request::get(url.as_str()).header("authorization", format!("Bearer {token}")).body(Vec::new())
            }
        }
        .map_err(|_| bad("address"))?;
        request.headers_mut().insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(name))?;
            request.headers_mut().insert(header, HeaderValue::from_str(value).map_err(|_| bad(name))?);
        }
        Ok(request)
    }
}
