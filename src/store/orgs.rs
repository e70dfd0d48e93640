//! Organisations: companies that people belong to, their domains, and which
//! connectors lead into them (design.md §4).

use std::sync::Arc;

use super::connectors::FirstSignIn;
use super::row::{Row, listed, statement};
use super::{Error, Result, Store, Tx};
use crate::base::clock::Seconds;
use crate::base::id::{ConnectorId, OrgId};

/// An organisation.
#[derive(Clone, Debug)]
pub struct Org {
    /// Which; `org_id` in tokens. Never used again.
    pub id: OrgId,
    /// Raised by each change; a change names the version it saw.
    pub version: i64,
    /// Since when.
    pub created_at: Seconds,
    /// Last change.
    pub updated_at: Seconds,
    /// What people call it.
    pub name: String,
    /// A `data:` URI of a small raster picture.
    pub logo: Option<String>,
    /// Off: nobody acts in it, and what was granted in it is dead.
    pub enabled: bool,
    /// Of a practice platform.
    pub practice: bool,
    /// The connector whose platform it is: whoever signs in through it belongs to it.
    pub connector_id: Option<ConnectorId>,
    /// What becomes of people nobody knows; the connector's own rule where it is `None`.
    pub rule: Option<FirstSignIn>,
    /// Whether they may come in at all; the connector's own word where it is `None`.
    pub registration: Option<bool>,
    /// How often its directory is read as a whole, in seconds; what fits the platform where it is `None`.
    pub sync_every: Option<Seconds>,
}

/// A domain of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgDomain {
    /// Lower case, without a trailing dot.
    pub domain: String,
    /// Whose it is.
    pub org_id: OrgId,
    /// Proven to be theirs.
    pub verified: bool,
    /// Since when.
    pub created_at: Seconds,
}

/// How a connector leads into an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgOfConnector {
    /// Which organisation.
    pub org_id: OrgId,
    /// The platform is the organisation: every sign-in through it is membership. Otherwise only new people join.
    pub is_upstream: bool,
}

/// How much hangs on an organisation, told before it is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrgUses {
    /// People who belong to it.
    pub members: i64,
    /// People in its directory.
    pub people: i64,
    /// Its departments.
    pub departments: i64,
    /// Its domains.
    pub domains: i64,
    /// Grants that stand in it.
    pub grants: i64,
}

macro_rules! columns {
    ($prefix:literal) => {
        listed!($prefix; "id", "version", "created_at", "updated_at", "name", "logo", "enabled", "practice",
            "connector_id", "rule", "registration", "sync_every")
    };
}

impl Store {
    /// The organisation with this id, enabled or not.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn org(&self, id: &OrgId) -> Result<Option<Org>> {
        let select = statement(concat!("SELECT ", columns!(""), " FROM orgs WHERE id = $1"));
        let row = self.one(select.bind(id.as_str())).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Organisations by id, after `after`, at most `limit`.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn orgs(&self, after: Option<&OrgId>, limit: i64) -> Result<Vec<Org>> {
        let select = statement(concat!(
            "SELECT ",
            columns!(""),
            " FROM orgs WHERE (CAST($1 AS TEXT) IS NULL OR id > $1) ORDER BY id LIMIT $2"
        ));
        self.all(select.bind(after.map(OrgId::as_str)).bind(limit), read).await
    }

