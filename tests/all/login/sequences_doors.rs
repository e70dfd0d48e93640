//! The doors of the property in `sequences`: numbers asked for after a platform, pictures, second keys, sign-ins
//! without pages, and ways in that an application changes.

use std::sync::Arc;

use hufu::base::id::InteractionId;
use hufu::base::secret::{Secret, digest};
use hufu::connectors::Connector;
use hufu::login::Stepped;
use hufu::login::challenge::Challenged;
use hufu::login::identities::{Asker, PlatformCode, TypedNumber};
use hufu::login::interaction::View;
use hufu::login::scan::ScanState;
use hufu::oidc::params::Params;
use hufu::store::connectors::FirstSignIn;

use super::handset::{Handset, WECHAT, phone, push, scripted};
use super::house::{Browser, House, Named, Platform};
use super::outbox::fields;
use super::sequences::{Act, Round};
use crate::oidc::world::HERE;

const SHOP: &str = "shop";
const VERIFIER: &str = "a-verifier-of-an-application-without-pages-1";

/// The scripted platforms behind them.
pub(super) fn doors() -> [Named; 3] {
    let program: Arc<dyn Connector> = Arc::new(Handset { program: true, ..Handset::default() });
    let phones: Arc<dyn Connector> = Arc::new(Platform::default());
    [scripted(&Arc::new(Handset::default())), ("mini", program), ("byphone", phones)]
}

/// Their rows, and an application that signs people in without pages.
pub(super) async fn with_doors(house: &House) {
    house.add_connector("scan", "oidc", |_| {}).await;
    house.add_connector("mini", "oidc", |_| {}).await;
    house.add_connector("byphone", "oidc", |row| row.rule = FirstSignIn::BindPhone).await;
    house.world.client(SHOP, |shop| (shop.first_party, shop.authorization_challenge) = (true, true)).await;
}

