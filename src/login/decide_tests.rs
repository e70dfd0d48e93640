//! Every branch of `decide`, every row of wechat.md §9.2, and what no sequence of sign-ins can do.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::base::id::ConnectorId;

const RULES: [FirstSignIn; 4] = [FirstSignIn::Create, FirstSignIn::Ask, FirstSignIn::BindPhone, FirstSignIn::Invited];

fn found(user: &str) -> Found {
    Found { user: UserId::new(user), active: true, practice: false }
}

fn evidence(rule: FirstSignIn, registration: bool, resembles: bool) -> Evidence {
    Evidence {
        by_key: Vec::new(),
        by_strongest: true,
        resembles,
        practice: false,
        rule,
        registration,
        silent: false,
        nameless: false,
        codes: true,
        stale: false,
    }
}

fn user(name: &str) -> Decision {
    Decision::User { user: UserId::new(name), others: Vec::new() }
}

#[test]
fn a_known_key_is_its_person_under_every_rule() {
    for rule in RULES {
        for registration in [true, false] {
            for silent in [true, false] {
                let known = Evidence { by_key: vec![found("u")], silent, ..evidence(rule, registration, true) };
                assert_eq!(decide(&known), user("u"));
            }
        }
    }
}

#[test]
fn a_disabled_person_and_one_of_the_other_world_are_refused() {
    let base = evidence(FirstSignIn::Create, true, false);
    let refused = Decision::Refuse(UpstreamNotice::NotAllowed);
    let disabled = Evidence { by_key: vec![Found { active: false, ..found("u") }], ..base.clone() };
    let practice = Evidence { by_key: vec![Found { practice: true, ..found("u") }], ..base.clone() };
    let real = Evidence { by_key: vec![found("u")], practice: true, ..base };
    for case in [disabled, practice, real] {
        assert_eq!(decide(&case), refused, "{case:?}");
    }
}

#[test]
fn keys_of_two_people_are_never_merged() {
    let two = Evidence { by_key: vec![found("u"), found("v")], ..evidence(FirstSignIn::Create, true, false) };
    assert_eq!(
        decide(&two),
        Decision::User { user: UserId::new("u"), others: vec![UserId::new("v")] },
        "the one whom this application always led to, and a case for merging"
    );
    assert_eq!(decide(&Evidence { by_strongest: false, ..two.clone() }), Decision::Ambiguous);
    let worlds = Evidence { by_key: vec![found("u"), Found { practice: true, ..found("v") }], ..two };
    assert_eq!(decide(&worlds), user("u"), "no case across worlds");
}

#[test]
fn an_unknown_key_follows_the_rule() {
    use Decision::{Enrol, ProveOldAccount, ProvePhone, Refuse};
    use FirstSignIn::{Ask, BindPhone, Create, Invited};
    let not_invited = || Refuse(UpstreamNotice::NotInvited);
    let doors = |may_create| ProveOldAccount { may_create };
    let cases = [
        (Create, true, false, Enrol),
        (Create, true, true, doors(true)),
        (Create, false, false, not_invited()),
        (Create, false, true, doors(false)),
        (Ask, true, false, doors(true)),
        (Ask, true, true, doors(true)),
        (Ask, false, false, doors(false)),
        (Ask, false, true, doors(false)),
        (BindPhone, true, false, ProvePhone { may_create: true }),
        (BindPhone, true, true, ProvePhone { may_create: true }),
        (BindPhone, false, false, ProvePhone { may_create: false }),
        (BindPhone, false, true, ProvePhone { may_create: false }),
        (Invited, true, false, not_invited()),
        (Invited, true, true, not_invited()),
        (Invited, false, false, not_invited()),
        (Invited, false, true, not_invited()),
    ];
    for (rule, registration, resembles, expected) in cases {
        let case = evidence(rule, registration, resembles);
        assert_eq!(decide(&case), expected, "{rule:?} {registration} {resembles}");
        assert_eq!(decide(&Evidence { silent: true, ..case }), Decision::Nothing, "without a tap nobody is made");
    }
    let no_codes = Evidence { codes: false, ..evidence(BindPhone, true, false) };
    assert_eq!(decide(&no_codes), Refuse(UpstreamNotice::Misconfigured));
    let nameless = Evidence { nameless: true, ..evidence(Create, true, false) };
    assert_eq!(decide(&nameless), doors(true), "somebody without a name is asked for one");
}

