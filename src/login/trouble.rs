//! A platform's trouble: a sentence for the person, a line for the audit.

use std::sync::Arc;

use super::complete::notice;
use super::connectors::Instance;
use super::figures::count_sign_in;
use super::interaction::{How, Notice, UpstreamNotice};
use super::leg::LegMark;
use super::roster::Door;
use super::writes::{Event, Write};
use super::{Login, LoginError, Visitor};
use crate::base::id::InteractionId;
use crate::connectors::{Identity, Outsider, Trouble};

impl Login {
    /// Notes it. One that came of a try nobody asked for (`How::Silent`) has no sentence: the ways in are shown as ever.
    pub(crate) async fn note_trouble(
        &self,
        id: &InteractionId,
        visitor: &Visitor,
        (instance, how): (&Arc<Instance>, How),
        (trouble, mark): (&Trouble, Option<&LegMark>),
    ) -> Result<(), LoginError> {
        self.heard_of_leaving(instance, trouble, visitor).await?;
        let event = Event {
            actor: "anonymous".to_owned(),
            action: "sign_in",
            target: format!("connector:{}", instance.row.name),
            outcome: word(trouble).to_owned(),
            detail: serde_json::json!({ "trouble": trouble.to_string().chars().take(500).collect::<String>() }),
        };
        let entry = self.entry(visitor, &event);
        let now = self.clock.now();
        self.change(id, visitor, |facts| {
            facts.quiet();
            facts.talk = None;
            facts.notice = (how != How::Silent).then(|| said(trouble, instance, visitor));
            let mut writes = vec![Write::Audit(entry.clone())];
            writes.extend(mark.map(|mark| mark.outcome(None, now)));
            Some((writes, ()))
        })
        .await?;
        count_sign_in(&instance.row.name, word(trouble));
        Ok(())
    }
}

impl Login {
    /// Whoever is turned away because the company does not have them any more has left it.
    pub(crate) async fn heard_of_leaving(
        &self,
        instance: &Arc<Instance>,
        trouble: &Trouble,
        visitor: &Visitor,
    ) -> Result<(), LoginError> {
        let Trouble::NotMember(outsider) = trouble else { return Ok(()) };
        let Outsider { keys, member, .. } = (**outsider).clone();
        let identity = Identity { keys, member, ..Identity::default() };
        self.not_of_company(instance, (&identity, Door::Shut), visitor).await
    }
}

fn said(trouble: &Trouble, instance: &Instance, visitor: &Visitor) -> Notice {
    let what = match trouble {
        Trouble::Wrong => return Notice::WrongPassword,
        Trouble::TryLater { .. } if instance.is_password() => return Notice::Busy,
        Trouble::Cancelled => UpstreamNotice::Cancelled,
        Trouble::NotAllowed(_) | Trouble::NotMember(_) => UpstreamNotice::NotAllowed,
        Trouble::BadReply(_) => UpstreamNotice::BadReply,
        Trouble::Unreachable(_) | Trouble::TryLater { .. } => UpstreamNotice::Unreachable,
        Trouble::Misconfigured(_) => UpstreamNotice::Misconfigured,
        Trouble::Preview => UpstreamNotice::Preview,
    };
    notice(instance.row.title.clone(), what, visitor)
}

/// Its word in the audit.
pub(crate) fn word(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Cancelled => "cancelled",
        Trouble::Wrong => "wrong",
        Trouble::TryLater { .. } => "later",
        Trouble::NotAllowed(_) | Trouble::NotMember(_) => "not allowed",
        Trouble::BadReply(_) => "bad reply",
        Trouble::Unreachable(_) => "unreachable",
        Trouble::Misconfigured(_) => "misconfigured",
        Trouble::Preview => "preview",
    }
}
