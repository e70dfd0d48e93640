//! Providers that tell nothing by themselves are asked what became of the
//! messages whose codes nobody typed; a few times, then no more.

use super::{Opened, Senders};
use crate::base::clock::Seconds;
use crate::base::phone::Phone;
use crate::connectors::senders::report::Asked;
use crate::login::otp::LIFE;
use crate::store::Result;
use crate::store::sent_messages::SentMessage;

/// Seconds after a message was taken at which its provider is asked.
const AFTER: [Seconds; 3] = [LIFE, 1800, 21_600];
/// Messages asked for in one go.
const AT_ONCE: i64 = 20;
/// What a number is sealed for.
const SEAL: &str = "sent message number";

impl Senders {
    /// What is kept of a number so that the provider can be asked, and when it is: nothing and 0 where it can't.
    pub(super) fn to_ask(&self, one: &Opened, to: &Phone) -> (String, Seconds) {
        let wants = one.sender.as_ref().is_some_and(|sender| sender.answers());
        let sealed = wants.then(|| self.inner.sealer.seal(SEAL, to.e164()).ok()).flatten();
        sealed.map_or_else(|| (String::new(), 0), |number| (number, self.inner.clock.now() + AFTER[0]))
    }

    /// Asks for the messages whose time has come.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub(super) async fn ask(&self) -> Result<()> {
        let now = self.inner.clock.now();
        let due = self.inner.store.messages_to_ask(now, AT_ONCE).await?;
        let open = self.opened().await?;
        for sent in due {
            let next = AFTER.into_iter().map(|after| sent.sent_at + after).find(|at| *at > now).unwrap_or(0);
            let (id, ask_at) = (sent.id.clone(), sent.ask_at);
            let taken = self.inner.store.write(move |tx| {
                let id = id.clone();
                Box::pin(async move { tx.ask_again(&id, ask_at, next).await })
            });
            if taken.await?
                && let Some(one) = open.iter().find(|one| one.row.id == sent.sender_id)
            {
                self.ask_for(one, &sent).await?;
            }
        }
        Ok(())
    }

    async fn ask_for(&self, one: &Opened, sent: &SentMessage) -> Result<()> {
        let number = self.inner.sealer.open(SEAL, &sent.number).ok();
        let to = number.and_then(|number| Phone::parse(number.expose(), "CN").ok());
        let stop = one.sender.as_ref().and_then(|sender| self.stop(&one.row.name, sender.as_ref(), one.row.practice));
        let (Some(to), Some(stop)) = (to, stop) else { return Ok(()) };
        let asked = Asked { message_id: sent.message_id.clone(), to, sent_at: sent.sent_at };
        match stop.sender.ask(&stop.cx, &asked).await {
            Ok(Some(arrival)) => self.arrived(&one.row, &arrival).await?,
            Ok(None) => {}
            Err(trouble) => {
                let (sender, why) = (one.row.name.as_str(), trouble.why.word());
                tracing::warn!(sender, why, code = trouble.code, "the provider did not say what became of a message");
            }
        }
        Ok(())
    }
}
