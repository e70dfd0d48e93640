-- Messages that providers took, and what became of them: a row each, kept for some days.
CREATE TABLE sent_messages (
    id TEXT NOT NULL PRIMARY KEY,
    sender_id TEXT NOT NULL REFERENCES senders (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    code TEXT NOT NULL,
    typed BIGINT NOT NULL,
    fate TEXT NOT NULL,
    fate_code TEXT NOT NULL,
    number TEXT NOT NULL,
    ask_at BIGINT NOT NULL
);
CREATE INDEX sent_messages_sender ON sent_messages (sender_id, sent_at);
CREATE INDEX sent_messages_message ON sent_messages (message_id, sender_id);
CREATE INDEX sent_messages_code ON sent_messages (code) WHERE code <> '';
CREATE INDEX sent_messages_time ON sent_messages (sent_at);
CREATE INDEX sent_messages_ask ON sent_messages (ask_at) WHERE ask_at > 0;
-- Since when nearly no code that a sender sent is typed; 0: people type them.
ALTER TABLE senders ADD COLUMN untyped_since BIGINT NOT NULL DEFAULT 0;
