//! The check of a name and password: constant in answer and work, whoever is named.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use super::gate::Verified;
use crate::base::clock::Seconds;
use crate::base::id::UserId;
use crate::base::network::line;
use crate::base::people::fold_username;
use crate::base::phone::Phone;
use crate::base::secret::Secret;
use crate::connectors::{LocalPasswords, Trouble};
use crate::login::Login;
use crate::login::attempts::{ACCOUNT, ADDRESS, IN_A_ROW, Names, PASSWORDS, PASSWORDS_ALL};
use crate::store;
use crate::store::attempts::Charge;
use crate::store::users::{NameKind, User, UserState};

/// How far back a sign-in makes a place known, in seconds.
const LOOKS_BACK: Seconds = 90 * 86_400;

/// Which budgets are spent.
struct Spent {
    /// The account's, or the address's.
    own: bool,
    /// Everybody's together.
    all: bool,
}

/// The passwords of this installation, for one visitor.
pub(crate) struct Local {
    login: Login,
    address: String,
    tried: Mutex<Option<Tried>>,
}

/// What a failed try was, for the audit only: the person learns none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tried {
    pub user: Option<UserId>,
    pub reason: &'static str,
}

impl LocalPasswords for Local {
    fn verify<'a>(&'a self, name: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<UserId, Trouble>> {
        Box::pin(async move {
            let checked = async {
                let (user, typed) = self.find(name).await?;
                self.check(user, &typed, password).await
            };
            self.told(checked.await)
        })
    }
}

impl Local {
    pub(crate) fn new(login: &Login, address: &str) -> Arc<Self> {
        Arc::new(Self { login: login.clone(), address: address.to_owned(), tried: Mutex::new(None) })
    }

