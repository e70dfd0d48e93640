//! One-time codes to phones: sent within limits, checked at most five times, used once.
//!
//! It knows numbers, budgets and digests of codes. It must not know whose a
//! number is: what is sent, said and stored is the same for known and unknown
//! ones. A code is bound to its number, to what it is for, and to the
//! interaction or session it was asked in.

mod brake;
mod code;
pub mod delivery;
mod limits;

use std::sync::Arc;

use futures::future::BoxFuture;

use super::connectors::Instance;
use super::interaction::{Facts, Purpose};
use super::{Login, Visitor};
use crate::base::clock::Seconds;
use crate::base::lang::Lang;
use crate::base::phone::{Phone, masked_e164};
use crate::base::secret::{Secret, digest, same};
use crate::connectors::Trouble;
use crate::connectors::phone_codes::{CodeChecked, CodeSent, PhoneCodes, SendAs};
use crate::connectors::step::PhoneWrong;
use crate::store::artifact::{Kind, NewArtifact};
use crate::store::attempts::Charge;
use crate::store::users::NameKind;
use crate::store::{Error, Result};

pub use delivery::{Delivery, Message, NotDelivered};
pub use limits::{GAP, PhoneLimits};

/// How long a code is good, in seconds.
pub const LIFE: Seconds = 300;
/// Wrong codes that are heard before it is destroyed.
const TRIES: i64 = 5;
/// What a spent budget is called.
const SPENT: &str = "phone budget";

/// What a code is for; one for a purpose is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFor {
    /// Signing in or up.
    SignIn,
    /// Whose account an unknown identity belongs to.
    FirstSignIn,
    /// A new password.
    Forgotten,
    /// A number for one's account.
    Bind,
    /// Proving the number one has, to change or take it away.
    Own,
}

impl CodeFor {
    const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::FirstSignIn => "first sign-in",
            Self::Forgotten => "forgotten",
            Self::Bind => "bind",
            Self::Own => "own",
        }
    }
}

/// What a code is bound to besides its number.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub purpose: CodeFor,
    /// The interaction or session, as a text nobody else has.
    pub within: String,
    /// Of the practice world: other budgets, other senders, never a real person's number.
    pub practice: bool,
    /// Where the request came from.
    pub address: String,
    /// The language of the message.
    pub lang: Lang,
}

/// The codes of one interaction or session.
pub(crate) struct Codes {
    login: Login,
    bound: Bound,
}

impl Codes {
    pub(crate) const fn is_practice(&self) -> bool {
        self.bound.practice
    }

    pub(crate) const fn lang(&self) -> Lang {
        self.bound.lang
    }

    pub(crate) fn new(login: &Login, bound: Bound) -> Arc<Self> {
        Arc::new(Self { login: login.clone(), bound })
    }

    async fn send_one(&self, typed: &str, country: &str, how: &SendAs) -> Result<CodeSent> {
        let Ok(phone) = Phone::parse(typed, country) else { return Ok(CodeSent::Not(PhoneWrong::NotANumber)) };
        let open = if how.countries.is_empty() {
            phone.country() == "CN"
        } else {
            how.countries.iter().any(|one| one == phone.country())
        };
        if !open {
            return Ok(CodeSent::Not(PhoneWrong::Country));
        }
        let (number, masked) = (phone.e164().to_owned(), phone.masked());
        let code = code::random(&self.login.random);
        match self.reserve(&phone, &code).await {
            Ok(()) => {}
            Err(Error::Conflict(SPENT)) => return Ok(CodeSent::Not(PhoneWrong::TooMany)),
            Err(Error::Conflict(limits::SOON)) => {
                let again_at = self.again_at(&number).await?;
                return Ok(CodeSent::TooSoon { number, masked, again_at });
            }
            Err(error) => return Err(error),
        }
        let again_at = self.login.clock.now() + GAP;
        let message = Message {
            to: phone,
            code,
            lifetime: LIFE,
            row: self.row(&number),
            how: how.clone(),
            practice: self.bound.practice,
            lang: self.bound.lang,
        };
        if self.delivered(message).await? {
            Ok(CodeSent::Sent { number, masked, again_at })
        } else {
            Ok(CodeSent::Not(PhoneWrong::NotSent))
        }
    }

