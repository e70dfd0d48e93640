//! Organisations, as administrators change them.

use serde_json::json;

use super::{Actor, Admin, AdminError, WrongField, refused};
use crate::base::clock::Seconds;
use crate::base::id::OrgId;
use crate::base::people::clean_name;
use crate::store::Error;
use crate::store::connectors::ConnectorRow;
use crate::store::departments::Department;
use crate::store::orgs::{Org, OrgDomain, OrgUses};

/// Longest name of an organisation or a department, in characters.
const LONGEST_NAME: usize = 100;

/// How often a directory may be read as a whole, in seconds: an hour to a week.
const OFTEN: std::ops::RangeInclusive<Seconds> = 3_600..=604_800;

/// Largest picture of an organisation, as a `data:` URI, in bytes.
const LARGEST_LOGO: usize = 48 * 1024;

impl Admin {
    /// Makes an organisation; with `connector`, its platform is the organisation: who signs in through it belongs to it.
    ///
    /// # Errors
    /// `Wrong` fields; `NotFound` for the connector; `Conflict` when it is another organisation's.
    pub async fn create_org(&self, actor: &Actor, name: &str, connector: Option<&str>) -> Result<Org, AdminError> {
        self.permit(actor).await?;
        let row = match connector {
            Some(name) => Some(self.find_connector(name).await?),
            None => None,
        };
        let org = self.new_org(name, row.as_ref())?;
        self.store_org(actor, org).await
    }

    /// Makes an organisation for practice people, of no platform.
    ///
    /// # Errors
    /// `Wrong` fields.
    pub async fn create_practice_org(&self, actor: &Actor, name: &str) -> Result<Org, AdminError> {
        self.permit(actor).await?;
        let org = Org { practice: true, ..self.new_org(name, None)? };
        self.store_org(actor, org).await
    }

    async fn store_org(&self, actor: &Actor, org: Org) -> Result<Org, AdminError> {
        let entry = self.entry(actor, "organisation.create", &format!("org:{}", org.id), &json!({ "name": org.name }));
        let stored = org.clone();
        let made = self.store.write(move |tx| {
            let (org, entry) = (stored.clone(), entry.clone());
            Box::pin(async move {
                tx.insert_org(&org).await?;
                tx.audit(&entry).await
            })
        });
        made.await.map_err(taken)?;
        Ok(org)
    }

    /// A new organisation, not stored yet.
    pub(super) fn new_org(&self, name: &str, row: Option<&ConnectorRow>) -> Result<Org, AdminError> {
        may_be_an_organisation(row)?;
        let now = self.clock.now();
        checked(Org {
            id: OrgId::new(self.random.ulid(now)),
            version: 1,
            created_at: now,
            updated_at: now,
            name: name.to_owned(),
            logo: None,
            enabled: true,
            practice: row.is_some_and(|row| row.practice),
            connector_id: row.map(|row| row.id.clone()),
            rule: None,
            registration: None,
            sync_every: None,
        })
    }

