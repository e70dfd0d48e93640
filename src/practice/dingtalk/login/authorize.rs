//! `/oauth2/auth` (§3.1) and the legacy pages (§4): from the question to the code.

use axum::extract::State;
use axum::response::Response;

use super::super::super::Practice;
use super::super::super::fields::Asked;
use super::super::CODE_LIFE;
use super::super::codes::Code;
use super::super::who::Who;
use super::decision::{Decision, decide};
use super::pages;
use super::returned;
use super::scan;
use super::wish::{Wish, Wrong};

pub(super) async fn web(State(practice): State<Practice>, asked: Asked) -> Response {
    let wish = Wish::web(&practice, &asked);
    respond(&practice, &asked, wish)
}

pub(super) async fn legacy(State(practice): State<Practice>, asked: Asked) -> Response {
    let wish = Wish::legacy(&practice, &asked);
    respond(&practice, &asked, wish)
}

fn respond(practice: &Practice, asked: &Asked, wish: Result<Wish, Wrong>) -> Response {
    let wish = match wish {
        Ok(wish) => wish,
        Err(wrong) => return pages::wrong(asked, wrong),
    };
    match decide(practice, asked, &wish) {
        Decision::Person { of, scan } => {
            let scan = scan.unwrap_or_else(|| scan::offer(practice, &wish));
            pages::people(practice, asked, &wish, (of.as_deref(), &scan))
        }
        Decision::OrgCode { wrong } => pages::org_code(asked, &wish, wrong),
        Decision::Company { person, companies } => pages::companies(asked, &wish, &person, &companies),
        Decision::Agreed { who, corp } => {
            let code = issue(practice, &wish, who, corp);
            returned::success(practice, asked, &wish, &code)
        }
        Decision::Refused => returned::refusal(practice, asked, &wish),
        Decision::No(wrong) => pages::wrong(asked, wrong),
    }
}

fn issue(practice: &Practice, wish: &Wish, who: Who, corp: Option<String>) -> String {
    let text = practice.random().alphanumeric(32).to_lowercase();
    let code = Code {
        kind: wish.kind,
        client_id: wish.client.client_id.clone(),
        who,
        corp,
        expires_at: practice.now() + CODE_LIFE,
        used: false,
    };
    practice.world().dingtalk.codes.put(text.clone(), code);
    text
}