impl Round<'_> {
    /// The second key of somebody's platform account.
    pub fn union(number: u32, who: usize) -> String {
        format!("union-{number}-{who}")
    }

    /// What a phone's platform calls its owner.
    fn owner(&self, who: usize) -> String {
        format!("phone-{}-{who}", self.number)
    }

    /// The victim's phone is a way in of theirs, as they proved.
    pub async fn victim_has_a_phone(&self, own: &mut Browser) {
        let session = own.login.session(&own.visitor).await.unwrap().unwrap();
        WECHAT.clone_into(&mut own.visitor.agent);
        let Stepped::Go(url) = own.login.begin_bind(&session, "scan", &own.visitor).await.unwrap() else {
            panic!("sent to the platform")
        };
        let state = url.split("state=").nth(1).unwrap();
        own.come_back("scan", state, &[("code", &self.owner(9))]).await.unwrap();
        let links = self.house.store().identities_of(&self.victim).await.unwrap();
        assert_eq!(links.len(), 3, "a platform with two keys, and a phone: {links:?}");
    }

    /// A platform that asks for a number: the victim's, guessed, or one's own.
    pub async fn by_phone(&mut self, id: &InteractionId, act: &Act) {
        let act = Act { connector: "byphone", ..act.clone() };
        let browser = &self.others[act.who];
        let stepped = browser.login.begin(id, "byphone", &browser.visitor).await.unwrap();
        self.there_and_back(&act, stepped).await;
        let browser = &mut self.others[act.who];
        if !matches!(browser.show(id).await, View::Number(_)) {
            return;
        }
        let whose = if act.new { u32::try_from(act.who).unwrap() } else { 9 };
        let (number, sent) = (Self::phone(self.number, whose), self.house.outbox.count());
        let asked = browser.login.stranger_number(id, fields(&[("phone", &number)]), &browser.visitor).await;
        browser.keep(asked);
        if self.house.outbox.count() == sent {
            return;
        }
        let code = if whose == 9 { self.house.outbox.wrong(&number) } else { self.house.outbox.code(&number) };
        let said = browser.login.stranger_number(id, fields(&[("code", &code)]), &browser.visitor).await;
        browser.keep(said);
    }

    /// A picture: scanned by somebody's phone (the victim's scans and says nothing), answered rightly or not.
    pub async fn picture(&mut self, id: &InteractionId, act: &Act) {
        let whose = if act.connector == "invited" { 9 } else { (act.who + usize::from(act.claims)) % 3 };
        let name = self.owner(whose);
        let login = self.house.login.clone();
        let browser = &mut self.others[act.who];
        let begun = browser.login.begin(id, "scan", &browser.visitor).await;
        browser.keep(begun);
        let View::Scan(view) = browser.show(id).await else { return };
        let scene = view.text.unwrap().rsplit('/').next().unwrap().to_owned();
        let (_, link) = push(&login, &format!("seen {scene} {name}")).await;
        let early = browser.login.finish_scan(id, &browser.visitor).await;
        assert!(!browser.keep(early), "nobody said yes");
        let Some(ScanState::Seen { number }) = browser.login.scan_state(id, &browser.visitor).await.unwrap() else {
            return;
        };
        if whose != 9 {
            let (token, holder) = (link.rsplit('/').next().unwrap(), phone(whose, "test"));
            login.confirm(token, &holder).await.unwrap();
            let said = if act.new { number } else { number.wrapping_add(1) };
            login.answer_confirmation(token, Some(said), &holder).await.unwrap();
        }
        let stepped = browser.login.finish_scan(id, &browser.visitor).await;
        browser.keep(stepped);
        self.at_the_doors(id, act).await;
    }

    /// Without pages: a guess of the victim's password or code, one's own number, or one's own program.
    pub async fn program(&mut self, act: &Act) -> Option<String> {
        let own = Self::phone(self.number, u32::try_from(act.who).unwrap());
        let (victim, name) = (Self::phone(self.number, 9), format!("victim{}", self.number));
        let owner = self.owner(act.who);
        let first = match act.connector {
            "hub" => vec![("username", name.as_str()), ("password", "guess-4-me")],
            "ask" => vec![("phone", victim.as_str())],
            "invited" => vec![("phone", own.as_str())],
            _ => vec![("connector", "mini"), ("code", owner.as_str())],
        };
        let challenge = digest(VERIFIER);
        let request = [("scope", "openid account"), ("code_challenge", &challenge), ("code_challenge_method", "S256")];
        let sent = self.house.outbox.count();
        let mut said = self.challenged(&[&request[..], &first].concat()).await?;
        let number = if act.connector == "ask" { &victim } else { &own };
        let code = match act.connector {
            "ask" | "invited" if self.house.outbox.count() == sent => return None,
            "ask" => self.house.outbox.wrong(number),
            "invited" => self.house.outbox.code(number),
            _ => String::new(),
        };
        // The code where one was sent, a guess of the old account, then a new one.
        let guess = [("username", name.as_str()), ("password", "guess-4-me")];
        let register = [("register", "true"), ("name", "Other")];
        for fields in [&[("code", code.as_str())][..], &guess, &register] {
            let Challenged::More { auth_session, .. } = &said else { break };
            if fields[0] == ("code", "") {
                continue;
            }
            let next = [&[("auth_session", auth_session.as_str())], fields].concat();
            said = self.challenged(&next).await?;
        }
        let Challenged::Code { authorization_code, .. } = said else { return None };
        let redeem = [
            ("grant_type", "authorization_code"),
            ("code", &authorization_code),
            ("code_verifier", VERIFIER),
            ("client_id", SHOP),
        ];
        let tokens = self.house.login_token(&redeem).await;
        Some(tokens)
    }

    async fn challenged(&self, fields: &[(&str, &str)]) -> Option<Challenged> {
        let pairs = fields.iter().chain(&[("client_id", SHOP)]);
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let visitor = self.house.browser().visitor;
        Box::pin(self.house.login.challenge(&Params::from_pairs(pairs), None, visitor)).await.ok()
    }

    /// An application that asks for its person: the victim's number, another one's account, the victim's ways in.
    pub async fn api(&mut self, act: &Act) {
        let by = if act.new { "practice" } else { "invited" };
        let Some(token) = self.program(&Act { connector: by, ..act.clone() }).await else { return };
        let visitor = self.house.browser().visitor;
        let login = &self.house.login;
        let asker: Asker = login.asks_for_self(&token, &visitor).await.unwrap();
        let typed = |phone: String| TypedNumber { phone, country: None, code: None, lang: None };
        let victim = typed(Self::phone(self.number, 9));
        if login.send_to_new_number(&asker, &victim, &visitor).await.is_ok() {
            let wrong = Secret::new(self.house.outbox.wrong(&victim.phone));
            assert!(login.bind_number(&asker, (&victim, &wrong), &visitor).await.is_err());
        }
        // What their own program gives is theirs, whoever has it already; what another's gives is not the victim's.
        let whose = (act.who + usize::from(act.claims)) % 3;
        let given =
            PlatformCode { connector: "mini".to_owned(), code: Secret::new(self.owner(whose)), phone_code: None };
        let _ = login.bind_by_code(&asker, given, &visitor).await;
        for link in self.house.store().identities_of(&self.victim).await.unwrap() {
            assert!(login.unbind_for(&asker, &link.subject, None, &visitor).await.is_err(), "not theirs");
        }
    }
}

impl House {
    /// An access token for a code.
    async fn login_token(&self, pairs: &[(&str, &str)]) -> String {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.world.oidc.token(&Params::from_pairs(pairs), None, HERE).await.unwrap().access_token
    }
}

#[tokio::test]
async fn each_door_lets_its_owner_through() {
    // So that the property can fail: by every door somebody who proves themselves gets where they want.
    use super::sequences::Deed;
    for house in super::house::houses_with(&doors()).await {
        house.with_phones().await;
        with_doors(&house).await;
        let mut round = Round::begin(&house, 1).await;
        for (who, deed, connector) in [
            (0, Deed::ByPhone, "hub"),
            (1, Deed::Picture, "hub"),
            (2, Deed::Union, "hub"),
            (0, Deed::Program, "invited"),
        ] {
            let before = house.people().await;
            let act = Act { who, connector, deed, claims: false, new: true };
            Box::pin(round.play(&act)).await;
            // Whose number it is, the first act has told; it is the same person's without pages.
            let is_new = usize::from(!matches!(deed, Deed::Program));
            assert_eq!(house.people().await - before, is_new, "{}: {deed:?}", house.name());
        }
        let act = Act { who: 0, connector: "invited", deed: Deed::Program, claims: false, new: true };
        house.world.clock.advance(61);
        let token = round.program(&act).await.expect("an access token");
        let visitor = house.browser().visitor;
        let asker = house.login.asks_for_self(&token, &visitor).await.unwrap();
        let given = PlatformCode { connector: "mini".to_owned(), code: Secret::new("a phone"), phone_code: None };
        assert!(house.login.bind_by_code(&asker, given, &visitor).await.is_ok(), "{}", house.name());
    }
}