    /// Organisations of exactly this name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn orgs_named(&self, name: &str) -> Result<Vec<Org>> {
        let select = statement(concat!("SELECT ", columns!(""), " FROM orgs WHERE name = $1 ORDER BY id LIMIT 10"));
        self.all(select.bind(name), read).await
    }

    /// Whether any organisation has a domain.
    ///
    /// # Errors
    /// `Down`.
    pub async fn has_org_domains(&self) -> Result<bool> {
        Ok(self.one(statement("SELECT domain FROM org_domains LIMIT 1")).await?.is_some())
    }

    /// The organisation that mirrors this connector's platform, if one does.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn org_mirroring(&self, connector: &ConnectorId) -> Result<Option<Org>> {
        let select = statement(concat!("SELECT ", columns!(""), " FROM orgs WHERE connector_id = $1"));
        let row = self.one(select.bind(connector.as_str())).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Which organisation each connector leads into. Cached under the epoch.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn orgs_of_connectors(&self) -> Result<Arc<Vec<(ConnectorId, OrgOfConnector)>>> {
        let load = async || {
            let select = statement(
                "SELECT connector_id, id, CAST(1 AS BIGINT) FROM orgs WHERE connector_id IS NOT NULL AND enabled = 1
                UNION ALL SELECT j.connector_id, j.org_id, CAST(0 AS BIGINT) FROM org_joins AS j
                JOIN orgs AS o ON o.id = j.org_id WHERE o.enabled = 1",
            );
            self.all(select, |row| {
                let connector = ConnectorId::new(row.text()?);
                Ok((connector, OrgOfConnector { org_id: OrgId::new(row.text()?), is_upstream: row.flag()? }))
            })
            .await
        };
        self.inner.org_connectors.get(self, load).await
    }

    /// How this connector leads into an organisation that is on; being its platform comes first.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn org_of_connector(&self, connector: &ConnectorId) -> Result<Option<OrgOfConnector>> {
        let all = self.orgs_of_connectors().await?;
        let of = |upstream: bool| all.iter().find(|(id, org)| id == connector && org.is_upstream == upstream);
        Ok(of(true).or_else(|| of(false)).map(|(_, org)| org.clone()))
    }

    /// Domains of an organisation, by name.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn domains_of(&self, org: &OrgId) -> Result<Vec<OrgDomain>> {
        let select =
            statement("SELECT domain, org_id, verified, created_at FROM org_domains WHERE org_id = $1 ORDER BY domain");
        self.all(select.bind(org.as_str()), read_domain).await
    }

    /// Whose domain this is (folded), if anybody's.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn org_domain(&self, domain: &str) -> Result<Option<OrgDomain>> {
        let select = statement("SELECT domain, org_id, verified, created_at FROM org_domains WHERE domain = $1");
        let row = self.one(select.bind(domain)).await?;
        row.map(|mut row| read_domain(&mut row)).transpose()
    }

    /// How much hangs on it.
    ///
    /// # Errors
    /// `Down`, `Corrupt`.
    pub async fn org_uses(&self, org: &OrgId) -> Result<OrgUses> {
        let select = statement(
            "SELECT CAST((SELECT COUNT(*) FROM members WHERE org_id = $1) AS BIGINT),
            CAST((SELECT COUNT(*) FROM roster WHERE org_id = $1) AS BIGINT),
            CAST((SELECT COUNT(*) FROM departments WHERE org_id = $1) AS BIGINT),
            CAST((SELECT COUNT(*) FROM org_domains WHERE org_id = $1) AS BIGINT),
            CAST((SELECT COUNT(*) FROM grants WHERE org_id = $1 AND ended_at IS NULL) AS BIGINT)",
        );
        let row = self.one(select.bind(org.as_str())).await?;
        let mut row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        Ok(OrgUses {
            members: row.number()?,
            people: row.number()?,
            departments: row.number()?,
            domains: row.number()?,
            grants: row.number()?,
        })
    }
}

fn read(row: &mut Row) -> Result<Org> {
    Ok(Org {
        id: OrgId::new(row.text()?),
        version: row.number()?,
        created_at: row.number()?,
        updated_at: row.number()?,
        name: row.text()?,
        logo: row.maybe_text()?,
        enabled: row.flag()?,
        practice: row.flag()?,
        connector_id: row.maybe_text()?.map(ConnectorId::new),
        rule: row.maybe_text()?.map(|name| FirstSignIn::named(&name)).transpose()?,
        registration: row.maybe_number()?.map(|yes| yes != 0),
        sync_every: row.maybe_number()?,
    })
}

fn read_domain(row: &mut Row) -> Result<OrgDomain> {
    Ok(OrgDomain {
        domain: row.text()?,
        org_id: OrgId::new(row.text()?),
        verified: row.flag()?,
        created_at: row.number()?,
    })
}