    /// The organisation an administrator means by an id or the whole name.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where several have that name.
    pub async fn find_org(&self, text: &str) -> Result<Org, AdminError> {
        if let Some(org) = self.store.org(&OrgId::new(text.to_ascii_lowercase())).await? {
            return Ok(org);
        }
        let mut found: Vec<Org> = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.orgs(after.as_ref(), 200).await?;
            after = page.last().map(|org| org.id.clone());
            let full = page.len() == 200;
            found.extend(page.into_iter().filter(|org| org.name == text));
            if !full {
                break;
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(org), true) => Ok(org),
            (Some(_), false) => Err(AdminError::conflict(
                "several organisations have this name; use the id",
                "有多个组织同名，请使用 ID",
            )),
            (None, _) => Err(AdminError::NotFound(format!("organisation {text}"))),
        }
    }

    /// Replaces what was said of an organisation. Switched off, nobody acts in it: sessions and tokens in it end.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` when somebody changed it in between, or its connector is another organisation's.
    pub async fn update_org(&self, actor: &Actor, org: Org) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let now = self.clock.now();
        let org = Org { updated_at: now, ..checked(org)? };
        if let Some(id) = &org.connector_id {
            let rows = self.store.connectors().await?;
            let row = rows.iter().find(|row| row.id == *id);
            let row = row.ok_or_else(|| AdminError::NotFound(format!("connector {id}")))?;
            may_be_an_organisation(Some(row))?;
            of_one_world(&org, row)?;
        }
        let entry = self.entry(actor, "organisation.update", &format!("org:{}", org.id), &json!({ "on": org.enabled }));
        let done = self.store.write(move |tx| {
            let (org, entry) = (org.clone(), entry.clone());
            Box::pin(async move {
                if !tx.update_org(&org).await? {
                    return Ok(false);
                }
                if !org.enabled {
                    tx.end_org(&org.id, now, "organisation_disabled").await?;
                }
                tx.audit(&entry).await?;
                Ok(true)
            })
        });
        changed(done.await.map_err(taken)?)
    }

    /// How much would go with it.
    ///
    /// # Errors
    /// `Store`.
    pub async fn org_uses(&self, org: &OrgId) -> Result<OrgUses, AdminError> {
        Ok(self.store.org_uses(org).await?)
    }

    /// Removes it with members, departments and directory, and ends what stands in it; the people stay.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_org(&self, actor: &Actor, org: &OrgId) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let now = self.clock.now();
        let entry = self.entry(actor, "organisation.delete", &format!("org:{org}"), &json!({}));
        let which = org.clone();
        let gone = self.store.write(move |tx| {
            let (org, entry) = (which.clone(), entry.clone());
            Box::pin(async move {
                let gone = tx.delete_org(&org, now).await?;
                if gone {
                    tx.audit(&entry).await?;
                }
                Ok(gone)
            })
        });
        if gone.await? { Ok(()) } else { Err(AdminError::NotFound(format!("organisation {org}"))) }
    }

    /// Adds a domain, or says that it is proven to be theirs.
    ///
    /// # Errors
    /// `Wrong` for what is no domain; `Conflict` when it is another organisation's.
    pub async fn put_domain(&self, actor: &Actor, org: &OrgId, text: &str, verified: bool) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let Some(domain) = domain(text) else {
            let text = "must be a domain such as example.com";
            return Err(AdminError::wrong("domain", text, "须为域名，如 example.com"));
        };
        let detail = json!({ "domain": domain, "verified": verified });
        let entry = self.entry(actor, "organisation.domain.put", &format!("org:{org}"), &detail);
        let row = OrgDomain { domain, org_id: org.clone(), verified, created_at: self.clock.now() };
        let put = self.store.write(move |tx| {
            let (row, entry) = (row.clone(), entry.clone());
            Box::pin(async move {
                tx.put_domain(&row).await?;
                tx.audit(&entry).await
            })
        });
        put.await.map_err(taken)
    }

    /// Removes a domain.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_domain(&self, actor: &Actor, org: &OrgId, text: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let entry = self.entry(actor, "organisation.domain.delete", &format!("org:{org}"), &json!({ "domain": text }));
        let (which, domain) = (org.clone(), domain(text).unwrap_or_default());
        let gone = self.store.write(move |tx| {
            let (org, domain, entry) = (which.clone(), domain.clone(), entry.clone());
            Box::pin(async move {
                let gone = tx.delete_domain(&org, &domain).await?;
                if gone {
                    tx.audit(&entry).await?;
                }
                Ok(gone)
            })
        });
        if gone.await? { Ok(()) } else { Err(AdminError::NotFound(format!("domain {text} of this organisation"))) }
    }

    /// Adds a department by hand, or changes one that was. An empty id: a new one.
    ///
    /// # Errors
    /// `Wrong` fields; `Conflict` for one that a directory keeps.
    pub async fn put_department(
        &self,
        actor: &Actor,
        org: &OrgId,
        department: Department,
    ) -> Result<Department, AdminError> {
        self.permit(actor).await?;
        let mut department = department;
        department.name = clean_name(&department.name, LONGEST_NAME);
        if department.id.is_empty() {
            department.id = self.random.ulid(self.clock.now());
        }
        let mut wrong = Vec::new();
        if department.name.is_empty() {
            wrong.push(no_name());
        }
        if let Some(parent) = &department.parent_id
            && (*parent == department.id || self.store.department(org, parent).await?.is_none())
        {
            let (en, zh) = ("there is no department {} to be under", "没有可作为上级的部门 {}");
            wrong.push(WrongField::with("parent", en, zh, &[parent]));
        }
        refused(wrong)?;
        let detail = json!({ "department": department.id });
        let entry = self.entry(actor, "department.put", &format!("org:{org}"), &detail);
        let (which, stored) = (org.clone(), department.clone());
        let done = self.store.write(move |tx| {
            let (org, department, entry) = (which.clone(), stored.clone(), entry.clone());
            Box::pin(async move {
                let done = tx.put_department(&org, &department).await?;
                if done {
                    tx.audit(&entry).await?;
                }
                Ok(done)
            })
        });
        if done.await? {
            Ok(department)
        } else {
            Err(AdminError::conflict(
                "the platform's directory keeps this department; change it there",
                "该部门由平台的通讯录维护，请在平台修改",
            ))
        }
    }

    /// Removes a department made by hand that has none below it.
    ///
    /// # Errors
    /// `Conflict` where there is no such one to remove.
    pub async fn delete_department(&self, actor: &Actor, org: &OrgId, id: &str) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let entry = self.entry(actor, "department.delete", &format!("org:{org}"), &json!({ "department": id }));
        let (which, id) = (org.clone(), id.to_owned());
        let gone = self.store.write(move |tx| {
            let (org, id, entry) = (which.clone(), id.clone(), entry.clone());
            Box::pin(async move {
                let gone = tx.delete_department(&org, &id).await?;
                if gone {
                    tx.audit(&entry).await?;
                }
                Ok(gone)
            })
        });
        if gone.await? {
            return Ok(());
        }
        Err(AdminError::conflict(
            "only an empty department made by hand can be removed",
            "只能删除手动创建且没有成员的部门",
        ))
    }

    /// Says into which organisation people go who are created through a connector.
    ///
    /// # Errors
    /// `NotFound` for the connector.
    pub async fn set_org_of_new_people(
        &self,
        actor: &Actor,
        connector: &str,
        org: Option<&OrgId>,
    ) -> Result<(), AdminError> {
        self.permit(actor).await?;
        let row = self.find_connector(connector).await?;
        if let Some(id) = org {
            let org = self.store.org(id).await?;
            of_one_world(&org.ok_or_else(|| AdminError::NotFound("such organisation".to_owned()))?, &row)?;
        }
        let detail = json!({ "organisation": org });
        let entry = self.entry(actor, "connector.new_people", &format!("connector:{connector}"), &detail);
        let org = org.cloned();
        self.store
            .write(move |tx| {
                let (id, org, entry) = (row.id.clone(), org.clone(), entry.clone());
                Box::pin(async move {
                    tx.set_org_of_new_people(&id, org.as_ref()).await?;
                    tx.audit(&entry).await
                })
            })
            .await?;
        Ok(())
    }
}

