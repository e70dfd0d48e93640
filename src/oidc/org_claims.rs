//! Claims about the organisation somebody acts in: `org_id`, `orgs`, `roles`, `groups` (design.md §4).

use serde_json::{Map, Value, json};

use super::Oidc;
use crate::base::id::UserId;
use crate::store;
use crate::store::departments::Placement;
use crate::store::grants::Grant;

/// Groups that a token names at most: it has to fit into a header.
const GROUPS: usize = 100;

/// What stands between the names of a department's path; a slash in a name becomes [`OTHER_SLASH`].
const SLASH: &str = "/";
/// The full-width one.
const OTHER_SLASH: &str = "\u{ff0f}";

impl Oidc {
    /// What these scopes bring about the person's organisations, as they are now: `org` brings `org_id` and `orgs`,
    /// `roles` and `groups` what they are in `org_id`. Nothing is said of an organisation that was not chosen.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn org_claims(
        &self,
        grant: &Grant,
        user: &UserId,
        scopes: &[String],
    ) -> Result<Map<String, Value>, store::Error> {
        let has = |scope: &str| scopes.iter().any(|granted| granted == scope);
        let mut claims = Map::new();
        if !has("org") && !has("roles") && !has("groups") {
            return Ok(claims);
        }
        let memberships = self.store.memberships_of(user).await?;
        let current = memberships.iter().find(|membership| Some(&membership.org_id) == grant.org_id.as_ref());
        if has("org") {
            let orgs = memberships.iter().map(|it| json!({ "id": it.org_id, "name": it.name }));
            claims.insert("orgs".to_owned(), orgs.collect());
            if let Some(current) = current {
                claims.insert("org_id".to_owned(), json!(current.org_id));
            }
        }
        let Some(current) = current else { return Ok(claims) };
        if has("roles") {
            claims.insert("roles".to_owned(), json!(current.roles));
        }
        if has("groups") {
            claims.insert("groups".to_owned(), json!(groups(&self.store.placements(&current.org_id, user).await?)));
        }
        Ok(claims)
    }
}

/// The path of each department somebody is in, and of every one above it: whoever is in
/// `Research/Compilers` is in `Research`. Sorted, each once.
fn groups(placements: &[Placement]) -> Vec<String> {
    let mut groups = Vec::new();
    for placement in placements {
        let names: Vec<String> = placement.path.iter().map(|name| name.replace(SLASH, OTHER_SLASH)).collect();
        groups.extend((1..=names.len()).map(|depth| names[..depth].join(SLASH)));
    }
    groups.sort();
    groups.dedup();
    groups.truncate(GROUPS);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_paths_with_everything_above_them_once() {
        let placement =
            |path: &[&str]| Placement { id: path.concat(), path: path.iter().map(|name| (*name).to_owned()).collect() };
        let found = groups(&[placement(&["Research", "A/B"]), placement(&["Research", "Compilers"])]);
        assert_eq!(found, ["Research", "Research/A\u{ff0f}B", "Research/Compilers"]);
        assert!(groups(&[]).is_empty());
    }
}
