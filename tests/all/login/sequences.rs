//! Whatever other people do, in whatever order, nothing that was not proven becomes a person's, and practice facts
//! are practice people's (security.md §4.2). `HUFU_TEST_PROPTEST_CASES` sets how many sequences are tried on each store (12);
//! `HUFU_TEST_PROPTEST_SEED` repeats those of a failure.

use hufu::base::id::{InteractionId, UserId};
use hufu::base::secret::Secret;
use hufu::login::Stepped;
use hufu::login::interaction::{Door, Purpose, View};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::house::{Browser, House, PASSWORD, houses, houses_with};
use super::outbox::fields;
use super::sequences_doors::{doors, with_doors};

/// What somebody else does.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub who: usize,
    pub connector: &'static str,
    pub deed: Deed,
    /// The platform says that the victim's address is theirs.
    pub claims: bool,
    /// Which door they take where they are asked.
    pub new: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Signs in by a platform.
    Platform,
    /// Adds a platform to whoever their browser is signed in as.
    Bind,
    /// Begins to add one, and comes back signed in as somebody else.
    BindAndSwitch,
    /// Asks for a code to the victim's number, and guesses.
    GuessCode,
    /// The same for a forgotten password.
    Forgot,
    /// Guesses the victim's password.
    GuessPassword,
    /// Signs in by a number of their own.
    OwnNumber,
    /// Wants the victim's number for their own account.
    WantNumber,
    /// Signs in by a platform that asks for a number: the victim's, guessed, or their own.
    ByPhone,
    /// Holds a phone up to a picture, and says yes with the right number or a wrong one.
    Picture,
    /// Is known by two keys, of which the second may be another one's.
    Union,
    /// Signs in without pages.
    Program,
    /// Has an application bind, change and take away ways in.
    Api,
}

const DEEDS: [Deed; 13] = [
    Deed::Platform,
    Deed::Bind,
    Deed::BindAndSwitch,
    Deed::GuessCode,
    Deed::Forgot,
    Deed::GuessPassword,
    Deed::OwnNumber,
    Deed::WantNumber,
    Deed::ByPhone,
    Deed::Picture,
    Deed::Union,
    Deed::Program,
    Deed::Api,
];

fn act() -> impl Strategy<Value = Act> {
    let connector = prop::sample::select(vec!["hub", "ask", "invited", "practice"]);
    (0..3_usize, connector, prop::sample::select(DEEDS.to_vec()), any::<[bool; 2]>())
        .prop_map(|(who, connector, deed, [claims, new])| Act { who, connector, deed, claims, new })
}

/// A stranger becomes an account of their own, and adds another way in to it.
fn opening() -> [Act; 2] {
    [
        Act { who: 0, connector: "ask", deed: Deed::Platform, claims: true, new: true },
        Act { who: 0, connector: "hub", deed: Deed::Bind, claims: true, new: true },
    ]
}

/// One round: the victim, and three others with a browser each.
pub(super) struct Round<'a> {
    pub house: &'a House,
    pub number: u32,
    pub victim: UserId,
    pub others: Vec<Browser>,
}

impl<'a> Round<'a> {
    pub async fn begin(house: &'a House, number: u32) -> Self {
        let victim = house.person(&format!("victim{number}")).await;
        let phone = Self::phone(number, 9);
        let email = format!("victim{number}@example.org");
        house
            .update_user(&victim, |user| {
                user.email = Some(hufu::base::people::Email::parse(&email).unwrap());
                (user.email_verified, user.phone_verified) = (true, true);
                user.phone = Some(phone);
            })
            .await;
        let round = Self { house, number, victim, others: (0..3).map(|_| house.browser()).collect() };
        // Both their ways in were proven by themselves.
        let mut own = house.browser();
        own.sign_in_as(&format!("victim{number}")).await;
        let session = house.login.session(&own.visitor).await.unwrap().unwrap();
        let Stepped::Go(url) = house.login.begin_bind(&session, "hub", &own.visitor).await.unwrap() else {
            panic!("sent to the platform")
        };
        let state = url.split("state=").nth(1).unwrap();
        let code = format!("victim-{number}");
        let union = Self::union(number, 9);
        own.come_back("hub", state, &[("code", &code), ("union", &union)]).await.unwrap();
        round.victim_has_a_phone(&mut own).await;
        round
    }

    pub fn phone(number: u32, who: u32) -> String {
        format!("+861380{who}{number:06}")
    }

