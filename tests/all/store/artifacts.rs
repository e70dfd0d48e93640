//! Everything that expires: put, look, swap, charge, exchange, replace, revoke, sweep.

use hufu::store::Error;
use hufu::store::artifact::{Exchange, Kind};

use super::make::{artifact, write};
use crate::support::stores::{START, stores};

#[tokio::test]
async fn what_is_put_is_found_by_kind_and_digest() {
    for (name, at) in stores().await {
        for kind in [Kind::AuthorizationCode, Kind::RefreshToken] {
            write!(at.store, put(&artifact(kind, "d"))).expect(name);
        }
        let found = at.store.look(Kind::RefreshToken, "d").await.expect(name).expect(name);
        assert_eq!(found.read::<Vec<String>>().expect(name), ["payload"]);
        assert_eq!((found.version, found.tries, found.taken_at), (1, 0, None));
        assert_eq!(found.owner.as_deref(), Some("browser"));
        assert!(found.is_live(START) && !found.is_live(START + 60));
        assert!(at.store.look(Kind::AccessToken, "d").await.expect(name).is_none(), "{name}: another kind");
        let again = write!(at.store, put(&artifact(Kind::AuthorizationCode, "d")));
        assert!(matches!(again, Err(Error::Conflict("artifact"))), "{name}: {again:?}");
    }
}

#[tokio::test]
async fn an_exchange_happens_once_and_reuse_names_what_it_bought() {
    for (name, at) in stores().await {
        write!(at.store, put(&artifact(Kind::RefreshToken, "old"))).expect(name);
        let first = write!(
            at.store,
            exchange(Kind::RefreshToken, "old", START, Some("new"), &[artifact(Kind::RefreshToken, "new")])
        );
        assert!(matches!(first, Ok(Exchange::First)), "{name}: {first:?}");
        let again = write!(at.store, exchange(Kind::RefreshToken, "old", START + 5, Some("x"), &[])).expect(name);
        let Exchange::Again { grant_id, taken_at, successor } = again else { panic!("{name}: {again:?}") };
        assert_eq!(grant_id.expect(name).as_str(), "g");
        assert_eq!((taken_at, successor.as_deref()), (START, Some("new")));
        let late = write!(at.store, exchange(Kind::RefreshToken, "new", START + 60, None, &[]));
        assert!(matches!(late, Ok(Exchange::Missing)), "{name}: an expired one was taken: {late:?}");
    }
}
