//! Making the code of a sign-in, and the way back to the application.

use super::super::{Practice, answer};
use super::corp::{Corp, authority, with};
use super::persona::{self, Persona};
use super::range::Sight;
use super::settings::Agent;
use super::tickets::{CODE_LIFE, Code, Holder};

/// The application that a page was opened for.
pub(super) struct Wish {
    pub(super) corpid: String,
    pub(super) agentid: String,
    pub(super) agent: Agent,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
}

/// The code for somebody; `fields` are what they agreed to with `snsapi_privateinfo`.
pub(super) fn code(practice: &Practice, wish: &Wish, person: &str, fields: Option<Vec<String>>) -> String {
    let text = practice.random().alphanumeric(43);
    let code = Code {
        corpid: wish.corpid.clone(),
        agentid: wish.agentid.clone(),
        persona: persona::of(practice, &wish.corpid, person),
        person: person.to_owned(),
        sent_to: authority(&wish.redirect_uri).unwrap_or_default(),
        fields,
        expires_at: practice.now() + CODE_LIFE,
    };
    practice.world().wecom.codes.put(text.clone(), code);
    text
}

/// The redirect URI with `code` and `state`, or with `state` alone.
pub(super) fn back(wish: &Wish, code: Option<&str>) -> String {
    let mut pairs = Vec::new();
    pairs.extend(code.map(|code| ("code".to_owned(), code.to_owned())));
    pairs.extend(wish.state.clone().map(|state| ("state".to_owned(), state)));
    // A fragment stays at the end.
    let (front, fragment) = wish.redirect_uri.split_once('#').unwrap_or((&wish.redirect_uri, ""));
    let url = if pairs.is_empty() { front.to_owned() } else { answer::with_query(front, &pairs) };
    if fragment.is_empty() { url } else { format!("{url}#{fragment}") }
}

/// Whether the application sees this person as a member.
pub(super) fn in_range(practice: &Practice, wish: &Wish, person: &str) -> bool {
    let Persona::Member(userid) = persona::of(practice, &wish.corpid, person) else { return false };
    let sees = |corp: &mut Corp| {
        let sight = Sight::of(corp, &Holder::Agent(wish.agentid.clone()));
        corp.directory.member(&userid).is_some_and(|member| sight.member(member))
    };
    with(practice, &wish.corpid, sees).unwrap_or(false)
}
