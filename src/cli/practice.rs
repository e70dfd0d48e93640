//! `hufu practice`: the practice platforms under their real names, for
//! anyone's client to be tested against.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Context, Failure, Outcome};
use crate::base::clock::Clock;
use crate::base::random::Random;
use crate::practice::Authority;

#[derive(Debug, Args)]
#[command(after_help = "Example: hufu practice --listen 127.0.0.1:8443 --ca practice-ca.pem
Then let the client trust practice-ca.pem and resolve github.com, qyapi.weixin.qq.com and so on to 127.0.0.1:
  curl --cacert practice-ca.pem --connect-to ::127.0.0.1:8443 https://qyapi.weixin.qq.com/cgi-bin/gettoken
People, messages and switches are at https://localhost:8443/")]
pub(super) struct Practice {
    /// The address to serve every platform's host on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Where to write the certificate that clients have to trust (a new one at each start)
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// The application that people are sent back to; every path below it is registered
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
    application: String,
}

impl Practice {
    pub(super) async fn run(self, context: &Context) -> Outcome {
        crate::telemetry::start_logs(&crate::config::Log { level: "warn".to_owned(), json: false });
        let said = |error: &dyn std::fmt::Display| Failure::Said(error.to_string());
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            Failure::Said(format!("{} can't be listened on ({error}); set --listen to another address", self.listen))
        })?;
        let address = listener.local_addr()?;
        let authority = Authority::new(Clock::System, Random::System).map_err(|error| said(&error))?;
        std::fs::write(&self.ca, authority.pem())
            .map_err(|error| Failure::Said(format!("{}: {error}", self.ca.display())))?;
        let tls = authority.server().map_err(|error| said(&error))?;
        let origin = format!("https://localhost:{}", address.port());
        let router = crate::practice::router_by_host(Clock::System, Random::System, &origin, &self.application);
        let text = format!(
            "The practice platforms answer on {address} by host name; trust {}\nPeople and switches: {origin}",
            self.ca.display()
        );
        let value = serde_json::json!({ "listen": address.to_string(), "ca": self.ca, "origin": origin });
        context.output.say(&text, &value);
        let stop = CancellationToken::new();
        tokio::spawn(super::serve::stop_on_signal(stop.clone()));
        crate::web::listeners::practice_hosts(router, listener, tls, stop).await;
        Ok(())
    }
}
