//! `GET /v1.0/contact/organizations/authInfos` (§7.4): the organisation's name.

use serde_json::json;

use super::super::super::Practice;
use super::super::super::world::World;
use super::super::call::Call;
use super::{Answer, Problem};

pub(super) fn auth_infos(practice: &Practice, world: &mut World, call: &Call) -> Answer {
    let (_, corp) = super::application(practice, world, call, "Contact.Org.Read")?;
    let target = call.query.get("targetCorpId").unwrap_or(&corp).to_owned();
    let company = world.dingtalk.companies.get(&target).filter(|company| target == corp && !company.dissolved);
    let company = company.ok_or_else(|| Problem::new(400, "invalidParameter.param.invalid", "参数不合法"))?;
    Ok(json!({"orgName": company.name, "licenseOrgName": format!("{}有限公司", company.name), "authLevel": 1}))
}