impl Tx {
    /// Adds it, at version 1.
    ///
    /// # Errors
    /// `Conflict("org")` when the id was used or the connector belongs to another one, `Down`.
    pub async fn insert_org(&mut self, org: &Org) -> Result<()> {
        self.raise_epoch().await?;
        let insert = statement(concat!(
            "INSERT INTO orgs (",
            columns!(""),
            ") VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
        ));
        let insert = insert
            .bind(org.id.as_str())
            .bind(org.created_at)
            .bind(org.updated_at)
            .bind(&org.name)
            .bind(org.logo.as_deref())
            .bind(i64::from(org.enabled))
            .bind(i64::from(org.practice))
            .bind(org.connector_id.as_ref().map(ConnectorId::as_str))
            .bind(org.rule.map(FirstSignIn::name))
            .bind(org.registration.map(i64::from))
            .bind(org.sync_every);
        if self.changed(insert).await? { Ok(()) } else { Err(Error::Conflict("org")) }
    }

    /// Name, logo, enabled, connector, rule, registration, how often it is read; where the version is still that.
    ///
    /// # Errors
    /// `Conflict("org")` when the connector belongs to another one, `Down`.
    pub async fn update_org(&mut self, org: &Org) -> Result<bool> {
        self.raise_epoch().await?;
        let connector = org.connector_id.as_ref().map(ConnectorId::as_str);
        let taken = statement("SELECT id FROM orgs WHERE connector_id = $1 AND id <> $2");
        if connector.is_some() && self.one(taken.bind(connector).bind(org.id.as_str())).await?.is_some() {
            return Err(Error::Conflict("org"));
        }
        let update = statement(
            "UPDATE orgs SET version = version + 1, updated_at = $3, name = $4, logo = $5, enabled = $6,
            connector_id = $7, rule = $8, registration = $9, sync_every = $10 WHERE id = $1 AND version = $2",
        );
        let update = update
            .bind(org.id.as_str())
            .bind(org.version)
            .bind(org.updated_at)
            .bind(&org.name)
            .bind(org.logo.as_deref())
            .bind(i64::from(org.enabled))
            .bind(connector)
            .bind(org.rule.map(FirstSignIn::name))
            .bind(org.registration.map(i64::from))
            .bind(org.sync_every);
        self.changed(update).await
    }

    /// Removes it with members, departments and directory; the grants and sessions in it end.
    /// The people stay.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_org(&mut self, id: &OrgId, now: Seconds) -> Result<bool> {
        self.raise_epoch().await?;
        self.end_org(id, now, "organisation_deleted").await?;
        self.changed(statement("DELETE FROM orgs WHERE id = $1").bind(id.as_str())).await
    }

    /// Adds a domain, or notes that it is proven; one that belongs to another organisation is a conflict.
    ///
    /// # Errors
    /// `Conflict("domain")`, `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn put_domain(&mut self, domain: &OrgDomain) -> Result<()> {
        let put = statement(
            "INSERT INTO org_domains (domain, org_id, verified, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (domain) DO UPDATE SET verified = excluded.verified
            WHERE org_domains.org_id = excluded.org_id",
        );
        let put = put
            .bind(&domain.domain)
            .bind(domain.org_id.as_str())
            .bind(i64::from(domain.verified))
            .bind(domain.created_at);
        if self.changed(put).await? { Ok(()) } else { Err(Error::Conflict("domain")) }
    }

    /// Removes a domain of this organisation; `false` when it is not theirs.
    ///
    /// # Errors
    /// `Down`.
    pub async fn delete_domain(&mut self, org: &OrgId, domain: &str) -> Result<bool> {
        let delete = statement("DELETE FROM org_domains WHERE domain = $1 AND org_id = $2");
        self.changed(delete.bind(domain).bind(org.as_str())).await
    }

    /// Says into which organisation people go who are created through this connector; `None`: into none.
    ///
    /// # Errors
    /// `Conflict("reference")` when the organisation is gone, `Down`.
    pub async fn set_org_of_new_people(&mut self, connector: &ConnectorId, org: Option<&OrgId>) -> Result<()> {
        self.raise_epoch().await?;
        let Some(org) = org else {
            let delete = statement("DELETE FROM org_joins WHERE connector_id = $1");
            return self.run(delete.bind(connector.as_str())).await.map(|_| ());
        };
        let put = statement(
            "INSERT INTO org_joins (connector_id, org_id) VALUES ($1, $2)
            ON CONFLICT (connector_id) DO UPDATE SET org_id = excluded.org_id",
        );
        self.run(put.bind(connector.as_str()).bind(org.as_str())).await.map(|_| ())
    }
}
