//! What a connector is given each time, made in one place.

use std::sync::Arc;
use std::time::Duration;

use super::connectors::Instance;
use super::interaction::{Facts, How, Purpose, admits};
use super::password::Local;
use super::{Login, LoginError, Visitor};
use crate::base::place::Place;
use crate::base::secret::Secret;
use crate::connectors::{Step, Trouble, Turn};

/// All calls of one conversation together (R19).
const CONVERSATION: Duration = Duration::from_secs(6);

/// What is particular to one turn.
pub(crate) struct Particular {
    pub state: String,
    pub memo: Option<String>,
    pub how: How,
}

impl Particular {
    /// A turn with a state of its own.
    pub(crate) fn new(login: &Login, how: How) -> Self {
        Self { state: login.random.alphanumeric(43), memo: None, how }
    }
}

impl Login {
    /// The instance of this name, if this interaction may use it now.
    pub(crate) async fn offered(&self, facts: &Facts, name: &str) -> Result<Option<Arc<Instance>>, LoginError> {
        let client = match facts.request() {
            Some(request) => self.store.client(&request.client_id).await?,
            None => None,
        };
        let practice_only = client.as_ref().is_some_and(|client| client.metadata.practice);
        Ok(self.connectors.by_name(name).await?.filter(|instance| {
            instance.is_usable()
                && admits(client.as_deref(), &instance.row.name)
                && (!practice_only || instance.row.practice)
        }))
    }

    /// A turn of an interaction.
    pub(crate) fn turn(
        &self,
        instance: &Instance,
        facts: &Facts,
        particular: Particular,
        (visitor, local): (&Visitor, Arc<Local>),
    ) -> Option<Turn> {
        let mut turn = self.bare_turn(instance, particular, (visitor, local))?;
        turn.phone_codes = self.codes(instance, facts, visitor);
        turn.hint = Some(facts.typed.username.clone()).filter(|hint| !hint.is_empty());
        // Who is to prove themselves for a change, or for the console, is asked: a platform that
        // sends a browser straight back has proven nothing now (design.md §5).
        turn.prompt_login = facts.again || matches!(facts.purpose, Purpose::Console);
        if let Some(request) = facts.request() {
            turn.prompt_login |= request.prompt.login;
            turn.max_age = request.max_age;
            turn.lang = visitor.wish.with(&request.ui_locales);
        }
        Some(turn)
    }

    /// A turn without an interaction (design.md §6). Nonce, PKCE verifier and
    /// scene are derived from the state under the master key: nothing secret rests in a row.
    pub(crate) fn bare_turn(
        &self,
        instance: &Instance,
        Particular { state, memo, how }: Particular,
        (visitor, local): (&Visitor, Arc<Local>),
    ) -> Option<Turn> {
        let scene = self.sealer.derive("leg scene", &state);
        Some(Turn {
            connector: instance.row.id.clone(),
            outbound: instance.outbound.clone()?,
            now: self.clock.now(),
            callback_url: self.callback_url(&instance.row.name),
            nonce: self.sealer.derive("leg nonce", &state),
            code_verifier: Secret::new(self.sealer.derive("leg pkce", &state)),
            hint: None,
            prompt_login: false,
            max_age: None,
            memo,
            lang: visitor.wish.lang,
            agent: visitor.agent.clone(),
            place: Place::of_agent(&visitor.agent),
            silent: how == How::Silent,
            frame: how == How::Frame,
            // 32 of [A-Za-z0-9]: the longest that every platform carries (upstreams/wechat.md §6.3).
            scene: scene.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '0' }).take(32).collect(),
            state,
            local,
            tokens: self.app_tokens(instance.row.practice),
            phone_codes: self.codes(instance, &Facts::new(Purpose::Account, self.clock.now()), visitor),
        })
    }

    /// The exact `redirect_uri` of an instance: one path each (mix-up defence, RFC 9700 §4.4.2.2).
    #[must_use]
    pub fn callback_url(&self, name: &str) -> String {
        format!("{}/callback/{name}", self.oidc.issuer().trim_end_matches('/'))
    }

    /// Where a platform pushes to this instance.
    #[must_use]
    pub fn hook_url(&self, name: &str) -> String {
        format!("{}/hook/{name}", self.oidc.issuer().trim_end_matches('/'))
    }
}

/// A conversation within its time; a platform that takes longer did not answer.
pub(crate) async fn in_time(step: impl Future<Output = Result<Step, Trouble>>) -> Result<Step, Trouble> {
    match tokio::time::timeout(CONVERSATION, step).await {
        Ok(answer) => answer,
        Err(_) => Err(Trouble::Unreachable("no answer in time".to_owned())),
    }
}