    pub async fn play(&mut self, act: &Act) {
        self.house.world.clock.advance(61);
        let id = self.others[act.who].open_page(Purpose::Account).await;
        match act.deed {
            Deed::Platform | Deed::Union => {
                let stepped = self.others[act.who].login.begin(&id, act.connector, &self.others[act.who].visitor).await;
                self.there_and_back(act, stepped.unwrap()).await;
                self.at_the_doors(&id, act).await;
            }
            Deed::Bind | Deed::BindAndSwitch => self.bind(act).await,
            Deed::GuessCode => self.guess_code(&id, act, 9).await,
            Deed::OwnNumber => self.guess_code(&id, act, u32::try_from(act.who).unwrap()).await,
            Deed::Forgot => {
                for pairs in [
                    vec![("begin", "1".to_owned())],
                    vec![("phone", Self::phone(self.number, 9))],
                    vec![("code", "000000".to_owned())],
                ] {
                    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    let browser = &self.others[act.who];
                    browser.login.forgot(&id, fields(&pairs), &browser.visitor).await.unwrap();
                }
                let browser = &self.others[act.who];
                browser.login.new_password(&id, &Secret::new("mo4nkey-hack"), &browser.visitor).await.unwrap();
            }
            Deed::GuessPassword => {
                let name = if act.new {
                    format!("victim{}", self.number)
                } else {
                    format!("victim{}@example.org", self.number)
                };
                assert!(!self.others[act.who].password(&id, &name, "guess-4-me").await);
            }
            Deed::WantNumber => Box::pin(self.want_number(act)).await,
            Deed::ByPhone => self.by_phone(&id, act).await,
            Deed::Picture => self.picture(&id, act).await,
            Deed::Program => drop(self.program(act).await),
            Deed::Api => self.api(act).await,
        }
    }

    /// The platform says who they are there, and maybe that the victim's address and number are theirs.
    pub async fn there_and_back(&mut self, act: &Act, stepped: Stepped) {
        let Stepped::Go(url) = stepped else { return };
        let state = url.split("state=").nth(1).unwrap().to_owned();
        let code = format!("other-{}-{}-{}", self.number, act.who, act.connector);
        let (email, name) = (format!("victim{}@example.org", self.number), format!("victim{}", self.number));
        let mut params = vec![("code", code.as_str())];
        let union = Self::union(self.number, (act.who + usize::from(act.new)) % 3);
        if matches!(act.deed, Deed::Union) {
            params.push(("union", &union));
        }
        if act.claims {
            params.extend([("email", email.as_str()), ("proven", "1"), ("username", name.as_str())]);
        }
        let browser = &mut self.others[act.who];
        let stepped = browser.come_back(act.connector, &state, &params).await;
        browser.keep(stepped);
    }

    /// New, or the way of the old account: a guess of the victim's.
    pub async fn at_the_doors(&mut self, id: &InteractionId, act: &Act) {
        let browser = &mut self.others[act.who];
        if !matches!(browser.show(id).await, View::Stranger(_)) {
            return;
        }
        let door = if act.new { Door::New } else { Door::Existing };
        let stepped = browser.login.stranger(id, (door, "Other"), &browser.visitor).await;
        if !browser.keep(stepped) {
            let name = format!("victim{}", self.number);
            assert!(!browser.password(id, &name, "guess-4-me").await);
        }
    }

    async fn bind(&mut self, act: &Act) {
        let browser = &self.others[act.who];
        let Some(session) = browser.login.session(&browser.visitor).await.unwrap() else { return };
        let Ok(stepped) = browser.login.begin_bind(&session, act.connector, &browser.visitor).await else { return };
        if matches!(act.deed, Deed::BindAndSwitch) {
            let next = (act.who + 1) % 3;
            let session = self.others[next].visitor.session.clone();
            self.others[act.who].visitor.session.clone_from(&session);
        }
        self.there_and_back(act, stepped).await;
    }

    /// A code to a number: the victim's is guessed, one's own is read.
    async fn guess_code(&mut self, id: &InteractionId, act: &Act, whose: u32) {
        let number = Self::phone(self.number, whose);
        let sent = self.house.outbox.count();
        let browser = &mut self.others[act.who];
        let method = if act.connector == "practice" { "practice-phone" } else { "phone" };
        let begun = browser.login.begin(id, method, &browser.visitor).await;
        browser.keep(begun);
        browser.answer(id, method, &[("phone", &number), ("country", "CN")]).await;
        if self.house.outbox.count() == sent {
            return;
        }
        let code = if whose == 9 { self.house.outbox.wrong(&number) } else { self.house.outbox.code(&number) };
        browser.answer(id, method, &[("code", &code)]).await;
        self.at_the_doors(id, act).await;
    }

