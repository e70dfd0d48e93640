//! GitHub's scopes: which exist, and which of them contain others (§1.3, §1.10).

const KNOWN: [&str; 11] = [
    "admin:org",
    "offline_access",
    "public_repo",
    "read:org",
    "read:user",
    "repo",
    "user",
    "user:email",
    "user:follow",
    "write:org",
    "gist",
];

/// Drops unknown scopes and those another one contains, sorts the rest:
/// `user,user:email` becomes `user`.
pub(super) fn normalised(asked: &[String]) -> Vec<String> {
    let contained = |scope: &str| asked.iter().any(|other| other != scope && contains(other, scope));
    let mut scopes: Vec<String> =
        asked.iter().filter(|scope| KNOWN.contains(&scope.as_str()) && !contained(scope)).cloned().collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

fn contains(larger: &str, smaller: &str) -> bool {
    match larger {
        "user" => matches!(smaller, "read:user" | "user:email" | "user:follow"),
        "admin:org" => matches!(smaller, "write:org" | "read:org"),
        "write:org" => smaller == "read:org",
        "repo" => smaller == "public_repo",
        _ => false,
    }
}

/// Whether the granted scopes allow what needs `scope`.
pub(super) fn allow(granted: &[String], scope: &str) -> bool {
    granted.iter().any(|one| one == scope || contains(one, scope))
}
