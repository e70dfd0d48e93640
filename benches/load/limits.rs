//! What the machine itself allows: signatures, commits and hashes a second, with nothing around them.

use std::time::Instant;

use josekit::jws::alg::ecdsa::EcdsaJwsAlgorithm::Es256;
use josekit::jws::alg::rsassa::RsassaJwsAlgorithm::Rs256;
use josekit::jws::{JwsHeader, JwsSigner};
use sqlx::{Connection as _, SqliteConnection};

pub struct Limits {
    rs256: f64,
    es256: f64,
    commits: f64,
    grouped: f64,
    argon2: f64,
}

impl Limits {
    pub fn print(&self) {
        println!("  RS256 (2048) signatures   {:>9.0} /s  {:.3} ms", self.rs256, self.rs256_ms());
        println!("  ES256 signatures          {:>9.0} /s  {:.3} ms", self.es256, self.es256_ms());
        println!("  durable commits, alone    {:>9.0} /s", self.commits);
        println!("  durable commits, 16 each  {:>9.0} /s  {:.3} ms", self.grouped, self.grouped_commit_ms());
        println!("  argon2id 19 MiB t=2       {:>9.1} /s  {:.1} ms", self.argon2, self.argon2_ms());
    }

    pub fn rs256_ms(&self) -> f64 {
        1000.0 / self.rs256
    }

    pub fn es256_ms(&self) -> f64 {
        1000.0 / self.es256
    }

    pub fn grouped_commit_ms(&self) -> f64 {
        1000.0 / self.grouped
    }

    pub fn argon2_ms(&self) -> f64 {
        1000.0 / self.argon2
    }
}

/// Repeats `once` for about a second: times a second.
fn rate(mut once: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut times = 0.0;
    while began.elapsed().as_millis() < 1000 {
        once();
        times += 1.0;
    }
    times / began.elapsed().as_secs_f64()
}

fn signatures(signer: &dyn JwsSigner) -> f64 {
    let mut header = JwsHeader::new();
    header.set_token_type("JWT");
    rate(|| {
        josekit::jws::serialize_compact(&[b'x'; 400], &header, signer).unwrap();
    })
}

pub async fn measure() -> Limits {
    let rsa = Rs256.generate_key_pair(2048).unwrap();
    let ec = Es256.generate_key_pair().unwrap();
    let hasher = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(19_456, 2, 1, None).unwrap(),
    );
    let mut memory = vec![argon2::Block::default(); hasher.params().block_count()];
    let argon2 = rate(|| {
        let mut out = [0; 32];
        hasher.hash_password_into_with_memory(b"correct horse 1", b"0123456789abcdef", &mut out, &mut memory).unwrap();
    });
    Limits {
        rs256: signatures(&Rs256.signer_from_der(rsa.to_der_private_key()).unwrap()),
        es256: signatures(&Es256.signer_from_der(ec.to_der_private_key()).unwrap()),
        commits: commits(1).await,
        grouped: commits(16).await,
        argon2,
    }
}

/// Small durable inserts a second, `together` of them in one commit.
async fn commits(together: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}?mode=rwc", folder.path().join("limit.sqlite").display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    for statement in
        ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)"]
    {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    let began = Instant::now();
    let mut id = 0_i64;
    while began.elapsed().as_millis() < 1000 {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
        for _ in 0..together {
            id += 1;
            let insert = sqlx::query("INSERT INTO t (id, v) VALUES ($1, $2)").bind(id).bind("x".repeat(200));
            insert.execute(&mut connection).await.unwrap();
        }
        sqlx::query("COMMIT").execute(&mut connection).await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of one second's inserts")]
    let inserts = id as f64;
    inserts / began.elapsed().as_secs_f64()
}
