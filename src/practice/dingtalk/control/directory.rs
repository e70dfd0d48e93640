//! A made-up crowd, and the counts a sync is held against.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::super::super::Practice;
use super::super::CORP;
use super::super::company::Crowd;
use super::{done, full, missing, ok, wrong};

/// The largest crowd; nothing of it is stored, but somebody may walk through all of it.
const PEOPLE: u32 = 1_000_000;

#[derive(serde::Deserialize)]
pub(super) struct Which {
    #[serde(default = "home")]
    corp: String,
}

fn home() -> String {
    CORP.to_owned()
}

/// How many people and departments there are now.
pub(super) async fn read(State(practice): State<Practice>, Query(which): Query<Which>) -> Response {
    let world = practice.world();
    let Some(company) = world.dingtalk.companies.get(&which.corp) else { return missing("company") };
    ok(&json!({
        "people": company.userids(&world.people).count(),
        "departments": company.department_ids().len(),
        "crowd": company.crowd,
    }))
}

/// So many people in so many departments, besides those written down.
pub(super) async fn make(
    State(practice): State<Practice>,
    Query(which): Query<Which>,
    Json(crowd): Json<Crowd>,
) -> Response {
    if crowd.people > PEOPLE || crowd.departments > crowd.people.max(1) {
        return wrong(StatusCode::BAD_REQUEST, "At most a million people, and no more departments than people");
    }
    let mut world = practice.world();
    let Some(company) = world.dingtalk.company_mut(&which.corp) else { return full() };
    company.crowd = Some(crowd);
    done()
}

pub(super) async fn unmake(State(practice): State<Practice>, Query(which): Query<Which>) -> Response {
    let mut world = practice.world();
    let Some(company) = world.dingtalk.company_mut(&which.corp) else { return full() };
    company.crowd = None;
    done()
}
