//! oapi.dingtalk.com, the old interface: status 200 always, success is
//! `errcode` 0, the application's token in the query (§1, §8).
//!
//! It knows parameters and answers; the company's contents come from `company`.

mod callbacks;
mod departments;
mod desk;
mod errors;
mod gettoken;
mod lists;
mod scopes;
mod sign_in;
mod user;
mod users;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use http::Method;
use serde_json::Value;

use super::super::Practice;
use super::call::Call;
use desk::Desk;
use errors::Fault;

const HOST: &str = "/oapi.dingtalk.com";

/// What an interface answers: the members that stand beside `errcode`.
type Answer = Result<Value, Fault>;

/// One interface that takes an application's token.
struct Endpoint {
    path: &'static str,
    /// The permission point; empty for none.
    permission: &'static str,
    run: fn(&mut Desk<'_>) -> Answer,
}

const fn at(path: &'static str, permission: &'static str, run: fn(&mut Desk<'_>) -> Answer) -> Endpoint {
    Endpoint { path, permission, run }
}

const MEMBER: &str = "qyapi_get_member";
const DEPARTMENTS: &str = "qyapi_get_department_list";
const DEPARTMENT_MEMBERS: &str = "qyapi_get_department_member";

static ENDPOINTS: &[Endpoint] = &[
    at("/topapi/v2/user/getuserinfo", "qyapi_base", sign_in::in_app),
    at("/user/getuserinfo", "qyapi_base", sign_in::in_app_long_ago),
    at("/topapi/user/getbyunionid", MEMBER, users::by_union_id),
    at("/topapi/v2/user/get", MEMBER, user::get),
    at("/topapi/v2/user/getbymobile", "qyapi_get_member_by_mobile", users::by_mobile),
    at("/topapi/user/count", MEMBER, users::count),
    at("/topapi/user/listadmin", MEMBER, users::administrators),
    at("/topapi/v2/user/list", DEPARTMENT_MEMBERS, lists::list),
    at("/topapi/user/listsimple", DEPARTMENT_MEMBERS, lists::simple),
    at("/topapi/user/listid", MEMBER, lists::ids),
    at("/topapi/v2/department/listsub", DEPARTMENTS, departments::sub),
    at("/topapi/v2/department/listsubid", DEPARTMENTS, departments::sub_ids),
    at("/topapi/v2/department/get", DEPARTMENTS, departments::get),
    at("/topapi/v2/department/listparentbydept", DEPARTMENTS, departments::above),
    at("/topapi/v2/department/listparentbyuser", DEPARTMENTS, departments::above_user),
    at("/auth/scopes", "", scopes::scopes),
    at("/call_back/get_call_back", "", callbacks::get),
    at("/call_back/delete_call_back", "", callbacks::delete),
    at("/call_back/get_call_back_failed_result", "", callbacks::failed),
];

pub(super) fn routes() -> Router<Practice> {
    let router = Router::new()
        .route(&path("/gettoken"), any(gettoken::gettoken))
        .route(&path("/sns/getuserinfo_bycode"), any(sign_in::legacy))
        .route(&path("/call_back/register_call_back"), any(callbacks::register))
        .route(&path("/call_back/update_call_back"), any(callbacks::update))
        .route(&path("/{*rest}"), any(unknown));
    ENDPOINTS.iter().fold(router, |router, endpoint| {
        let serve =
            move |State(practice): State<Practice>, call: Call| async move { desk::serve(&practice, &call, endpoint) };
        router.route(&path(endpoint.path), any(serve))
    })
}

fn path(rest: &str) -> String {
    format!("{HOST}{rest}")
}

/// Paths nobody serves (§8, 22).
async fn unknown(State(practice): State<Practice>, call: Call) -> Response {
    let words =
        if call.method == Method::GET { "不合法的请求方法或路径" } else { "请求的URI地址不存在" };
    errors::response(&practice, Err(Fault::new(22, words)))
}
