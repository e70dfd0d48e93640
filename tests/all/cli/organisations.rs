//! `hufu org …`.

use serde_json::{Value, json};

use super::Place;

const ORG: &str = "例子公司 & Sons";

/// With an organisation and a person.
fn place() -> (Place, Value) {
    let place = Place::new();
    let org = place.json(&["org", "add", "--name", ORG]);
    place.json_of(&["user", "add", "--username", "lei", "--no-password"], "");
    (place, org)
}

#[test]
fn an_organisation_is_made_changed_switched_and_deleted_once_that_is_said_twice() {
    let (place, org) = place();
    assert_eq!((&org["name"], &org["enabled"], &org["practice"]), (&json!(ORG), &json!(true), &json!(false)));
    let id = org["id"].as_str().unwrap();
    assert_eq!(place.json(&["org", "list"])[0]["id"], id);
    assert_eq!(place.json(&["org", "add", "--name", "Zzz", "--practice"])["practice"], true);
    let logo = place.folder().join("logo.png");
    std::fs::write(&logo, [0x89, b'P', b'N', b'G', 1, 2, 3]).unwrap();
    let set =
        ["org", "set", id, "--name", "Example", "--rule", "invited", "--registration", "off", "--sync-hours", "6"];
    let changed = place.json(&[&set[..], &["--logo", logo.to_str().unwrap()]].concat());
    let told = |name: &str| changed[name].clone();
    assert_eq!(
        [told("name"), told("rule"), told("registration"), told("sync_every"), told("logo")],
        [json!("Example"), json!("invited"), json!(false), json!(21600), json!(true)]
    );
    let back =
        place.json(&["org", "set", "Example", "--rule", "", "--registration", "", "--sync-hours", "", "--logo", ""]);
    assert_eq!(
        (&back["rule"], &back["registration"], &back["sync_every"], &back["logo"]),
        (&Value::Null, &Value::Null, &Value::Null, &json!(false))
    );
    for (wrong, word) in [
        (["--rule", "everybody"], "--rule"),
        (["--registration", "perhaps"], "--registration"),
        (["--sync-hours", "soon"], "--sync-hours"),
        (["--sync-hours", "0"], "an hour to a week"),
        (["--connector", "nobody"], "no connector named nobody"),
        (["--name", " \u{200b} "], "name"),
    ] {
        let said = place.refused(&[&["org", "set", "Example"][..], &wrong[..]].concat());
        assert!(said.contains(word), "{wrong:?}: {said}");
    }
    assert_eq!(place.json(&["org", "disable", "Example"])["enabled"], false);
    assert_eq!(place.json(&["org", "enable", "Example"])["enabled"], true);
    assert_eq!(place.json(&["org", "delete", "Example"])["deleted"], false);
    assert_eq!(place.json(&["org", "show", "Example"])["id"], id);
    assert_eq!(place.json(&["org", "delete", "Example", "--yes"])["deleted"], true);
    assert!(place.refused(&["org", "show", id]).contains("there is no"));
}

#[test]
fn people_are_members_with_roles_and_places_until_they_are_not() {
    let (place, _) = place();
    let research = place.json(&["org", "department", "add", ORG, "Research"])["id"].as_str().unwrap().to_owned();
    let under = place.json(&["org", "department", "add", ORG, "Compilers", "--parent", &research]);
    let under = under["id"].as_str().unwrap();
    assert_eq!(place.json(&["org", "department", "list", ORG]).as_array().unwrap().len(), 2);
    assert!(place.refused(&["org", "department", "add", ORG, "X", "--parent", "nowhere"]).contains("parent"));
    assert!(place.refused(&["org", "department", "place", ORG, under, "lei"]).contains("there is no"));
    place.json(&["org", "add-member", ORG, "lei", "--role", "admin", "--role", "billing"]);
    assert!(place.refused(&["org", "add-member", ORG, "lei", "--role", "two words"]).contains("roles"));
    place.json(&["org", "department", "place", ORG, under, "lei"]);
    let members = place.json(&["org", "members", ORG]);
    assert_eq!((&members[0]["username"], &members[0]["roles"]), (&json!("lei"), &json!(["admin", "billing"])));
    assert_eq!(members[0]["source"], "manual");
    let shown = place.json(&["org", "show", ORG]);
    assert_eq!((&shown["members"], &shown["departments"]), (&json!(1), &json!(2)));
    assert!(place.refused(&["org", "department", "remove", ORG, &research]).contains("only an empty department"));
    place.json(&["org", "department", "displace", ORG, under, "lei"]);
    place.json(&["org", "department", "remove", ORG, under]);
    place.json(&["org", "department", "remove", ORG, &research]);
    assert_eq!(place.json(&["org", "remove-member", ORG, "lei"]), json!({ "sessions": 0, "grants": 0 }));
    assert!(place.refused(&["org", "remove-member", ORG, "lei"]).contains("such member"));
    place.json(&["org", "new-people", "password", ORG]);
    place.json(&["org", "new-people", "password"]);
    assert!(place.refused(&["org", "new-people", "nobody", ORG]).contains("no connector"));
}

