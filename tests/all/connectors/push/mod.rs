//! Pushes of the three platforms: their own worked examples, and everything that must be refused.

mod dingtalk;
mod negative;
mod wechat;
mod wecom;
mod xml;

use hufu::base::secret::Secret;
use hufu::connectors::push::{Channel, EncodingKey, Query};

/// The key of the examples that we composed ourselves.
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
/// The 16 bytes in front of the message in them.
const HEAD: &str = "0123456789abcdef";

fn channel(token: &str, key: Option<&str>, receiver: &str) -> Channel {
    Channel {
        token: Secret::new(token),
        key: key.map(|key| EncodingKey::parse(key).expect("a key of 43 characters")),
        receivers: vec![receiver.to_owned()],
    }
}

fn query(pairs: &[(&str, &str)]) -> Query {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
