//! Whether short messages arrive, as far as it can be seen: for the doctor, the list and the console.

use super::{Admin, AdminError};
use crate::base::lang::Lang;
use crate::base::sentence::Words;
use crate::connectors::{Finding, Level};
use crate::login::senders::Standing;
use crate::store::senders::SenderRow;

impl Admin {
    /// What became of the newest messages of a sender.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sender_standing(&self, row: &SenderRow) -> Result<Standing, AdminError> {
        Ok(self.login.senders().standing(row).await?)
    }

    /// One finding for each sender that is on, and one where codes are held back.
    ///
    /// # Errors
    /// `Store`.
    pub async fn sender_findings(&self, lang: Lang) -> Result<Vec<Finding>, AdminError> {
        let mut findings = Vec::new();
        for row in self.senders().await?.into_iter().filter(|row| row.enabled) {
            let standing = self.sender_standing(&row).await?;
            let (level, text) = found(&row, &standing);
            let subject = Words::with("sender {}", "短信服务 {}", &[&row.name]);
            findings.push(finding(level, &subject, &text, lang));
        }
        let (groups, until) = self.login.brakes().await?;
        if groups > 0 {
            let minutes = ((until - self.clock.now()).max(0) + 59) / 60;
            let text = Words::with(BRAKE.0, BRAKE.1, &[groups.to_string(), minutes.to_string()]);
            findings.push(finding(Level::Warning, &Words::new("neighbouring numbers", "相邻号码"), &text, lang));
        }
        Ok(findings)
    }
}

const BRAKE: (&str, &str) = (
    "{} groups of numbers that differ in their last four digits only get no codes, for up to {} minutes more: the \
     codes sent to them were not typed. Either messages do not arrive there, or somebody has them sent at your cost: \
     `sms.brake` in the audit names the country. How many: unused_prefix of `hufu settings phone-limits`.",
    "有{}组仅末四位不同的号码暂停发送验证码，最长还有{}分钟：发往这些号码的验证码没有被填写。可能是短信没有送达，也可能有人在盗刷短信：\
     审计记录 `sms.brake` 里有国家或地区。上限是 `hufu settings phone-limits` 的 unused_prefix。",
);

fn finding(level: Level, subject: &Words, text: &Words, lang: Lang) -> Finding {
    Finding { level, subject: subject.get(lang).to_owned(), text: text.get(lang).to_owned() }
}

fn found(row: &SenderRow, standing: &Standing) -> (Level, Words) {
    if let Some(warning) = standing.warning(row) {
        return (Level::Warning, warning);
    }
    if standing.taken == 0 {
        return (Level::Ok, Words::new("sent no codes in the last days", "最近几天没有发送验证码"));
    }
    let counts = [standing.taken, standing.typed].map(|count| count.to_string());
    (Level::Ok, Words::with("of the last {} codes, {} were typed", "最近{}条验证码中有{}条被填写", &counts))
}
