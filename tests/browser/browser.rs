//! A headless Chromium behind chromedriver: size, colour scheme and language are set per visit.

use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use super::ending::{Ending, Profile};

/// One browser, closed when it is dropped.
pub struct Browser {
    pub client: Client,
    // In this order: first the driver, which would begin another, then what it began.
    _driver: Ending,
    profile: Profile,
}

/// What a person's screen is like.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub width: u32,
    pub dark: bool,
    pub chinese: bool,
}

impl Look {
    pub const DESK: Self = Self { width: 1280, dark: false, chinese: false };

    pub fn all() -> Vec<Self> {
        let mut looks = Vec::new();
        for width in [360, 1280] {
            for dark in [false, true] {
                for chinese in [false, true] {
                    looks.push(Self { width, dark, chinese });
                }
            }
        }
        looks
    }

    pub fn name(self) -> String {
        let scheme = if self.dark { "dark" } else { "light" };
        let language = if self.chinese { "zh" } else { "en" };
        format!("{}-{scheme}-{language}", self.width)
    }
}

/// A Chrome `DevTools` command through chromedriver.
#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

impl Browser {
    pub async fn start() -> Self {
        let port = super::server::free_port();
        let profile = Profile::new();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (./check does it)");
        let driver = Ending(driver);
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let client = loop {
            let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            match builder.capabilities(capabilities(profile.path())).connect(&address).await {
                Ok(client) => break client,
                Err(error) if tries > 60 => panic!("chromedriver gives no session: {error}"),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        };
        let browser = Self { client, _driver: driver, profile };
        browser.devtools("Network.enable", json!({})).await;
        browser.look(Look::DESK).await;
        browser
    }

    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Devtools { command, parameters }).await.unwrap()
    }

    /// Changes size, colour scheme and language for the pages that follow.
    pub async fn look(&self, look: Look) {
        let mobile = look.width < 600;
        let metrics = json!({ "width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
        let language = if look.chinese { "zh-CN,zh;q=0.9" } else { "en-GB,en;q=0.9" };
        self.devtools("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": language } })).await;
    }

    pub async fn fill(&self, selector: &str, text: &str) {
        let mut tries = 0;
        loop {
            let field = self.client.wait().for_element(Locator::Css(selector)).await;
            let field = field.unwrap_or_else(|_| panic!("no {selector}"));
            // A page that is just being replaced takes its fields along.
            let Err(error) = field.clear().await else { return field.send_keys(text).await.unwrap() };
            assert!(tries < 5, "{selector}: {error}");
            tries += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub async fn click(&self, selector: &str) {
        let element = self.client.wait().for_element(Locator::Css(selector)).await;
        let Ok(element) = element else { panic!("no {selector} on {}", self.text().await) };
        element.click().await.unwrap();
    }

    /// Everything a reader sees, and where.
    pub async fn text(&self) -> String {
        let script = "return location.href + '\\n' + document.body.innerText";
        self.client.execute(script, Vec::new()).await.unwrap().as_str().unwrap_or_default().to_owned()
    }

    pub async fn wait_for_text(&self, wanted: &str) {
        self.wait_for_one_of(&[wanted]).await;
    }

    /// Waits until one of the texts stands on the page: which.
    pub async fn wait_for_one_of<'a>(&self, wanted: &[&'a str]) -> &'a str {
        for _ in 0..150 {
            // While a page is on its way the script has nowhere to run.
            let script = "return document.body ? document.body.innerText : ''";
            if let Ok(found) = self.client.execute(script, Vec::new()).await {
                let text = found.as_str().unwrap_or_default();
                if let Some(found) = wanted.iter().find(|wanted| text.contains(**wanted)) {
                    return found;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{wanted:?} does not appear on {}", self.text().await);
    }

    /// Keeps a picture outside the repository, where `HUFU_TEST_SCREENSHOTS` names a folder.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("HUFU_TEST_SCREENSHOTS") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
    }

    /// Where it keeps its things.
    pub fn profile(&self) -> &std::path::Path {
        self.profile.path()
    }

    pub async fn stop(self) {
        let _ = self.client.clone().close().await;
    }
}

fn capabilities(profile: &std::path::Path) -> fantoccini::wd::Capabilities {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ];
    let mut arguments: Vec<Value> = arguments.iter().map(|argument| json!(argument)).collect();
    arguments.push(json!(format!("--user-data-dir={}", profile.display())));
    let options = json!({ "args": arguments });
    [("goog:chromeOptions".to_owned(), options)].into_iter().collect()
}
