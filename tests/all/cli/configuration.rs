//! `hufu config`, and the mistakes of a configuration.

use serde_json::Value;

use super::Place;

fn mistakes(place: &Place, variables: &[(&str, &str)], arguments: &[&str]) -> Vec<(String, String, String)> {
    let mut all = vec!["config", "check", "--json"];
    all.extend(arguments);
    let ran = place.run_with(variables, &all, "");
    assert_eq!(ran.code, 1, "{ran:?}");
    let said: Value = serde_json::from_str(&ran.err).unwrap();
    let text = |mistake: &Value, name: &str| mistake[name].as_str().unwrap().to_owned();
    let found = said["mistakes"].as_array().unwrap().iter();
    found.map(|mistake| (text(mistake, "key"), text(mistake, "origin"), text(mistake, "text"))).collect()
}

#[test]
fn every_mistake_is_named_at_once_with_its_key_and_where_it_was_set() {
    let place = Place::new();
    place.write("hufu.toml", "lisen = \"x\"\n[log]\nformat = \"xml\"\n");
    let found = mistakes(
        &place,
        &[("HUFU_HASHING_PASSES", "0"), ("HUFU_ISUER", "https://id.example.com")],
        &["--set", "practise.enabled=true", "--set", "trusted_proxies=nonsense"],
    );
    let mut named: Vec<_> = found.iter().map(|(key, origin, _)| (key.as_str(), origin.as_str())).collect();
    named.sort_unstable();
    let expected = [
        ("hashing.passes", "HUFU_HASHING_PASSES"),
        ("isuer", "HUFU_ISUER"),
        ("lisen", "hufu.toml"),
        ("log.format", "hufu.toml"),
        ("practise.enabled", "--set practise.enabled"),
        ("trusted_proxies", "--set trusted_proxies"),
    ];
    assert_eq!(named, expected);
}

#[test]
fn an_unknown_key_is_answered_with_the_nearest_one_or_with_none() {
    let place = Place::new();
    for (key, expected) in [
        ("lisen", "did you mean listen?"),
        ("tls.certifcate", "did you mean tls.certificate?"),
        // Further than half of the word is no slip.
        ("tx", "lists them all"),
        ("colour", "lists them all"),
    ] {
        let found = mistakes(&place, &[], &["--set", &format!("{key}=1")]);
        assert!(found[0].2.contains(expected), "{key}: {found:?}");
    }
}

#[test]
fn tls_without_an_issuer_and_files_without_pem_are_mistakes_of_their_keys() {
    let place = Place::new();
    let file = place.write("chain.pem", "this is no certificate");
    let variables =
        [("HUFU_TLS_CERTIFICATE", file.as_str()), ("HUFU_TLS_KEY", &file), ("HUFU_OUTBOUND_CA_FILE", &file)];
    let found = mistakes(&place, &variables, &[]);
    let mut keys: Vec<_> = found.iter().map(|(key, ..)| key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["issuer", "outbound.ca_file", "tls.certificate", "tls.key"], "{found:?}");
}

#[test]
fn a_certificate_its_key_and_an_https_issuer_are_right() {
    let place = Place::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) =
        (place.write("chain.pem", &made.cert.pem()), place.write("key.pem", &made.signing_key.serialize_pem()));
    let variables =
        [("HUFU_TLS_CERTIFICATE", chain.as_str()), ("HUFU_TLS_KEY", &key), ("HUFU_ISSUER", "https://localhost:8443")];
    let ran = place.run_with(&variables, &["config", "check"], "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn show_says_where_each_key_was_set_and_masks_every_secret() {
    let place = Place::new();
    let variables = [
        ("HUFU_STORE", "postgres://hufu:hunter2@127.0.0.1/hufu"),
        ("HUFU_MASTER_KEY", "hunter2hunter2"),
        ("HUFU_OUTBOUND_PROXY", "http://me:hunter2@proxy.example.com:3128"),
    ];
    for arguments in [vec!["config", "show"], vec!["config", "show", "--json"]] {
        let ran = place.run_with(&variables, &arguments, "");
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(!ran.out.contains("hunter2"), "{}", ran.out);
    }
    let ran = place.run_with(&variables, &["config", "show", "--json"], "");
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let proxy = rows.iter().find(|row| row["key"] == "outbound.proxy").unwrap();
    assert_eq!((&proxy["value"], &proxy["origin"]), (&"***".into(), &"HUFU_OUTBOUND_PROXY".into()));
}