    async fn want_number(&mut self, act: &Act) {
        let browser = &self.others[act.who];
        let Some(session) = browser.login.session(&browser.visitor).await.unwrap() else { return };
        let stepped = browser.login.begin_own_number(&session, false, &browser.visitor).await.unwrap();
        let Stepped::Interaction(id, _) = stepped else { return };
        let number = Self::phone(self.number, 9);
        for pairs in [[("phone", number.as_str())], [("code", "000000")]] {
            browser.login.own_number(&id, fields(&pairs), &browser.visitor).await.unwrap();
        }
    }

    /// Everything of the victim that somebody could have touched.
    async fn of_victim(&self) -> String {
        let store = self.house.store();
        let user = store.user(&self.victim).await.unwrap().unwrap();
        let links = store.identities_of(&self.victim).await.unwrap();
        let links: Vec<_> =
            links.iter().map(|link| (&link.space, &link.value, &link.subject, link.last_used_at)).collect();
        let password = store.password_of(&self.victim).await.unwrap().unwrap();
        let sessions = store.sessions_of(&self.victim, self.house.world.clock.now()).await.unwrap();
        let sessions: Vec<_> = sessions.iter().map(|session| session.created_at).collect();
        format!("{user:?} {links:?} {} {} {sessions:?}", password.value, password.changed_at)
    }

    /// Rows of the practice world that real people have, and the other way round.
    async fn of_the_wrong_world(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for user in self.house.store().users(None, None, 10_000).await.unwrap() {
            for link in self.house.store().identities_of(&user.id).await.unwrap() {
                if link.space.starts_with("practice/") != user.practice {
                    wrong.push(format!("{} of {}", link.space, user.name));
                }
            }
        }
        wrong
    }
}

/// `HUFU_TEST_PROPTEST_SEED` in hexadecimal, or another one each time.
fn seed() -> [u8; 32] {
    let Ok(text) = std::env::var("HUFU_TEST_PROPTEST_SEED") else { return hufu::base::random::Random::System.bytes() };
    let byte = |number: usize| text.get(2 * number..2 * number + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    std::array::from_fn(|number| byte(number).expect("64 hexadecimal digits"))
}

#[test]
fn s75_s83_whatever_others_do_nothing_unproven_becomes_a_persons() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let houses = runtime.block_on(houses_with(&doors()));
    let cases = std::env::var("HUFU_TEST_PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    for house in &houses {
        runtime.block_on(house.with_phones());
        runtime.block_on(with_doors(house));
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 32, ..Config::default() };
        let number = std::cell::Cell::new(0_u32);
        let seed = seed();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let outcome = TestRunner::new_with_rng(config, rng).run(&prop::collection::vec(act(), 1..16), |acts| {
            number.set(number.get() + 1);
            runtime.block_on(async {
                let mut round = Round::begin(house, number.get()).await;
                let before = round.of_victim().await;
                // Every other round begins with a stranger who gets in, so that the count below is not left to chance.
                for act in opening().iter().filter(|_| number.get() % 2 == 1).chain(&acts) {
                    Box::pin(round.play(act)).await;
                }
                prop_assert_eq!(before, round.of_victim().await, "{}: {:?}", house.name(), acts);
                prop_assert!(round.of_the_wrong_world().await.is_empty(), "{:?}", round.of_the_wrong_world().await);
                for other in &round.others {
                    prop_assert!(other.user().await.is_none_or(|user| user != round.victim), "{:?}", acts);
                }
                Ok(())
            })
        });
        if let Err(error) = outcome {
            let seed = seed.map(|byte| format!("{byte:02x}")).concat();
            panic!("{}: {error}\nagain: HUFU_TEST_PROPTEST_SEED={seed}", house.name());
        }
        // The others did get somewhere, or all of it would prove nothing.
        let outcomes = runtime.block_on(house.outcomes("identity.link"));
        assert!(outcomes.iter().filter(|outcome| *outcome == "ok").count() > number.get() as usize, "{}", house.name());
        assert!(runtime.block_on(house.people()) > number.get() as usize, "{}", house.name());
    }
    // Inside the runtime, because the stores' tasks end there.
    runtime.block_on(async move { drop(houses) });
}

#[tokio::test]
async fn the_same_ways_attach_what_was_proven() {
    // So that the property above can fail: the one who owns the account does the same and succeeds.
    for house in houses().await {
        let person = house.person("ann").await;
        let mut browser = house.browser();
        let id = browser.open_page(Purpose::Account).await;
        assert!(!browser.platform(&id, "ask", &[("code", "7")]).await);
        let stepped = browser.login.stranger(&id, (Door::Existing, ""), &browser.visitor).await;
        browser.keep(stepped);
        assert!(browser.password(&id, "ann", PASSWORD).await, "{}", house.name());
        assert_eq!(house.store().identities_of(&person).await.unwrap().len(), 1, "{}", house.name());
    }
}
