//! The house rules of ARCHITECTURE.md, read off the source: who may know whom,
//! which library stands where, how long a file or function may be, and that no
//! writing method and no core row goes without its test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which folders of `crate::` each folder may name.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("base", &["base"]),
    ("store", &["base", "store"]),
    ("oidc", &["base", "store", "oidc"]),
    ("connectors", &["base", "connectors"]),
    ("login", &["base", "store", "oidc", "connectors", "login", "config"]),
    ("admin", &["base", "store", "oidc", "connectors", "login", "admin"]),
    ("practice", &["base", "practice"]),
    ("demo", &["base", "demo"]),
    ("config", &["base", "store", "config"]),
    (
        "web",
        &[
            "base",
            "store",
            "oidc",
            "connectors",
            "login",
            "admin",
            "practice",
            "demo",
            "config",
            "app",
            "telemetry",
            "web",
        ],
    ),
];

/// Which files may name a library; a folder ends in `/`.
const STANDS_IN: &[(&str, &[&str])] = &[
    ("axum", &["web/", "practice/", "demo/"]),
    ("askama", &["web/", "practice/", "demo/"]),
    ("tower", &["web/", "practice/", "demo/"]),
    ("tower_http", &["web/", "practice/", "demo/"]),
    ("tower_sessions", &["web/"]),
    ("sqlx", &["store/"]),
    ("rusqlite", &["store/"]),
    ("reqwest", &["base/outbound.rs", "base/outbound/"]),
    ("josekit", &["oidc/jose.rs", "oidc/jose/"]),
];

const LONGEST_FILE: usize = 500;