#[test]
fn s196_a_number_not_used_for_long_is_no_proof_alone() {
    let stale = Evidence { by_key: vec![found("u")], stale: true, ..evidence(FirstSignIn::Create, true, false) };
    assert_eq!(decide(&stale), Decision::Refuse(UpstreamNotice::Stale));
}

#[test]
fn nothing_but_a_key_selects_a_person() {
    for rule in RULES {
        for registration in [true, false] {
            let decision = decide(&evidence(rule, registration, true));
            assert!(!matches!(decision, Decision::User { .. } | Decision::Enrol), "{rule:?} {registration}");
        }
    }
}

fn key(space: &str, value: &str) -> Key {
    Key { space: space.to_owned(), value: value.to_owned() }
}

fn row(id: &str, user: &str, (space, value): (&str, &str), subject: &str) -> StoredIdentity {
    StoredIdentity {
        id: id.to_owned(),
        user_id: UserId::new(user),
        space: space.to_owned(),
        value: value.to_owned(),
        connector_id: ConnectorId::new("c"),
        profile: "{}".to_owned(),
        first_used_at: 0,
        last_used_at: 0,
        subject: subject.to_owned(),
    }
}

/// The plan for a sign-in of `X` with these keys, over these rows.
fn planned(keys: &[Key], rows: &[StoredIdentity]) -> Vec<KeyChange> {
    let found: Vec<_> = rows
        .iter()
        .filter(|row| keys.iter().any(|key| row.space == key.space && row.value == key.value))
        .cloned()
        .collect();
    let theirs: Vec<_> = rows.iter().filter(|row| row.user_id.as_str() == "X").cloned().collect();
    plan(keys, &UserId::new("X"), &found, &theirs).1
}

#[test]
fn s92_every_row_of_the_table_of_union_ids() {
    use KeyChange::{Add, Elsewhere, Join, Replace, Touch};
    let (a, b, u) = (key("wechat:a", "O"), key("wechat:b", "P"), key("union:g", "U"));
    let both = [a.clone(), u.clone()];
    let open = row("1", "X", ("wechat:a", "O"), "1");
    // A late unionid is filled in; it joins the openid's subject.
    assert_eq!(planned(&both, std::slice::from_ref(&open)), [Touch(a.clone()), Add(u.clone())]);
    // Another application of the group.
    let union = row("2", "X", ("union:g", "U"), "1");
    assert_eq!(planned(&[b.clone(), u.clone()], &[open.clone(), union.clone()]), [Add(b), Touch(u.clone())]);
    // Both known.
    assert_eq!(planned(&both, &[open.clone(), union]), [Touch(a.clone()), Touch(u.clone())]);
    // Two subjects of one person.
    let apart = row("2", "X", ("union:g", "U"), "2");
    assert_eq!(
        planned(&both, &[open.clone(), apart]),
        [Touch(a.clone()), Touch(u.clone()), Join { from: "2".to_owned() }]
    );
    // The unionid is somebody else's.
    let others = row("2", "Y", ("union:g", "U"), "2");
    let elsewhere = Elsewhere { user: UserId::new("Y"), space: "union:g".to_owned() };
    assert_eq!(planned(&both, &[open.clone(), others]), [Touch(a.clone()), elsewhere]);
    // V became U.
    let old = row("2", "X", ("union:g", "V"), "1");
    let replaced = Replace { id: "2".to_owned(), old: "V".to_owned(), new: u.clone() };
    assert_eq!(planned(&both, &[open.clone(), old]), [Touch(a.clone()), replaced]);
    // The same person has another account of the platform: its unionid stays.
    let second = row("2", "X", ("union:g", "V"), "2");
    assert_eq!(planned(&both, &[open.clone(), second]), [Touch(a.clone()), Add(u)]);
    // No unionid this time: a known one stays.
    assert_eq!(planned(std::slice::from_ref(&a), &[open]), [Touch(a.clone())]);
}

/// Somebody's sign-in, as a platform could truly report it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a circumstance of its own")]
struct SignIn {
    /// Which account over there; 0 and 1 are the victim's.
    account: usize,
    application: usize,
    with_union: bool,
    resembles: bool,
    rule: FirstSignIn,
    registration: bool,
    practice: bool,
    silent: bool,
}

