//! What the live checks of several connectors have in common.

use http::Response;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::wire::get;
use super::{Check, Finding, Level, Text, Trouble};
use crate::base::lang::Lang;

/// How far the platform's clock may be from ours before tokens fail, in seconds.
const SKEW: i64 = 60;

/// The findings of one run, in the asked language.
pub struct Report {
    lang: Lang,
    findings: Vec<Finding>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new(check: &Check) -> Self {
        Self { lang: check.lang, findings: Vec::new() }
    }

    /// This is as it should be.
    pub fn ok(&mut self, subject: Text, text: Text) {
        self.add(Level::Ok, subject, text, "");
    }

    /// This works, but look at it; `detail` stands behind the sentence.
    pub fn warning(&mut self, subject: Text, text: Text, detail: &str) {
        self.add(Level::Warning, subject, text, detail);
    }

    /// This does not work; `detail` stands behind the sentence.
    pub fn error(&mut self, subject: Text, text: Text, detail: &str) {
        self.add(Level::Error, subject, text, detail);
    }

    /// The findings.
    #[must_use]
    pub fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// Whether nothing so far is an error.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Error)
    }

    fn add(&mut self, level: Level, subject: Text, text: Text, detail: &str) {
        let mut sentence = text.get(self.lang).to_owned();
        if !detail.is_empty() {
            let (open, close) = if self.lang == Lang::Zh { ("（", "）") } else { (" (", ")") };
            sentence = format!("{sentence}{open}{detail}{close}");
        }
        self.findings.push(Finding { level, subject: subject.get(self.lang).to_owned(), text: sentence });
    }

    /// Asks an address, says whether it answered at all, and compares its clock with ours.
    pub async fn reach(&mut self, check: &Check, url: &str) -> Option<Response<Vec<u8>>> {
        match get(&check.outbound, url, &[("accept", "application/json")]).await {
            Ok(answer) => {
                self.clock(check, &answer);
                Some(answer)
            }
            Err(trouble) => {
                self.unreached(url, &trouble);
                None
            }
        }
    }

    /// The sentence for an address that can't be reached.
    pub fn unreached(&mut self, url: &str, trouble: &Trouble) {
        self.error(REACH, NOT_REACHED, &format!("{url}: {trouble}"));
    }

    /// Compares the platform's `Date` with our clock; said once, and only when it is off.
    fn clock(&mut self, check: &Check, answer: &Response<Vec<u8>>) {
        let date = answer.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
        let Some(theirs) = date.and_then(http_date) else { return };
        let told = self.findings.iter().any(|finding| finding.subject == CLOCK.get(self.lang));
        if !told && (theirs - check.now).abs() > SKEW {
            self.warning(CLOCK, CLOCK_OFF, &format!("{} s", theirs - check.now));
        }
    }

    /// Warns of plain http, which reaches only what the operator opened.
    pub fn transport(&mut self, subject: Text, url: &str) {
        if !url.starts_with("https://") {
            self.warning(subject, PLAIN_HTTP, url);
        }
    }
}

/// Seconds of an IMF-fixdate (RFC 9110 §5.6.7), which is RFC 2822 with the zone's old name.
fn http_date(text: &str) -> Option<i64> {
    let text = text.trim().strip_suffix("GMT")?.to_owned() + "+0000";
    OffsetDateTime::parse(&text, &Rfc2822).ok().map(OffsetDateTime::unix_timestamp)
}

/// The subject of a reachability line.
pub const REACH: Text = Text { en: "Connection", zh: "网络连通" };
const CLOCK: Text = Text { en: "Clock", zh: "时钟" };
const NOT_REACHED: Text = Text {
    en: "The address does not answer. Check the network, the proxy and [outbound] in the configuration",
    zh: "该地址没有响应，请检查网络、代理以及配置文件中的 [outbound]",
};
const CLOCK_OFF: Text = Text {
    en: "Their clock and ours differ by more than a minute; tokens will be refused. Set the time of this machine",
    zh: "对方时钟与本机相差超过一分钟，令牌将被拒绝，请校准本机时间",
};
const PLAIN_HTTP: Text = Text {
    en: "This address is plain http: anybody on the way can read it. Use https outside a closed test network",
    zh: "该地址为明文 http，途中可被窃听；除封闭测试网络外请使用 https",
};