    /// What the last failure was.
    pub(crate) fn tried(&self) -> Option<Tried> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, user: Option<UserId>, reason: &'static str) {
        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = Some(Tried { user, reason });
    }

    /// The same for a person who is known already, whatever they sign in by.
    pub(crate) async fn verify_person(&self, user: &User, password: &Secret) -> Result<UserId, Trouble> {
        self.told(self.check(Some(user.clone()), "", password).await)
    }

    fn told(&self, checked: store::Result<Result<UserId, Trouble>>) -> Result<UserId, Trouble> {
        checked.unwrap_or_else(|error| {
            tracing::error!(%error, "a password could not be checked");
            self.remember(None, "store");
            Err(Trouble::TryLater { until: None })
        })
    }

    /// Unknown, disabled, blocked and wrong take the same statements and the same hash (security.md row 66).
    async fn check(
        &self,
        user: Option<User>,
        typed: &str,
        password: &Secret,
    ) -> store::Result<Result<UserId, Trouble>> {
        let id = user.as_ref().map(|user| user.id.clone());
        let asked = id.clone().unwrap_or_else(|| UserId::new("nobody"));
        let credential = self.login.store.password_of(&asked).await?;
        let Ok(slot) = self.login.passwords.enter().await else {
            self.remember(id, "busy");
            return Ok(Err(Trouble::TryLater { until: None }));
        };
        // Charged inside the gate: only so many tries are in flight at once.
        let names = Names::of_password(id.as_ref(), typed, &self.address);
        let spent = self.charge(&names).await?;
        let blocked = spent.own || spent.all && !self.is_known_here(&asked).await?;
        let stored = credential.as_ref().map(|credential| credential.value.as_str());
        let Ok(verified) = slot.verify(password, stored).await else {
            self.remember(id, "busy");
            return Ok(Err(Trouble::TryLater { until: None }));
        };
        if let Some(reason) = refusal(user.as_ref(), blocked, verified) {
            self.remember(id, reason);
            return Ok(Err(Trouble::Wrong));
        }
        let rehashed = match (verified.outdated.then_some(slot), credential) {
            (Some(slot), Some(old)) => slot.hash(password).await.ok().map(|new| (old.user_id, old.value, new)),
            _ => None,
        };
        self.succeed(&names, &spent, rehashed).await?;
        Ok(Ok(asked))
    }

    /// Whose it is, and what tries are charged under when it is nobody's. The look-ups follow from what was typed
    /// alone: user names hold no `@` and no leading `+`, and a number is one in every spelling (security.md row 191).
    async fn find(&self, name: &str) -> store::Result<(Option<User>, String)> {
        // Without an sms method, numbers are read as the form of one reads them before it is set up.
        let open = self.login.sms_countries(false).await.unwrap_or_default();
        let country = if open.first.is_empty() { "CN" } else { open.first.as_str() };
        let number = Phone::parse(name, country).ok();
        let named = self.find_by_name(name).await?;
        let Some(number) = number else { return Ok((named, name.to_owned())) };
        let by_number = self.login.store.user_by_name(NameKind::Phone, number.e164()).await?;
        // A name of digits is chosen and a number is proven: nobody takes its owner's sign-in by such a name.
        let user = by_number.filter(|user| user.phone_verified).or(named);
        Ok((user, number.e164().to_owned()))
    }

    async fn find_by_name(&self, name: &str) -> store::Result<Option<User>> {
        let folded = fold_username(name);
        let kind = match () {
            () if folded.contains('@') => NameKind::Email,
            () if folded.starts_with('+') => NameKind::Phone,
            () => NameKind::Username,
        };
        self.login.store.user_by_name(kind, &folded).await
    }

    /// Whether this person has signed in from this network before. Asked of everybody, whoever is named.
    async fn is_known_here(&self, user: &UserId) -> store::Result<bool> {
        let since = self.login.clock.now() - LOOKS_BACK;
        let known = self.login.store.signed_in_from(&format!("user:{user}"), since).await?;
        let here = line(&self.address);
        Ok(known.iter().any(|address| line(address) == here))
    }

    /// Charges all four budgets.
    async fn charge(&self, names: &Names) -> store::Result<Spent> {
        let names = names.clone();
        let now = self.login.clock.now();
        self.login
            .store
            .write(move |tx| {
                let names = names.clone();
                Box::pin(async move {
                    let account = tx.charge_attempt(&names.account, ACCOUNT, now).await?;
                    let in_a_row = tx.charge_attempt(&names.in_a_row, IN_A_ROW, now).await?;
                    let address = tx.charge_attempt(&names.address, ADDRESS, now).await?;
                    let all = tx.charge_attempt(PASSWORDS_ALL, PASSWORDS, now).await?;
                    let is_spent = |charge: &Charge| matches!(charge, Charge::Blocked { .. });
                    Ok(Spent { own: [account, in_a_row, address].iter().any(is_spent), all: is_spent(&all) })
                })
            })
            .await
    }

    async fn succeed(
        &self,
        names: &Names,
        spent: &Spent,
        rehashed: Option<(UserId, String, String)>,
    ) -> store::Result<()> {
        let (names, charged) = (names.clone(), !spent.all);
        self.login
            .store
            .write(move |tx| {
                let (names, rehashed) = (names.clone(), rehashed.clone());
                Box::pin(async move {
                    tx.clear_attempts(&names.account).await?;
                    tx.clear_attempts(&names.in_a_row).await?;
                    tx.refund_attempt(&names.address).await?;
                    // What was let through a block was not charged, and must not lift it.
                    if charged {
                        tx.refund_attempt(PASSWORDS_ALL).await?;
                    }
                    if let Some((user, old, new)) = rehashed {
                        tx.rehash_password(&user, &old, &new).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Why a try fails, if it does. Practice people have no password to sign in with.
fn refusal(user: Option<&User>, blocked: bool, verified: Verified) -> Option<&'static str> {
    match user {
        None => Some("unknown"),
        Some(_) if blocked => Some("blocked"),
        Some(_) if !verified.right => Some("wrong"),
        Some(user) if user.state != UserState::Active => Some("disabled"),
        Some(_) => None,
    }
}
