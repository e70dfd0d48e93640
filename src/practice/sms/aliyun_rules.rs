//! What Alibaba's message product checks after the gateway (§1.2, §1.3).

use serde_json::{Map, Value, json};

use super::super::Practice;
use super::aliyun::Fault;
use super::raw::value;
use super::settings::{House, Settings};
use super::state::{Sent, take};
use super::{aliyun_gate, numbers};

const NUMBERS_AT_MOST: usize = 1000;

/// A refusal by the product, with HTTP 200.
pub(super) struct Refused {
    pub(super) code: String,
    pub(super) message: String,
}

fn refused(code: &str) -> Refused {
    Refused { code: code.to_owned(), message: words(code).to_owned() }
}

/// The sentence that goes with a code.
pub(super) fn words(code: &str) -> &'static str {
    match code {
        "isv.MOBILE_NUMBER_ILLEGAL" => "手机号码格式错误",
        "isv.MOBILE_COUNT_OVER_LIMIT" => "手机号码数量超过限制",
        "isv.SMS_SIGNATURE_ILLEGAL" => "该账号下找不到对应签名",
        "isv.SMS_TEMPLATE_ILLEGAL" => "该账号下找不到对应模板",
        "isv.TEMPLATE_MISSING_PARAMETERS" => "模板变量缺少对应参数值",
        "isv.TEMPLATE_PARAMS_ILLEGAL" => "传入的变量内容和实际申请模板时变量所选择的属性类型不配",
        "isv.INVALID_JSON_PARAM" => "参数格式错误，请修改为字符串值",
        "isv.PARAM_NOT_SUPPORT_URL" => "变量不支持传入URL",
        "isv.BUSINESS_LIMIT_CONTROL" => "触发分钟级流控Permits:1",
        "isv.DAY_LIMIT_CONTROL" => "触发日发送限额",
        "isv.MONTH_LIMIT_CONTROL" => "触发月发送限额",
        "isv.OUT_OF_SERVICE" => "业务停机",
        "isv.AMOUNT_NOT_ENOUGH" => "账户余额不足",
        "isp.RAM_PERMISSION_DENY" => "RAM权限不足",
        "isp.SYSTEM_ERROR" => "系统错误",
        _ => "请求被拒绝",
    }
}

/// Checks and sends; the `BizId`.
pub(super) fn send(practice: &Practice, parameters: &[(String, String)]) -> Result<String, Refused> {
    let settings = practice.world().sms.settings(House::Aliyun).clone();
    let field = |name| value(parameters, name).unwrap_or_default();
    let (sign, template) = (field("SignName"), field("TemplateCode"));
    if !settings.signs.iter().any(|known| known == sign) {
        return Err(refused("isv.SMS_SIGNATURE_ILLEGAL"));
    }
    let text = settings.templates.get(template).ok_or_else(|| refused("isv.SMS_TEMPLATE_ILLEGAL"))?;
    let text = format!("【{sign}】{}", filled(text, value(parameters, "TemplateParam"))?);
    let all: Vec<&str> = field("PhoneNumbers").split(',').collect();
    if all.len() > NUMBERS_AT_MOST {
        return Err(refused("isv.MOBILE_COUNT_OVER_LIMIT"));
    }
    let numbers: Option<Vec<String>> = all.iter().map(|number| numbers::chinese(number)).collect();
    let numbers = numbers.ok_or_else(|| refused("isv.MOBILE_NUMBER_ILLEGAL"))?;
    for number in &numbers {
        flow(practice, &settings, (sign, number))?;
    }
    let id = format!("{}000000^0", 607_300_000 + u64::from(u16::from_be_bytes(practice.random().bytes())));
    let shown: Map<String, Value> = parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    for to in numbers {
        let sent = Sent {
            house: House::Aliyun,
            to,
            from: sign.to_owned(),
            text: text.clone(),
            parameters: Value::Object(shown.clone()),
            id: id.clone(),
            delivered: !settings.drops,
            at: practice.now(),
        };
        take(practice, sent);
    }
    Ok(id)
}

/// The parameters that no `SendSms` goes without; a fault of the gateway's.
pub(super) fn required(parameters: &[(String, String)]) -> Result<(), Fault> {
    let absent =
        ["PhoneNumbers", "SignName", "TemplateCode"].into_iter().find(|name| value(parameters, name).is_none());
    absent.map_or(Ok(()), |name| Err(aliyun_gate::missing(name)))
}

/// One a minute, five an hour, ten a day, per signature and number.
fn flow(practice: &Practice, settings: &Settings, to: (&str, &str)) -> Result<(), Refused> {
    let now = practice.now();
    let world = practice.world();
    let steps = [
        (60, 1, "触发分钟级流控Permits:1"),
        (3600, 5, "触发小时级流控Permits:5"),
        (86_400, 10, "触发天级流控Permits:10"),
    ];
    let over = steps.into_iter().find(|(span, permits, _)| world.sms.count(House::Aliyun, to, now - span) >= *permits);
    match over {
        Some((_, _, message)) if settings.limits => {
            Err(Refused { message: message.to_owned(), ..refused("isv.BUSINESS_LIMIT_CONTROL") })
        }
        _ => Ok(()),
    }
}

/// The template's text with its variables in place.
fn filled(template: &str, parameters: Option<&str>) -> Result<String, Refused> {
    let mut text = template.to_owned();
    if !template.contains("${") {
        return Ok(text);
    }
    let parameters = parameters.ok_or_else(|| refused("isv.TEMPLATE_MISSING_PARAMETERS"))?;
    let parameters: Map<String, Value> =
        serde_json::from_str(parameters).map_err(|_| refused("isv.INVALID_JSON_PARAM"))?;
    for (name, value) in &parameters {
        let value = value.as_str().ok_or_else(|| refused("isv.INVALID_JSON_PARAM"))?;
        if value.contains("://") || value.contains("www.") {
            return Err(refused("isv.PARAM_NOT_SUPPORT_URL"));
        }
        let code = (4..=6).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric());
        if name == "code" && !code {
            return Err(refused("isv.TEMPLATE_PARAMS_ILLEGAL"));
        }
        text = text.replace(&format!("${{{name}}}"), value);
    }
    if text.contains("${") { Err(refused("isv.TEMPLATE_MISSING_PARAMETERS")) } else { Ok(text) }
}
