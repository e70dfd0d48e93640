//! A real store of each kind for a test: a SQLite file in a temporary folder,
//! and a PostgreSQL database of its own that is dropped at the end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use hufu::base::clock::Clock;
use hufu::base::secret::Secret;
use hufu::store::{Location, Store};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// Where every test clock starts.
pub const START: i64 = 1_800_000_000;

/// A store of its own for one test.
pub struct TestStore {
    /// The open store.
    pub store: Store,
    /// Where it is, to open it once more.
    pub location: Location,
    /// Stands at [`START`] until the test moves it.
    pub clock: Clock,
    place: Place,
}

/// What is removed when the test is over.
enum Place {
    Folder { _folder: tempfile::TempDir },
    Database { name: String },
}

/// One store of each kind, with its name for messages.
pub async fn stores() -> Vec<(&'static str, TestStore)> {
    vec![("SQLite", sqlite().await), ("PostgreSQL", postgres().await)]
}

/// A SQLite store in a temporary folder.
pub async fn sqlite() -> TestStore {
    let (place, location) = sqlite_place();
    opened(place, location).await
}

/// A PostgreSQL store in a database of its own.
pub async fn postgres() -> TestStore {
    let (place, location) = postgres_place().await;
    opened(place, location).await
}

async fn opened(place: Place, location: Location) -> TestStore {
    let store = Store::open(&location).await.expect("a new store opens");
    TestStore { store, location, clock: Clock::fixed(START), place }
}

fn sqlite_place() -> (Place, Location) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::Sqlite(folder.path().join("hufu.db"));
    (Place::Folder { _folder: folder }, location)
}

async fn postgres_place() -> (Place, Location) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("hufu_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    administer(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    administer(format!("CREATE DATABASE {name}")).await;
    let mut address = url::Url::parse(&server_address()).expect("HUFU_TEST_POSTGRES is a URL");
    address.set_path(&name);
    (Place::Database { name }, Location::Postgres(Secret::new(address.to_string())))
}

/// An empty place of each kind, with nothing opened in it yet.
pub async fn empty_places() -> Vec<(&'static str, EmptyPlace)> {
    let (sqlite, sqlite_location) = sqlite_place();
    let (postgres, postgres_location) = postgres_place().await;
    vec![
        ("SQLite", EmptyPlace { location: sqlite_location, _place: sqlite }),
        ("PostgreSQL", EmptyPlace { location: postgres_location, _place: postgres }),
    ]
}

/// A place for a store that a test opens itself.
pub struct EmptyPlace {
    /// Where.
    pub location: Location,
    _place: Place,
}

impl TestStore {
    /// Takes a PostgreSQL database away from everybody, or gives it back.
    pub async fn away(&self, away: bool) {
        let Place::Database { name } = &self.place else { panic!("made for PostgreSQL") };
        administer(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {}", !away)).await;
        if away {
            let those = format!("FROM pg_stat_activity WHERE datname = '{name}'");
            administer(format!("SELECT pg_terminate_backend(pid) {those}")).await;
        }
    }

    /// A connection beside the store, to do what the store never would.
    pub async fn raw(&self) -> sqlx::AnyConnection {
        raw(&self.location).await
    }
}

/// A connection beside every store at this place.
pub async fn raw(location: &Location) -> sqlx::AnyConnection {
    sqlx::any::install_default_drivers();
    let address = match location {
        Location::Sqlite(path) => format!("sqlite://{}?mode=rwc", PathBuf::from(path).display()),
        Location::Postgres(address) => address.expose().to_owned(),
    };
    sqlx::AnyConnection::connect(&address).await.expect("a second connection")
}

fn server_address() -> String {
    std::env::var("HUFU_TEST_POSTGRES").expect(
        "the tests need a PostgreSQL server: run ./check, or set HUFU_TEST_POSTGRES=postgres://user@host:port/postgres",
    )
}

async fn administer(command: String) {
    let mut connection = sqlx::PgConnection::connect(&server_address()).await.expect("the PostgreSQL server answers");
    connection.execute(AssertSqlSafe(command)).await.expect("the command for the test database runs");
    connection.close().await.expect("the connection closes");
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Database { name } = self else { return };
        let command = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        // A test's runtime may be ending, so the clean-up brings its own.
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(administer(command));
        });
        // A database that stays behind is no reason to fail a test.
        let _ = cleaning.join();
    }
}