/// Everybody who signs in through a platform belongs to the organisation that it is: not where anybody may.
fn may_be_an_organisation(row: Option<&ConnectorRow>) -> Result<(), AdminError> {
    let open = ["password", "sms"];
    match row.filter(|row| open.contains(&row.kind.as_str())) {
        Some(row) => {
            let en = "{} lets everybody in, so it is no company's; use new-people instead";
            let zh = "任何人都能通过 {} 登录，它不代表一家企业；请改用 new-people";
            Err(AdminError::Wrong(vec![WrongField::with("connector", en, zh, &[&row.name])]))
        }
        None => Ok(()),
    }
}

/// A practice platform makes no member of a real organisation.
fn of_one_world(org: &Org, row: &ConnectorRow) -> Result<(), AdminError> {
    if org.practice == row.practice {
        return Ok(());
    }
    Err(AdminError::conflict("practice connectors lead into practice organisations only", "练习连接器只能用于练习组织"))
}

fn no_name() -> WrongField {
    WrongField::new("name", "must say what people call it", "请填写名称")
}

/// What was said of an organisation, cleaned, or every field that can't be so.
fn checked(mut org: Org) -> Result<Org, AdminError> {
    org.name = clean_name(&org.name, LONGEST_NAME);
    let mut wrong = Vec::new();
    if org.name.is_empty() {
        wrong.push(no_name());
    }
    if org.logo.as_deref().is_some_and(|logo| !is_picture(logo)) {
        let text = "must be a small picture as data:image/png;base64, or jpeg, or webp, up to 48 KiB";
        wrong.push(WrongField::new(
            "logo",
            text,
            "须为 48 KiB 以内的小图片，以 data:image/png;base64, 形式给出（也可为 jpeg 或 webp）",
        ));
    }
    if org.sync_every.is_some_and(|every| !OFTEN.contains(&every)) {
        wrong.push(WrongField::new("sync_every", "must be an hour to a week", "须为一小时到一周"));
    }
    refused(wrong).map(|()| org)
}

/// A raster picture within the page itself: nothing outside is asked for, and no script hides in it.
fn is_picture(logo: &str) -> bool {
    let kinds = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"];
    let data = kinds.iter().find_map(|kind| logo.strip_prefix(kind));
    logo.len() <= LARGEST_LOGO
        && data.is_some_and(|data| {
            !data.is_empty() && data.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
        })
}

/// A domain as it is compared: lower case, ASCII (IDNA), at least two labels.
fn domain(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    match url::Host::parse(text).ok()? {
        url::Host::Domain(domain) if domain.contains('.') && domain.len() <= 253 => Some(domain),
        _ => None,
    }
}

fn taken(error: Error) -> AdminError {
    match error {
        Error::Conflict("org") => {
            AdminError::conflict("this connector is another organisation's", "该连接器属于另一个组织")
        }
        Error::Conflict("domain") => {
            AdminError::conflict("this domain is another organisation's", "该域名属于另一个组织")
        }
        Error::Conflict("reference") => AdminError::NotFound("such organisation".to_owned()),
        other => AdminError::Store(other),
    }
}

fn changed(done: bool) -> Result<(), AdminError> {
    if done {
        Ok(())
    } else {
        Err(AdminError::conflict("somebody changed this organisation in between", "其他人刚刚修改了这个组织"))
    }
}
