//! The sign-in page.

use super::facts::Facts;
use super::next::Why;
use super::policy::{Read, admits};
use super::show::context;
use super::talk::Stage;
use super::view::{AskView, Choose, Linking, Method, Notice, ScanView, UpstreamNotice, View};
use crate::connectors::Identity;
use crate::login::connectors::Instance;
use crate::login::{Login, LoginError};

impl Login {
    /// The page of the conversation under way, or every way in.
    pub(super) async fn way_in(&self, facts: &Facts, read: &Read, why: Why) -> Result<View, LoginError> {
        let Some((talk, instance)) = self.talking(facts).await? else {
            return Ok(View::Choose(self.choose(facts, read, why).await?));
        };
        Ok(match talk.stage {
            Stage::Ask { form, .. } => View::Ask(AskView {
                context: context(facts, read),
                name: instance.row.name.clone(),
                title: instance.row.title.clone(),
                form,
                linking: linking(facts),
                now: self.clock.now(),
            }),
            Stage::Scan { scene, text, app, .. } => {
                let Some(state) = self.state_of_scan(facts).await? else {
                    return Ok(View::Choose(self.choose(facts, read, why).await?));
                };
                let row = &instance.row;
                let (name, title) = (row.name.clone(), row.title.clone());
                let (context, linking) = (context(facts, read), linking(facts));
                View::Scan(ScanView { context, name, title, app, text, scene, state, linking })
            }
            Stage::Frame { .. } => View::Choose(self.choose(facts, read, why).await?),
        })
    }

    pub(super) async fn choose(&self, facts: &Facts, read: &Read, why: Why) -> Result<Choose, LoginError> {
        let client = read.client.as_deref();
        let practice_only = client.is_some_and(|client| client.metadata.practice);
        let all = self.connectors.all().await?;
        let last = read.session.as_ref().map(|session| &session.connector_id);
        let methods = all
            .iter()
            .filter(|instance| instance.is_usable() && !instance.is_password())
            .filter(|instance| admits(client, &instance.row.name) && (!practice_only || instance.row.practice))
            .map(|instance| method(instance, last == Some(&instance.row.id)));
        Ok(Choose {
            context: context(facts, read),
            password: !practice_only && self.password_form(client).await?.is_some(),
            registration: self.registration(facts, client).await?.is_some(),
            methods: methods.collect(),
            username: facts.typed.username.clone(),
            notice: notice(facts, why),
            rules: self.password_rules().await?,
            registration_mistake: facts.registration_mistake,
            registration_name: facts.typed.name.clone(),
            registration_email: facts.typed.email.clone(),
            linking: linking(facts),
        })
    }
}

/// What will be linked to the account that is proven next.
fn linking(facts: &Facts) -> Option<Linking> {
    facts.linking().map(|pending| Linking { title: pending.title.clone(), name: told(&pending.identity) })
}

fn method(instance: &Instance, last_used: bool) -> Method {
    Method {
        name: instance.row.name.clone(),
        title: instance.row.title.clone(),
        icon: instance.kind.map_or("", |kind| kind.icon),
        practice: instance.row.practice,
        last_used,
    }
}

/// What was noted last, or what the reason itself has to say.
fn notice(facts: &Facts, why: Why) -> Option<Notice> {
    let own = match why {
        Why::OtherWanted => Some(Notice::OtherAccountWanted),
        Why::NotAdministrator => Some(Notice::NotAdministrator),
        // Signed in here and still not fresh: the platform let them in by an old sign-in of its own.
        Why::NotFresh if facts.login.is_some() => {
            Some(Notice::Upstream { title: String::new(), what: UpstreamNotice::BadReply, reference: String::new() })
        }
        Why::Nobody | Why::Linking | Why::Create | Why::NotFresh => None,
    };
    facts.notice.clone().or(own)
}

/// How a platform calls somebody, in one word.
pub(super) fn told(identity: &Identity) -> String {
    let address = || identity.email.as_ref().map(|(address, _)| address.clone());
    identity.name.clone().or_else(|| identity.username.clone()).or_else(address).unwrap_or_default()
}
