//! Messages that providers took, and what became of each: a provider's "accepted" is no delivery.

use super::row::{Row, listed, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::SenderId;

/// What became of a message, as far as anybody told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nobody said.
    Unknown,
    /// On the phone.
    Delivered,
    /// It will never be there.
    Failed,
}

impl Fate {
    /// As it is stored and told.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    fn read(word: &str) -> Result<Self> {
        let all = [Self::Unknown, Self::Delivered, Self::Failed];
        all.into_iter()
            .find(|fate| fate.word() == word)
            .ok_or_else(|| Error::Corrupt("the fate of a message".to_owned()))
    }
}

/// A message that a provider took.
#[derive(Clone, Debug)]
pub struct SentMessage {
    /// ULID; grows with time.
    pub id: String,
    /// By which sender.
    pub sender_id: SenderId,
    /// The provider's name of it.
    pub message_id: String,
    /// When the provider took it.
    pub sent_at: Seconds,
    /// Where its code lies, by which it is marked as typed; empty: an administrator's test.
    pub code: String,
    /// Somebody typed its code, and it was right.
    pub typed: bool,
    /// What the provider told later.
    pub fate: Fate,
    /// The provider's code for that.
    pub fate_code: String,
    /// The number, sealed, where the provider wants it to tell the fate; else empty.
    pub number: String,
    /// When the provider is to be asked; 0: not, or not again.
    pub ask_at: Seconds,
}

macro_rules! columns {
    () => {
        listed!(""; "id", "sender_id", "message_id", "sent_at", "code", "typed", "fate", "fate_code", "number", "ask_at")
    };
}

impl Store {
    /// The newest messages with codes that a sender sent until a moment, newest first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn sent_by(&self, sender: &SenderId, until: Seconds, limit: i64) -> Result<Vec<SentMessage>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM sent_messages WHERE sender_id = $1 AND sent_at <= $2 AND code <> ''
            ORDER BY sent_at DESC, id DESC LIMIT $3"
        ));
        self.all(select.bind(sender.as_str()).bind(until).bind(limit), read).await
    }
}

impl Store {
    /// Whether this sender's provider took a message of this name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn knows_message(&self, sender: &SenderId, message: &str) -> Result<bool> {
        let select = statement("SELECT 1 FROM sent_messages WHERE message_id = $1 AND sender_id = $2 LIMIT 1");
        Ok(self.one(select.bind(message).bind(sender.as_str())).await?.is_some())
    }
}

impl Store {
    /// Messages whose providers are to be asked now, those that wait longest first, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn messages_to_ask(&self, now: Seconds, limit: i64) -> Result<Vec<SentMessage>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(),
            " FROM sent_messages WHERE ask_at > 0 AND ask_at <= $1 ORDER BY ask_at, id LIMIT $2"
        ));
        self.all(select.bind(now).bind(limit), read).await
    }
}

fn read(row: &mut Row) -> Result<SentMessage> {
    Ok(SentMessage {
        id: row.text()?,
        sender_id: SenderId::new(row.text()?),
        message_id: row.text()?,
        sent_at: row.number()?,
        code: row.text()?,
        typed: row.flag()?,
        fate: Fate::read(&row.text()?)?,
        fate_code: row.text()?,
        number: row.text()?,
        ask_at: row.number()?,
    })
}

impl Tx {
    /// Remembers a message that was taken; `false`, and nothing, when its sender is gone.
    ///
    /// # Errors
    /// `Down`.
    pub async fn insert_sent_message(&mut self, sent: &SentMessage) -> Result<bool> {
        let insert = statement(concat!(
            "INSERT INTO sent_messages (",
            columns!(),
            ") SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10 FROM senders WHERE id = $2 ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(&sent.id)
            .bind(sent.sender_id.as_str())
            .bind(&sent.message_id)
            .bind(sent.sent_at)
            .bind(&sent.code)
            .bind(i64::from(sent.typed))
            .bind(sent.fate.word())
            .bind(&sent.fate_code)
            .bind(&sent.number)
            .bind(sent.ask_at);
        self.changed(insert).await
    }

    /// The code that lies there was typed: so the newest message that carried it arrived.
    ///
    /// # Errors
    /// `Down`.
    pub async fn mark_typed(&mut self, code: &str) -> Result<bool> {
        let update = statement(
            "UPDATE sent_messages SET typed = 1, number = '', ask_at = 0 WHERE typed = 0 AND id =
            (SELECT id FROM sent_messages WHERE code = $1 AND code <> '' ORDER BY sent_at DESC, id DESC LIMIT 1)",
        );
        self.changed(update.bind(code)).await
    }

    /// Its provider is asked now, and again `next` time, or no more (0), and then the number goes: `true` for whoever
    /// may ask.
    ///
    /// # Errors
    /// `Down`.
    pub async fn ask_again(&mut self, id: &str, due: Seconds, next: Seconds) -> Result<bool> {
        let update = statement(
            "UPDATE sent_messages SET ask_at = $3, number = CASE WHEN $3 = 0 THEN '' ELSE number END
            WHERE id = $1 AND ask_at = $2",
        );
        self.changed(update.bind(id).bind(due).bind(next)).await
    }

    /// What the provider told of this sender's message: `true` when nobody had told its end before.
    ///
    /// # Errors
    /// `Down`.
    pub async fn note_fate(&mut self, (sender, message): (&SenderId, &str), fate: Fate, code: &str) -> Result<bool> {
        let update = statement(
            "UPDATE sent_messages SET fate = $3, fate_code = $4, number = '', ask_at = 0
            WHERE message_id = $2 AND sender_id = $1 AND fate = 'unknown'",
        );
        self.changed(update.bind(sender.as_str()).bind(message).bind(fate.word()).bind(code)).await
    }

    /// Nearly no code of this sender is typed since then, or people type them again (0): `true` when that is news.
    ///
    /// # Errors
    /// `Down`.
    pub async fn set_untyped_since(&mut self, sender: &SenderId, since: Seconds) -> Result<bool> {
        let update = statement(
            "UPDATE senders SET untyped_since = $2 WHERE id = $1
            AND ((untyped_since = 0 AND $2 > 0) OR (untyped_since > 0 AND $2 = 0))",
        );
        self.changed(update.bind(sender.as_str()).bind(since)).await
    }

    /// Deletes at most `limit` messages that were sent before; how many went.
    ///
    /// # Errors
    /// `Down`.
    pub async fn sweep_sent_messages(&mut self, before: Seconds, limit: i64) -> Result<u64> {
        let delete = statement(
            "DELETE FROM sent_messages WHERE id IN
            (SELECT id FROM sent_messages WHERE sent_at < $1 ORDER BY sent_at LIMIT $2)",
        );
        self.run(delete.bind(before).bind(limit)).await
    }
}
