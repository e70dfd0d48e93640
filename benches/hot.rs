//! The hot functions: what each request does besides signing and committing.

#![expect(clippy::unwrap_used, reason = "a bench that can't go on should stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hufu::base::bearer::Bearer;
use hufu::base::clock::Clock;
use hufu::base::random::Random;
use hufu::base::secret::{MasterKey, Sealer, digest};
use hufu::login::password::Rules;
use hufu::oidc::params::Params;
use hufu::oidc::response::{ResponseMode, ReturnTo};

const QUERY: &[u8] = b"client_id=01k9wiki&redirect_uri=https%3A%2F%2Fwiki.example.com%2Fcallback&response_type=code\
&scope=openid+profile+email&state=af0ifjsldkj&nonce=n-0S6_WzA2Mj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
&code_challenge_method=S256";

fn parameters(bench: &mut Criterion) {
    bench.bench_function("parameters of an authorization request", |b| {
        b.iter(|| Params::parse(black_box(QUERY)).unwrap());
    });
}

fn bearers(bench: &mut Criterion) {
    let token = Bearer::AccessToken.make(&Random::System, &Clock::System);
    bench
        .bench_function("make a bearer text", |b| b.iter(|| Bearer::AccessToken.make(&Random::System, &Clock::System)));
    bench.bench_function("recognise a bearer text", |b| b.iter(|| Bearer::AccessToken.is_shape_of(black_box(&token))));
    bench.bench_function("digest of a bearer text", |b| b.iter(|| digest(black_box(&token))));
    bench.bench_function("a ULID", |b| b.iter(|| Random::System.ulid(black_box(1_790_000_000))));
}

fn sealing(bench: &mut Criterion) {
    let sealer = Sealer::new(&MasterKey::generate(&Random::System), Random::System).unwrap();
    let sealed = sealer.seal("bench", "a client secret of some length").unwrap();
    bench.bench_function("derive the CSRF value", |b| b.iter(|| sealer.derive("csrf", black_box("browser"))));
    bench.bench_function("open a sealed secret", |b| b.iter(|| sealer.open("bench", black_box(&sealed)).unwrap()));
}

fn responses(bench: &mut Criterion) {
    let to = ReturnTo {
        redirect_uri: "https://wiki.example.com/callback?tenant=1".to_owned(),
        mode: ResponseMode::Query,
        state: Some("af0ifjsldkj".to_owned()),
        iss: "https://id.example.com".to_owned(),
    };
    bench.bench_function("the redirect with a code", |b| b.iter(|| to.code(black_box("code".to_owned())).location()));
}

fn passwords(bench: &mut Criterion) {
    let rules = Rules::default();
    bench.bench_function("judge a new password", |b| b.iter(|| rules.check(black_box("correct horse 1"), &["lilei"])));
}

criterion_group!(hot, parameters, bearers, sealing, responses, passwords);
criterion_main!(hot);
