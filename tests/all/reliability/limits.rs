//! A flood of passwords costs the gate's share and no more (security.md R37, in a size a test can afford).

use std::time::{Duration, Instant};

use futures::future::join_all;
use hufu::config::Hashing;
use hufu::store::clients::ClientMetadata;

use crate::support::http::Answer;
use crate::support::server::{PASSWORD, Setup, TestServer};
use crate::support::stores;

const FLOOD: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn r37_a_flood_of_passwords_is_turned_away_quickly_and_stops_nothing_else() {
    // Slow enough that two at a time can't be through with the flood before the patience of the last is over.
    let configure = |config: &mut hufu::config::Config| {
        config.hashing = Hashing { memory_kib: 65_536, passes: 4, permits: 2 };
    };
    let server = TestServer::start_as(stores::sqlite().await, Setup { configure, ..Setup::default() }).await;
    server.person("lin").await;
    let application = server.application().await;
    let grant_types = vec!["client_credentials".to_owned()];
    let machine = server.application_as(ClientMetadata { grant_types, ..ClientMetadata::default() }).await;
    let mut doors = Vec::new();
    for _ in 0..FLOOD {
        let browser = server.browser();
        let path = browser.authorize(&application, &[]).await.own_location(&server.issuer).expect("an interaction");
        let csrf = browser.get(&path).await.hidden("csrf").expect("a form");
        doors.push((browser, path, csrf));
    }
    let flood = join_all(doors.iter().enumerate().map(|(number, (browser, path, csrf))| async move {
        // Nobody of these names: the same work, and no account's budget in the way.
        let name = format!("nobody{number}");
        let began = Instant::now();
        let fields = [("csrf", csrf.as_str()), ("username", name.as_str()), ("password", "wrong as can be 1")];
        let posted = browser.post_form(&format!("{path}/form"), &fields).await;
        assert_eq!(posted.status, 303);
        (browser.get(path).await, began.elapsed())
    }));
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let began = Instant::now();
            let answer = server.browser().token(&machine, &[("grant_type", "client_credentials")]).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            slowest = slowest.max(began.elapsed());
        }
        slowest
    };
    let (flood, slowest) = tokio::join!(flood, meanwhile);
    let busy = |answer: &Answer| answer.status == 503;
    let turned_away = flood.iter().filter(|(answer, _)| busy(answer)).collect::<Vec<_>>();
    assert!((1..FLOOD).contains(&turned_away.len()), "{} of {FLOOD} turned away", turned_away.len());
    for (answer, waited) in &turned_away {
        assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
        assert!(answer.hidden("csrf").is_some(), "the form is there to try again");
        // Patience is 0.9 s; the rest is this machine's, which runs other tests beside.
        assert!(*waited < Duration::from_secs(4), "turned away after {waited:?}");
    }
    assert!(slowest < Duration::from_secs(2), "a token took {slowest:?} meanwhile");
    let browser = server.browser();
    let opened = browser.authorize(&application, &[]).await;
    assert!(browser.sign_in(opened, "lin").await.query("code").is_some(), "the flood is over: {PASSWORD} is enough");
}