#[test]
fn a_company_comes_with_its_sign_in_method_from_the_same_credentials_or_not_at_all() {
    let (place, _) = place();
    let add = |fields: &[&str]| {
        let mut all = vec!["org", "add", "--name", "Acme 公司", "--connector"];
        all.extend_from_slice(fields);
        all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    let wecom = add(&["wecom", "--field", "corpid=wwacme0001", "--field", "agentid=1000002"]);
    let wecom: Vec<&str> = wecom.iter().map(String::as_str).collect();
    let made = place.json_of(&wecom, "the-app-secret\n");
    let rows = place.json(&["connector", "list"]);
    let row = rows.as_array().unwrap().iter().find(|row| row["kind"] == "wecom").expect("the sign-in method");
    assert_eq!((&row["title"], &row["name"]), (&json!("Acme 公司"), &made["connector_name"]));
    assert!(made["callback_url"].as_str().unwrap().ends_with(&format!("/callback/{}", row["name"].as_str().unwrap())));
    assert!(!place.json(&["org", "show", "Acme 公司"])["connector"].is_null());
    assert!(!made.to_string().contains("the-app-secret"));
    let listed = place.json(&["org", "list"]);
    let acme = listed.as_array().unwrap().iter().find(|org| org["name"] == "Acme 公司").unwrap();
    assert_eq!(acme["connector_name"], made["connector_name"]);
    let table = place.run(&["org", "list"]).out;
    let name = made["connector_name"].as_str().unwrap();
    assert!(table.lines().any(|line| line.contains("Acme 公司") && line.ends_with(name)), "{table}");
    // Another company of the same platform gets a name of its own.
    let dingtalk = [
        "org",
        "add",
        "--name",
        "Ding",
        "--connector",
        "dingtalk",
        "--field",
        "corp_id=dingacme",
        "--field",
        "app_key=dingkey",
        "--field",
        "agent_id=7",
    ];
    assert!(!place.json_of(&dingtalk, "secret\n")["callback_url"].is_null());
    let (orgs, connectors) = (place.json(&["org", "list"]), place.json(&["connector", "list"]));
    for wrong in [
        vec!["org", "add", "--name", "Bad", "--connector", "wecom", "--field", "corpid=not a corp"],
        vec!["org", "add", "--name", "Bad", "--connector", "wecom", "--field", "colour=red"],
        vec!["org", "add", "--name", "Bad", "--connector", "nothing", "--field", "a=b"],
        vec!["org", "add", "--name", "Bad", "--field", "a=b"],
        vec!["org", "add", "--name", "", "--connector", "wecom", "--field", "corpid=wwacme0002"],
        vec!["org", "add", "--name", "Bad", "--connector", "password"],
        vec!["org", "add", "--name", "Bad", "--connector", made["connector_name"].as_str().unwrap()],
    ] {
        assert!(!place.refused(&wrong).is_empty(), "{wrong:?}");
    }
    assert_eq!(
        (place.json(&["org", "list"]), place.json(&["connector", "list"])),
        (orgs, connectors),
        "nothing half made"
    );
}

#[test]
fn domains_and_verification_files_are_kept_and_a_directory_is_read_where_there_is_one() {
    let (place, _) = place();
    assert_eq!(place.json(&["org", "domain", "add", ORG, "Example.COM.", "--verified"])["verified"], true);
    assert_eq!(place.json(&["org", "show", ORG])["domains"], json!([{ "domain": "example.com", "verified": true }]));
    place.json(&["org", "add", "--name", "Other"]);
    assert!(place.refused(&["org", "domain", "add", "Other", "example.com"]).contains("another organisation"));
    assert!(place.refused(&["org", "domain", "add", ORG, "localhost"]).contains("domain"));
    place.json(&["org", "domain", "remove", ORG, "example.com"]);
    assert!(place.refused(&["org", "domain", "remove", ORG, "example.com"]).contains("there is no"));
    let file = place.write("WW_verify_AbC123.txt", "AbC123");
    let added = place.json(&["org", "verification-file", "add", &file]);
    assert!(added["address"].as_str().unwrap().ends_with("/WW_verify_AbC123.txt"), "{added}");
    assert_eq!(place.json(&["org", "verification-file", "list"])[0]["name"], "WW_verify_AbC123.txt");
    let other = place.write("index.html", "x");
    assert!(place.refused(&["org", "verification-file", "add", &other]).contains("platform"));
    assert!(place.refused(&["org", "verification-file", "add", "not-there.txt"]).contains("not-there.txt"));
    place.json(&["org", "verification-file", "remove", "WW_verify_AbC123.txt"]);
    assert_eq!(place.json(&["org", "verification-file", "list"]), json!([]));
    assert!(place.refused(&["org", "sync", ORG, "--dry-run"]).contains("has no directory"));
    assert_eq!(place.json(&["org", "runs", ORG]), json!([]));
}
