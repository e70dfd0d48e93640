//! A sender for development: nothing leaves the house, the code stands in the log.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

use super::super::fields::Settings;
use super::super::{Field, Input, Text, Wrong};
use super::{Known, Message, Receipt, SendTrouble, Sender, SenderKind, Sending, Why};
use crate::base::phone::Phone;

/// This kind.
pub static KIND: SenderKind = SenderKind {
    id: "log",
    name: Text { en: "Log only (development)", zh: "仅写入日志（开发用）" },
    fields: FIELDS,
    guide: Text {
        en: "Writes codes to Hufu's log, where whoever reads the log can sign in. For development only.",
        zh: "验证码写入 Hufu 的日志，能看到日志的人都能登录。仅供开发使用。",
    },
    practice: &[],
    open,
    codes: &[CODES],
};

static FIELDS: &[Field] = &[Field {
    key: "development",
    label: Text { en: "This installation is for development", zh: "这是开发环境" },
    help: Text {
        en: "Without it nothing is sent and nothing is logged: every message fails, so that nobody relies on it unawares.",
        zh: "不勾选则既不发送也不记录，每条短信都会失败，以免在生产环境误用。",
    },
    input: Input::Flag,
    required: false,
    default: "false",
}];

static CODES: &[Known] = &[Known {
    code: "log.not_development",
    why: Why::Misconfigured,
    advice: Text {
        en: "This sender only writes to the log. Add a real provider, or say that this installation is for development.",
        zh: "该通道只写日志。请添加真实的短信服务商，或注明这是开发环境。",
    },
}];

struct Log {
    development: bool,
}

fn open(settings: &Value) -> Result<Arc<dyn Sender>, Vec<Wrong>> {
    let settings = Settings::read(FIELDS, settings)?;
    let log = Log { development: settings.flag("development") };
    settings.finish()?;
    Ok(Arc::new(log))
}

impl Sender for Log {
    fn serves(&self, _to: &Phone) -> bool {
        true
    }

    fn send<'a>(&'a self, cx: &'a Sending, message: &'a Message) -> BoxFuture<'a, Result<Receipt, SendTrouble>> {
        Box::pin(async move {
            if !self.development {
                return Err(SendTrouble::new(Why::Misconfigured, "log.not_development", ""));
            }
            // The one place where a code is logged: the administrator said that this is for development.
            tracing::warn!(to = message.to.masked(), code = message.code.expose(), "development: no SMS is sent");
            Ok(Receipt { message_id: format!("log-{}", cx.nonces.next()) })
        })
    }
}
