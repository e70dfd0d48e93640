//! The houses that send short messages: Alibaba Cloud, Twilio, Amazon SNS and
//! Tencent Cloud, from the reference of `upstreams/sms`: every signature is
//! really checked, every refusal has the house's own body, and what passes
//! arrives on the fake phone of whoever has the number.
//!
//! It knows the houses' documents and the practice world; it must not know how
//! an application sends.

mod aliyun;
mod aliyun_details;
mod aliyun_gate;
mod aliyun_rules;
mod aliyun_sign;
mod control;
mod numbers;
mod raw;
mod settings;
mod sigv4;
mod sns;
mod state;
mod tencent;
mod tencent_gate;
mod tencent_rules;
mod twilio;
mod twilio_callback;
mod twilio_faults;

use axum::Router;
use axum::routing::{get, post};

use super::Practice;
pub(super) use state::Sms;

pub(super) fn routes(practice: &Practice) -> Router<Practice> {
    let messages = "/api.twilio.com/2010-04-01/Accounts/{account}/Messages";
    Router::new()
        .route("/dysmsapi.aliyuncs.com/", get(aliyun::call).post(aliyun::call))
        .route(&format!("{messages}.json"), post(twilio::create))
        .route(&format!("{messages}/{{file}}"), get(twilio::read))
        .route("/sms.tencentcloudapi.com/", post(tencent::call))
        // sns.{region}.amazonaws.com
        .route("/{host}/", post(sns::call))
        .merge(control::routes(practice))
}