    /// Charges every budget and puts the code in the place of an older one; nothing at all when one budget is spent.
    async fn reserve(&self, phone: &Phone, code: &Secret) -> Result<()> {
        let now = self.login.clock.now();
        let limits = self.login.phone_limits().await?;
        let charges = limits::charges(&limits, &self.login.sealer, phone, (&self.bound.address, self.bound.practice));
        let gap = limits::Gap::of(&self.login.sealer, phone.e164(), self.bound.practice);
        let brake = brake::Brake::of(&self.login, phone, self.bound.practice);
        let row = self.row(phone.e164());
        let artifact = NewArtifact {
            kind: Kind::PhoneCode,
            digest: row.clone(),
            grant_id: None,
            owner: None,
            client_id: None,
            payload: NewArtifact::payload_of(&self.digest(&row, code.expose())),
            expires_at: now + LIFE,
            keep_until: now + LIFE,
        };
        let all = Arc::new((charges, gap, brake, artifact));
        let country = phone.country();
        let written = self.login.store.write(move |tx| {
            let all = Arc::clone(&all);
            Box::pin(async move {
                let (charges, gap, brake, artifact) = &*all;
                gap.take(tx, now).await?;
                let mut closes = false;
                for (name, limit) in charges {
                    let charge = tx.charge_attempt(name, *limit, now).await?;
                    if matches!(charge, Charge::Blocked { .. }) {
                        return Err(Error::Conflict(SPENT));
                    }
                    closes |= brake.closes(tx, name, charge).await?;
                }
                tx.revoke(Kind::PhoneCode, &artifact.digest).await?;
                tx.put(artifact).await?;
                Ok(closes)
            })
        });
        if written.await? {
            brake::alarm(country);
        }
        Ok(())
    }

    /// Hands it over. Whoever asked may go away meanwhile: what was charged for nothing is given back all the same.
    async fn delivered(&self, message: Message) -> Result<bool> {
        if self.bound.practice && self.is_of_the_real_world(message.to.e164()).await? {
            // Said to be sent, as for any other number (design.md §9).
            return Ok(true);
        }
        let codes = Self { login: self.login.clone(), bound: self.bound.clone() };
        let sending = tokio::spawn(async move {
            let sent = codes.login.delivery.deliver(&message).await;
            if let Err(error) = &sent {
                tracing::warn!(to = message.to.masked(), %error, "a code could not be sent");
                codes.release(&message.to, error.is_of_the_number).await?;
            }
            Ok(sent.is_ok())
        });
        sending.await.map_err(|_| Error::Down("stopping".to_owned()))?
    }

    async fn is_of_the_real_world(&self, number: &str) -> Result<bool> {
        let named = self.login.store.user_by_name(NameKind::Phone, number).await?;
        Ok(named.is_some_and(|user| !user.practice) || self.login.store.identity(SPACE, number).await?.is_some())
    }

