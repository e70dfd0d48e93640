//! A name and a password of our own: the one connector that asks no platform.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::fields::Settings;
use super::{Check, Connector, Finding, Form, Identity, Kind, Reply, Step, Text, Trouble, Turn};

/// Sign-in by name and password; the checking lives in `login`.
pub static KIND: Kind = Kind {
    id: "password",
    name: Text { en: "Password", zh: "密码" },
    about: Text { en: "User name or e-mail, and a password.", zh: "用户名或邮箱，加密码。" },
    icon: "password",
    fits: super::Fit::everywhere,
    hook: false,
    fields: &[],
    identified_by: &[],
    guide: Text {
        en: "Nothing to set up. People sign in with their user name or e-mail address and a password kept here, \
             hashed with argon2id. The rules for passwords: `hufu settings password`; \
             registration on or off: `hufu settings registration`.",
        zh: "无需配置。用户以用户名或邮箱加密码登录，密码经 argon2id 散列后存于本系统。密码规则用命令 `hufu settings password` 调整，是否开放注册用 `hufu settings registration`。",
    },
    practice: &[],
    open: |settings, _| {
        Settings::read(&[], settings)?.finish()?;
        Ok(Arc::new(Password))
    },
};

struct Password;

impl Connector for Password {
    fn begin<'a>(&'a self, _turn: &'a Turn) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async { Ok(Step::Ask { form: Form::NameAndPassword, memo: None }) })
    }

    fn answer<'a>(&'a self, turn: &'a Turn, reply: Reply) -> BoxFuture<'a, Result<Step, Trouble>> {
        Box::pin(async move {
            let Reply::Form(fields) = reply else {
                return Err(Trouble::BadReply("a form was expected".to_owned()));
            };
            let (Some(name), Some(password)) = (fields.get("username"), fields.get("password")) else {
                return Err(Trouble::Wrong);
            };
            let user = turn.local.verify(name.expose(), password).await?;
            // RFC 8176 §2: pwd.
            let identity = Identity { local: Some(user), amr: vec!["pwd".to_owned()], ..Identity::default() };
            Ok(Step::Known(Box::new(identity)))
        })
    }

    fn check<'a>(&'a self, _check: &'a Check) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async { Vec::new() })
    }
}
