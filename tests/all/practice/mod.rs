//! The practice platforms, held against the examples of the platforms' documents by raw HTTP.

mod command;
mod control;
mod dingtalk;
mod dingtalk_sign_in;
mod github_api;
mod github_codes;
mod github_orgs;
mod github_token;
mod google;
mod listener;
mod oauth2;
mod openid;
mod openid_lies;
mod pages;
mod site;
mod sms_aliyun;
mod sms_aws;
mod sms_golden;
mod sms_sign;
mod sms_tencent;
mod sms_twilio;
mod trouble;
mod wechat;