    /// A code that was not sent costs nothing (security.md R23), unless the number was the reason:
    /// each such try costs a question to a provider.
    async fn release(&self, phone: &Phone, keep_charges: bool) -> Result<()> {
        let limits = self.login.phone_limits().await?;
        let mut charges =
            limits::charges(&limits, &self.login.sealer, phone, (&self.bound.address, self.bound.practice));
        if keep_charges {
            charges.clear();
        }
        let gap = limits::Gap::of(&self.login.sealer, phone.e164(), self.bound.practice);
        let all = Arc::new((charges, gap, self.row(phone.e164())));
        self.login
            .store
            .write(move |tx| {
                let all = Arc::clone(&all);
                Box::pin(async move {
                    let (charges, gap, row) = &*all;
                    if !keep_charges {
                        gap.give_back(tx).await?;
                    }
                    tx.revoke(Kind::PhoneCode, row).await?;
                    for (name, _) in charges {
                        tx.refund_attempt(name).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn again_at(&self, number: &str) -> Result<Seconds> {
        let gap = limits::Gap::of(&self.login.sealer, number, self.bound.practice);
        Ok(gap.ends(&self.login.store).await?.unwrap_or_else(|| self.login.clock.now()))
    }

    async fn check_one(&self, number: &str, typed: &str) -> Result<CodeChecked> {
        let now = self.login.clock.now();
        let row = self.row(number);
        let daily = limits::tries(&self.login.sealer, number, self.bound.practice);
        let stored = self.login.store.look(Kind::PhoneCode, &row).await?;
        let Some(stored) = stored.filter(|stored| now < stored.expires_at) else { return Ok(CodeChecked::Gone) };
        let Some(left) = self.charge(&row, &daily).await? else { return Ok(CodeChecked::Gone) };
        let right: String = stored.read()?;
        let is_right = code::plain(typed).is_some_and(|code| same(&self.digest(&row, &code), &right));
        if !is_right && left > 0 {
            return Ok(CodeChecked::Wrong { left: u32::try_from(left).unwrap_or(0) });
        }
        // The row is gone after a success and after the last try; who removes it has it (security.md §0, rule 1).
        let unused = limits::unused(&self.login.sealer, number, self.bound.practice);
        let removed = self.login.store.write(move |tx| {
            let (row, daily, unused) = (row.clone(), daily.0.clone(), unused.clone());
            Box::pin(async move {
                let removed = tx.revoke(Kind::PhoneCode, &row).await?;
                if removed && is_right {
                    tx.clear_attempts(&daily).await?;
                    tx.refund_attempt(&unused).await?;
                    tx.mark_typed(&row).await?;
                }
                Ok(removed)
            })
        });
        Ok(match (removed.await?, is_right) {
            (true, true) => CodeChecked::Right,
            (true, false) => CodeChecked::Wrong { left: 0 },
            (false, _) => CodeChecked::Gone,
        })
    }

    /// Charges one try before anything is compared; how many are left, `None` when there are no more.
    async fn charge(&self, row: &str, daily: &limits::Charged) -> Result<Option<i64>> {
        let now = self.login.clock.now();
        let (row, daily) = (row.to_owned(), daily.clone());
        self.login
            .store
            .write(move |tx| {
                let (row, (name, limit)) = (row.clone(), daily.clone());
                Box::pin(async move {
                    // The code's own row first, as whoever uses it up takes them: in two orders a crowd stops itself.
                    let Some(left) = tx.charge(Kind::PhoneCode, &row, TRIES).await? else { return Ok(None) };
                    let day = tx.charge_attempt(&name, limit, now).await?;
                    Ok(matches!(day, Charge::Allowed { .. }).then_some(left))
                })
            })
            .await
    }

    /// Where the code of this number, purpose and interaction lies.
    fn row(&self, number: &str) -> String {
        let Bound { purpose, within, practice, .. } = &self.bound;
        self.login.sealer.derive("phone code", &format!("{}\0{practice}\0{within}\0{number}", purpose.word()))
    }

    fn digest(&self, row: &str, code: &str) -> String {
        self.login.sealer.derive("phone code digest", &format!("{row}\0{code}"))
    }
}

/// The key space of phones that are a way in: whoever reads codes sent to them is let in as their person.
pub const SPACE: &str = "phone";

/// The same, as it is stored for a world.
pub(crate) const fn space(practice: bool) -> &'static str {
    if practice { "practice/phone" } else { SPACE }
}

/// Whether a key of this space is a number, of either world.
pub(crate) fn is_number(stored: &str) -> bool {
    stored == space(true) || stored == space(false)
}

impl PhoneCodes for Codes {
    fn send<'a>(
        &'a self,
        typed: &'a str,
        country: &'a str,
        how: &'a SendAs,
    ) -> BoxFuture<'a, std::result::Result<CodeSent, Trouble>> {
        Box::pin(async move { self.send_one(typed, country, how).await.map_err(|error| later(&error)) })
    }

    fn check<'a>(
        &'a self,
        number: &'a str,
        code: &'a Secret,
    ) -> BoxFuture<'a, std::result::Result<CodeChecked, Trouble>> {
        Box::pin(async move { self.check_one(number, code.expose()).await.map_err(|error| later(&error)) })
    }
}

/// Without the store nothing is sent: limits that can't be charged are spent (sms.md §10).
fn later(error: &Error) -> Trouble {
    tracing::error!(%error, "a code could not be sent or checked");
    Trouble::TryLater { until: None }
}

/// How a stored number is shown.
#[must_use]
pub fn shown(number: &str) -> String {
    masked_e164(number)
}

impl Login {
    /// The codes of a sign-in under way in this browser, for its connector.
    pub(crate) fn codes(&self, instance: &Instance, facts: &Facts, visitor: &Visitor) -> Arc<Codes> {
        let purpose = match facts.purpose {
            Purpose::Authorize(_) | Purpose::Account | Purpose::Console => CodeFor::SignIn,
        };
        self.codes_for(purpose, facts, (instance.row.practice, visitor))
    }

    /// The same for what else an interaction asks a code for.
    pub(crate) fn codes_for(
        &self,
        purpose: CodeFor,
        facts: &Facts,
        (practice, visitor): (bool, &Visitor),
    ) -> Arc<Codes> {
        let languages = facts.request().map(|request| request.ui_locales.as_slice()).unwrap_or_default();
        let lang = visitor.wish.with(languages);
        // An interaction is opened in one browser, and two of one browser differ in the moment.
        let within = format!("{} {}", digest(&visitor.browser), facts.asked_at);
        Codes::new(self, Bound { purpose, within, practice, address: visitor.address.clone(), lang })
    }
}