fn sign_in() -> impl Strategy<Value = SignIn> {
    let rule = prop::sample::select(RULES.to_vec());
    (2_usize..6, 0_usize..2, any::<[bool; 5]>(), rule).prop_map(
        |(account, application, [with_union, resembles, registration, practice, silent], rule)| SignIn {
            account,
            application,
            with_union,
            resembles,
            rule,
            registration,
            practice,
            silent,
        },
    )
}

/// Everybody's keys, as `apply` would leave them.
#[derive(Default)]
struct Model {
    rows: Vec<StoredIdentity>,
    people: BTreeMap<String, bool>,
}

impl Model {
    fn sign_in(&mut self, one: &SignIn) {
        let world = if one.practice { "practice/" } else { "" };
        let mut keys =
            vec![key(&format!("{world}wechat:{}", one.application), &format!("{}-{}", one.account, one.application))];
        if one.with_union {
            keys.push(key(&format!("{world}union:g"), &format!("u{}", one.account)));
        }
        let found: Vec<_> = keys
            .iter()
            .filter_map(|key| self.rows.iter().find(|row| row.space == key.space && row.value == key.value).cloned())
            .collect();
        let mut by_key: Vec<Found> = Vec::new();
        for row in &found {
            if by_key.iter().all(|one| one.user != row.user_id) {
                let practice = self.people[row.user_id.as_str()];
                by_key.push(Found { user: row.user_id.clone(), active: true, practice });
            }
        }
        let by_strongest = found.first().is_some_and(|row| row.value == keys[0].value && row.space == keys[0].space);
        let evidence = Evidence {
            by_key,
            by_strongest,
            practice: one.practice,
            silent: one.silent,
            ..evidence(one.rule, one.registration, one.resembles)
        };
        let who = match decide(&evidence) {
            Decision::User { user, .. } => user,
            Decision::Enrol
            | Decision::ProveOldAccount { may_create: true }
            | Decision::ProvePhone { may_create: true } => {
                let name = format!("person-{}", self.people.len());
                self.people.insert(name.clone(), one.practice);
                UserId::new(name)
            }
            _ => return,
        };
        let theirs: Vec<_> = self.rows.iter().filter(|row| row.user_id == who).cloned().collect();
        let (subject, changes) = plan(&keys, &who, &found, &theirs);
        for change in changes {
            match change {
                KeyChange::Add(key) => {
                    let id = format!("row-{}", self.rows.len());
                    let subject = subject.clone().unwrap_or_else(|| id.clone());
                    self.rows.push(row(&id, who.as_str(), (&key.space, &key.value), &subject));
                }
                KeyChange::Replace { id, new, .. } => {
                    self.rows.iter_mut().find(|row| row.id == id).unwrap().value = new.value;
                }
                KeyChange::Join { from } => {
                    let rows = self.rows.iter_mut().filter(|row| row.user_id == who && row.subject == from);
                    rows.for_each(|row| row.subject = subject.clone().unwrap());
                }
                KeyChange::Touch(_) | KeyChange::Elsewhere { .. } => {}
            }
        }
    }
}

proptest! {
    #[test]
    fn s83_no_sequence_of_sign_ins_by_others_attaches_anything_to_a_person(others in prop::collection::vec(sign_in(), 0..40)) {
        let mut model = Model::default();
        model.people.insert("victim".to_owned(), false);
        let mine = [row("a", "victim", ("wechat:0", "0-0"), "a"), row("b", "victim", ("union:g", "u0"), "a")];
        model.rows.extend(mine);
        for one in &others {
            model.sign_in(one);
        }
        let of_victim: Vec<_> =
            model.rows.iter().filter(|row| row.user_id.as_str() == "victim").map(|row| row.value.as_str()).collect();
        prop_assert_eq!(of_victim, ["0-0", "u0"]);
        for row in &model.rows {
            // What practice platforms say is never a real person's, nor the other way round.
            prop_assert_eq!(row.space.starts_with("practice/"), model.people[row.user_id.as_str()]);
        }
        // A key is one person's.
        let mut keys: Vec<_> = model.rows.iter().map(|row| (&row.space, &row.value)).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), model.rows.len());
    }
}