struct Source {
    /// Below `src/`, with `/`.
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| Source {
            path: path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

/// Lines of code, comments and documentation left out.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source
        .text
        .lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn named_modules(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let names_in = group.split(['}', ',']).map(|word| word.split("::").next().unwrap_or("").trim().to_owned());
            names.extend(names_in.filter(|word| !word.is_empty()));
        } else {
            names.push(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

#[test]
fn layers_know_only_what_lies_below_them() {
    let mut broken = Vec::new();
    for source in sources() {
        let folder = source.path.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(name, _)| *name == folder) else { continue };
        for (number, line) in code(&source) {
            for name in named_modules(line) {
                if !allowed.contains(&name.as_str()) {
                    broken.push(format!("src/{}:{number} names crate::{name}", source.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "edges that the design forbids:\n{}", broken.join("\n"));
}

#[test]
fn libraries_stand_only_in_their_rooms() {
    let mut broken = Vec::new();
    for source in sources() {
        for (library, rooms) in STANDS_IN {
            if rooms.iter().any(|room| source.path.starts_with(room) || source.path == *room) {
                continue;
            }
            for (number, line) in code(&source) {
                if names_library(line, library) {
                    broken.push(format!("src/{}:{number} names {library}", source.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "libraries outside their rooms:\n{}", broken.join("\n"));
}

/// Whether `library::` stands in the line as a path's first word.
fn names_library(line: &str, library: &str) -> bool {
    line.match_indices(&format!("{library}::")).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
    })
}

#[test]
fn files_stay_short() {
    let mut long: Vec<String> = sources()
        .iter()
        .filter(|source| source.text.lines().count() > LONGEST_FILE)
        .map(|source| format!("src/{}: {} lines", source.path, source.text.lines().count()))
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["tests", "benches"] {
        let mut found = Vec::new();
        walk(&root.join(folder), &mut found);
        for path in found.iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
            let lines = fs::read_to_string(path).unwrap().lines().count();
            if lines > LONGEST_FILE {
                long.push(format!("{}: {lines} lines", path.strip_prefix(root).unwrap().display()));
            }
        }
    }
    assert!(long.is_empty(), "files over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

#[test]
fn every_folder_says_what_it_knows() {
    for source in sources() {
        let opens = source.text.lines().next().is_some_and(|line| line.starts_with("//!"));
        assert!(opens, "src/{} does not open with a sentence on what it is", source.path);
    }
}

#[test]
fn what_is_public_is_documented() {
    let mut bare = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let item = line.trim_start();
            let is_item =
                ["pub fn ", "pub async fn ", "pub const fn ", "pub struct ", "pub enum ", "pub trait ", "pub type "]
                    .iter()
                    .any(|start| item.starts_with(start));
            // A macro's pattern has its documentation where it is used.
            if is_item && !item.contains('$') && !is_documented(&lines[..at]) {
                bare.push(format!("src/{}:{} {item}", source.path, at + 1));
            }
        }
    }
    assert!(bare.is_empty(), "public items without a doc comment:\n{}", bare.join("\n"));
}

/// Whether the lines above an item end in a doc comment, attributes aside.
fn is_documented(above: &[&str]) -> bool {
    let mut in_attribute = false;
    for line in above.iter().rev().map(|line| line.trim()) {
        if line.starts_with("///") {
            return true;
        }
        if line.ends_with(")]") || line.ends_with(']') {
            in_attribute = !line.starts_with("#[");
            continue;
        }
        if in_attribute {
            in_attribute = !line.starts_with("#[");
            continue;
        }
        return false;
    }
    false
}

#[test]
fn every_writing_method_of_the_store_meets_its_race() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/store");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let races = files.filter(|file| file.file_name().unwrap().to_string_lossy().starts_with("races"));
    let races: String = races.map(|file| fs::read_to_string(file).unwrap()).collect();
    let mut missing = Vec::new();
    for source in sources().iter().filter(|source| source.path.starts_with("store/")) {
        let mut in_tx = false;
        for line in source.text.lines() {
            if line.starts_with("impl ") {
                in_tx = line.starts_with("impl Tx");
            }
            let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else { continue };
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if in_tx && !races.contains(&name) {
                missing.push(format!("src/{}: {name}", source.path));
            }
        }
    }
    assert!(missing.is_empty(), "writing methods that no tests/all/store/races*.rs names:\n{}", missing.join("\n"));
}

#[test]
fn migrations_have_numbers_of_their_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut numbers: Vec<_> = names.map(|name| name.split('_').next().unwrap().to_owned()).collect();
    numbers.sort();
    let all = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "two parts took one number: no store would open");
}

#[test]
fn tables_have_two_column_types_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files = Vec::new();
    walk(&root, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().map(str::trim).filter(|line| line.ends_with(',') || line.ends_with("NULL")) {
            let words: Vec<&str> = line.trim_end_matches(',').split_whitespace().collect();
            let is_column = words.len() >= 2
                && words[0].chars().all(|c| c.is_ascii_lowercase() || c == '_')
                && !["values"].contains(&words[0]);
            if is_column {
                assert!(["TEXT", "BIGINT"].contains(&words[1]), "{}: {line}", file.display());
            }
        }
    }
}

/// Rows of security.md §2 that bind from the first release on: §2.1–§2.5, §2.7,
/// the logout rows of §2.9 and the rows of §2.10.
fn core_rows() -> BTreeSet<u32> {
    (1..=112).chain(119..=135).chain(164..=196).collect()
}

/// Rows that no test of this repository can prove, each with its reason.
const NOT_TESTABLE_HERE: &[(u32, &str)] = &[
    (124, "speaks of DPoP-bound tokens, which are not issued yet"),
    (61, "speaks of pushed authorization requests, which are refused today"),
];

/// The core modules of protocol.md (B in its second column; the RP-initiated rows; the discovery check), `-` as `_`.
const CORE_MODULES: &[&str] = &[
    "server",
    "response_type_missing",
    "idtoken_signature",
    "userinfo_get",
    "userinfo_post_header",
    "userinfo_post_body",
    "ensure_request_without_nonce_succeeds_for_code_flow",
    "scope_profile",
    "scope_email",
    "scope_address",
    "scope_phone",
    "scope_all",
    "alternate_happy_flow",
    "display_page",
    "display_popup",
    "prompt_login",
    "prompt_none_not_logged_in",
    "prompt_none_logged_in",
    "id_token_hint",
    "max_age_1",
    "max_age_10000",
    "ensure_request_with_unknown_parameter_succeeds",
    "login_hint",
    "ui_locales",
    "claims_locales",
    "ensure_request_with_acr_values_succeeds",
    "codereuse",
    "codereuse_30seconds",
    "ensure_registered_redirect_uri",
    "ensure_post_request_succeeds",
    "server_client_secret_post",
    "request_uri_unsigned",
    "unsigned_request_object",
    "ensure_request_object_with_redirect_uri",
    "claims_essential",
    "refresh_token",
    "ensure_request_with_valid_pkce_succeeds",
    "discovery_endpoint_verification",
    "rp_initiated_logout",
    "rp_initiated_logout_no_state",
    "rp_initiated_logout_bad_post_logout_redirect_uri",
    "rp_initiated_logout_query_added",
    "rp_initiated_logout_modified_id_token_hint",
    "rp_initiated_logout_bad_id_token_hint",
    "rp_initiated_logout_no_id_token_hint",
    "rp_initiated_logout_no_params",
    "rp_initiated_logout_no_post_logout_redirect_uri",
    "rp_initiated_logout_only_state",
];

#[test]
fn core_modules_without_a_test_are_listed() {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut files);
    let mut names = String::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "rs")) {
        let text = fs::read_to_string(file).unwrap();
        for name in text.lines().filter_map(|line| line.trim_start().split("fn ").nth(1)) {
            names.push('_');
            names.push_str(name.split('(').next().unwrap_or_default());
            names.push_str("_\n");
        }
    }
    let open: Vec<_> = CORE_MODULES.iter().filter(|module| !names.contains(&format!("_p_{module}_"))).collect();
    assert!(open.is_empty(), "core modules of protocol.md without a test named p_{{module}}_…: {open:?}");
}

#[test]
fn core_rows_without_a_test_are_listed() {
    let mut files = Vec::new();
    for folder in ["tests", "src"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let mut proven = BTreeSet::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "rs")) {
        let text = fs::read_to_string(file).unwrap();
        for line in text.lines().filter_map(|line| line.trim_start().split("fn ").nth(1)) {
            for word in line.split(['(', '_']) {
                if let Some(row) = word.strip_prefix('s').and_then(|digits| digits.parse::<u32>().ok()) {
                    proven.insert(row);
                }
            }
        }
    }
    let excused: BTreeSet<u32> = NOT_TESTABLE_HERE.iter().map(|(row, _)| *row).collect();
    let open: Vec<u32> =
        core_rows().into_iter().filter(|row| !proven.contains(row) && !excused.contains(row)).collect();
    assert!(open.is_empty(), "core rows of security.md §2 without a test named s{{row}}_…: {open:?}");
}
