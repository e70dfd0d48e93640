//! OpenID Connect Back-Channel Logout 1.0: telling applications that a session is over.
//!
//! The queue is the store's; here a row becomes a logout token and a request.
//! Who ends sessions does not know of it: queueing is part of ending.

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::Oidc;
use super::mint::algorithm_of;
use crate::base::clock::Seconds;
use crate::base::id::ClientId;
use crate::base::outbound::Outbound;
use crate::store::Result;
use crate::store::audit::AuditEntry;
use crate::store::clients::Client;
use crate::store::logouts::LogoutDelivery;

/// The `typ` of a logout token (Back-Channel Logout §2.4): no other token of ours has it.
const TYPE: &str = "logout+jwt";

/// The one member of `events`.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long a logout token may be believed, in seconds: "at most two minutes" (Back-Channel Logout §4).
const LIFE: Seconds = 120;

/// When the next try is due after each one, in seconds; longer than a try may take. After the last it is given up.
const AGAIN: [Seconds; 3] = [10, 300, 300];

/// What came of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The application said that it logged out.
    Yes,
    /// It did not answer as it should; another try follows.
    Later,
    /// It never did.
    GivenUp,
    /// There is nothing (any more) to tell.
    Nothing,
}

impl Oidc {
    /// Takes what is due for one try each: nobody else has them then. For each
    /// application at most what `room` leaves it, so that none waits for one that hangs.
    ///
    /// # Errors
    /// The store's.
    pub async fn take_logouts(&self, mut room: impl FnMut(&ClientId) -> i64) -> Result<Vec<LogoutDelivery>> {
        let now = self.clock.now();
        let mut taken = Vec::new();
        for client in self.store.clients_with_logouts_due(now).await? {
            let limit = room(&client);
            if limit <= 0 {
                continue;
            }
            for delivery in self.store.logouts_due(&client, now, limit).await? {
                taken.extend(self.claim_logout(delivery, now).await?);
            }
        }
        Ok(taken)
    }

    async fn claim_logout(&self, delivery: LogoutDelivery, now: Seconds) -> Result<Option<LogoutDelivery>> {
        let claimed = delivery.clone();
        let next_due = now + again(delivery.tries);
        let claim = self.store.write(move |tx| {
            let delivery = claimed.clone();
            Box::pin(async move { tx.claim_logout(&delivery, next_due).await })
        });
        let tries = delivery.tries + 1;
        Ok(claim.await?.then_some(LogoutDelivery { tries, due_at: next_due, ..delivery }))
    }

    /// Makes one try of a delivery that was taken.
    ///
    /// # Errors
    /// The store's; the application's trouble is no error.
    pub async fn send_logout(&self, delivery: LogoutDelivery, outbound: &Outbound) -> Result<Delivered> {
        let Some((uri, client)) = self.address_of(&delivery).await? else {
            self.drop_logout(delivery, None).await?;
            return Ok(Delivered::Nothing);
        };
        let why = match self.signed_logout_token(&delivery, &client).await {
            Ok(token) => match post(&uri, &token, outbound).await {
                Ok(()) => {
                    self.drop_logout(delivery, None).await?;
                    return Ok(Delivered::Yes);
                }
                Err(why) => why,
            },
            Err(error) => error.description.into_owned(),
        };
        if usize::try_from(delivery.tries).unwrap_or(AGAIN.len()) < AGAIN.len() {
            tracing::info!(client = %delivery.client_id, %why, "a logout token was not taken; it is sent again");
            return Ok(Delivered::Later);
        }
        tracing::warn!(client = %delivery.client_id, %why, "a logout token was never taken");
        self.drop_logout(delivery, Some(&why)).await?;
        Ok(Delivered::GivenUp)
    }

    /// The address; `None` when the application is gone, off, or has none any more.
    async fn address_of(&self, delivery: &LogoutDelivery) -> Result<Option<(String, Arc<Client>)>> {
        let client = self.store.client(&delivery.client_id).await?.filter(|client| client.enabled);
        Ok(client.and_then(|client| Some((client.metadata.backchannel_logout_uri.clone()?, client))))
    }

    /// Back-Channel Logout §2.4; never a nonce. Whom the application never knew is not named: the session says it all.
    async fn signed_logout_token(
        &self,
        delivery: &LogoutDelivery,
        client: &Client,
    ) -> std::result::Result<String, super::error::Error> {
        let now = self.clock.now();
        let sub = self.known_subject(&delivery.user_id, client).await?;
        let mut claims = Map::new();
        let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        say("iss", json!(&*self.issuer));
        if let Some(sub) = sub {
            say("sub", json!(sub));
        }
        say("aud", json!(client.id));
        say("iat", json!(now));
        say("exp", json!(now + LIFE));
        say("jti", json!(self.random.ulid(now)));
        say("sid", json!(delivery.sid));
        say("events", json!({ EVENT: {} }));
        self.sign(algorithm_of(client)?, TYPE, claims).await
    }

    /// Forgets a delivery; one that was given up is noted.
    async fn drop_logout(&self, delivery: LogoutDelivery, why: Option<&str>) -> Result<()> {
        let now = self.clock.now();
        let entry = why.map(|why| AuditEntry {
            id: self.random.ulid(now),
            at: now,
            actor: "system".to_owned(),
            action: "logout_token".to_owned(),
            target: format!("client:{}", delivery.client_id),
            outcome: "not delivered".to_owned(),
            request_id: String::new(),
            address: String::new(),
            detail: json!({ "session": delivery.sid, "user": delivery.user_id, "why": why }).to_string(),
        });
        self.store
            .write(move |tx| {
                let (delivery, entry) = (delivery.clone(), entry.clone());
                Box::pin(async move {
                    if tx.drop_logout(&delivery).await?
                        && let Some(entry) = &entry
                    {
                        tx.audit(entry).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Sends the token (Back-Channel Logout §2.5), or says why it was not taken.
async fn post(uri: &str, token: &str, outbound: &Outbound) -> std::result::Result<(), String> {
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
    let request =
        http::Request::post(uri).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.into_bytes());
    let answer = outbound.send(request.map_err(|error| error.to_string())?).await.map_err(|error| error.to_string())?;
    match answer.status().as_u16() {
        // §2.8: 200; frameworks that find nothing to say answer 204.
        200 | 204 => Ok(()),
        status => Err(format!("status {status}")),
    }
}

/// After how many seconds the try after the `tries`-th is due.
fn again(tries: i64) -> Seconds {
    usize::try_from(tries).ok().and_then(|tries| AGAIN.get(tries)).copied().unwrap_or(AGAIN[AGAIN.len() - 1])
}
