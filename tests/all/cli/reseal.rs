//! `hufu key reseal`: another master key, and everything that was sealed stays readable.

use hufu::store::Location;
use serde_json::Value;

use super::{Place, Ran};
use crate::reliability::program::Installation;
use crate::support::stores::empty_places;

const SECRET: &str = "0123456789abcdef0123456789abcdef01234567";

/// A store with every kind of sealed value in it, and the variables that open it.
struct Sealed {
    place: Place,
    variables: Vec<(String, String)>,
}

impl Sealed {
    fn new(location: &Location) -> Self {
        let place = Place::new();
        let key = place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
        let store = match location {
            Location::Sqlite(path) => format!("sqlite:{}", path.display()),
            Location::Postgres(address) => address.expose().to_owned(),
        };
        let variables = vec![("HUFU_STORE".to_owned(), store), ("HUFU_MASTER_KEY".to_owned(), key)];
        let sealed = Self { place, variables };
        let github = ["connector", "add", "github", "--title", "GitHub", "--field", "client_id=Ov23liabc"];
        sealed.done(&github, SECRET);
        let sender =
            ["sender", "add", "aliyun", "main", "--field", "access_key_id=LTAI5t", "--field", "sign_name=Hufu"];
        sealed.done(&[&sender[..], &["--field", "template_code=SMS_1"]].concat(), SECRET);
        let jwt = ["app", "add", "--id", "jwt", "--name", "JWT", "--redirect-uri", "https://rp.example/cb"];
        sealed.done(&[&jwt[..], &["--auth-method", "client_secret_jwt"]].concat(), "");
        sealed
    }

    fn run(&self, arguments: &[&str], input: &str) -> Ran {
        let variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.place.run_with(&variables, &[arguments, &["--json"]].concat(), input)
    }

    fn done(&self, arguments: &[&str], input: &str) -> Value {
        let ran = self.run(arguments, input);
        assert_eq!(ran.code, 0, "hufu {arguments:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap()
    }

    fn with_key(&self, key: &str) -> Self {
        let mut variables = self.variables.clone();
        variables.push(("HUFU_MASTER_KEY".to_owned(), key.to_owned()));
        variables.push(("HUFU_ISSUER".to_owned(), format!("http://localhost:{}", self.place.address().1)));
        Self { place: Place::new(), variables }
    }

    fn new_key(&self) -> (String, String) {
        let key = self.place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
        let path = self.place.write("new.key", &format!("{key}\n"));
        (key, path)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_master_key_opens_everything_and_the_old_one_nothing() {
    for (store, at) in empty_places().await {
        let sealed = Sealed::new(&at.location);
        let before = sealed.done(&["key", "list"], "");
        let (key, path) = sealed.new_key();
        let said = sealed.done(&["key", "reseal", &path], "");
        assert!(said["keys"].as_i64().unwrap() >= 2 && said["connectors"] == 1, "{store}: {said}");
        assert_eq!((&said["senders"], &said["applications"]), (&1.into(), &1.into()), "{store}: {said}");
        let old = sealed.run(&["key", "list"], "");
        assert_eq!(old.code, 1, "{store}");
        assert!(old.err.contains("master key is not the one"), "{store}: {old:?}");
        let again = sealed.run(&["key", "reseal", &path], "");
        assert_eq!(again.code, 1, "{store}: the old key fits nothing any more");
        let now = sealed.with_key(&key);
        assert_eq!(now.done(&["key", "list"], ""), before, "{store}: the signing keys are the same");
        let found = now.run(&["doctor"], "");
        assert!(found.out.contains("github") && !found.out.contains("does not open"), "{store}: {found:?}");
        // An edit opens the secret that stands, and seals it again.
        now.done(&["connector", "edit", "github", "--title", "Code"], "");
        now.done(&["sender", "set", "main", "--field", "template_code=SMS_2"], "");
        now.done(&["app", "secret", "jwt"], "");
    }
}

#[test]
fn the_key_file_beside_the_store_is_replaced_and_the_old_one_kept() {
    let place = Place::new();
    place.json(&["key", "list"]);
    let file = place.folder().join("data").join("master.key");
    let old = std::fs::read_to_string(&file).unwrap();
    let key = place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
    let path = place.write("new.key", &key);
    let said = place.run(&["key", "reseal", &path]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), key);
    assert_eq!(std::fs::read_to_string(place.folder().join("data").join("master.key.before")).unwrap(), old);
    place.json(&["key", "list"]);
}

#[test]
fn a_reseal_that_can_not_be_done_changes_nothing_and_says_why() {
    let place = Place::new();
    place.json(&["key", "list"]);
    let broken = place.write("broken.key", "no key");
    assert!(place.refused(&["key", "reseal", &broken]).contains("32 bytes"));
    assert!(place.refused(&["key", "reseal", "nowhere.key"]).contains("nowhere.key"));
    let same = place.folder().join("data").join("master.key");
    assert!(place.refused(&["key", "reseal", same.to_str().unwrap()]).contains("the same key"));
    let key = place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
    let path = place.write("new.key", &key);
    let listening = std::net::TcpListener::bind(place.address()).unwrap();
    assert!(place.refused(&["key", "reseal", &path]).contains("stop the server first"));
    drop(listening);
    place.json(&["key", "list"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_still_runs_with_the_old_key_stops_by_itself() {
    let (_, at) = empty_places().await.pop().unwrap();
    let installation = Installation::on(&at.location, &[("log.level", "error")]);
    let mut program = installation.start().await;
    let place = Place::new();
    let key = place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
    let path = place.write("new.key", &key);
    // From another machine: nothing listens there.
    let issuer = installation.issuer();
    let away = [("HUFU_LISTEN", "127.0.0.1:0"), ("HUFU_ISSUER", issuer.as_str())];
    installation.command_line_with(&away, &["key", "reseal", &path]);
    assert!(program.ends().await, "{}", installation.said());
    assert!(installation.said().contains("sealed with another master key"), "{}", installation.said());
}

#[test]
fn a_reseal_that_was_interrupted_names_the_key_that_fits() {
    let place = Place::new();
    place.json(&["key", "list"]);
    let data = place.folder().join("data");
    let key = place.json(&["key", "master"])["master_key"].as_str().unwrap().to_owned();
    let path = place.write("new.key", &key);
    assert_eq!(place.run(&["key", "reseal", &path]).code, 0);
    // As it stands when the power goes after the store was sealed.
    std::fs::rename(data.join("master.key"), data.join("master.key.next")).unwrap();
    std::fs::rename(data.join("master.key.before"), data.join("master.key")).unwrap();
    assert!(place.refused(&["key", "list"]).contains("rename it to master.key"));
    std::fs::rename(data.join("master.key.next"), data.join("master.key")).unwrap();
    place.json(&["key", "list"]);
}
