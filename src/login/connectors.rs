//! The open connectors: stored instances, built from their settings, secrets opened, each with its own way out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::senders::{Ground, Senders};
use super::{Login, LoginError};
use crate::base::id::ConnectorId;
use crate::base::lang::Lang;
use crate::base::outbound::{Limits, Outbound, Policy};
use crate::base::secret::Sealer;
use crate::connectors::{Check, Connector, Finding, Identity, Kind, Level, Text, kind, settings};
use crate::store::Store;
use crate::store::connectors::ConnectorRow;

/// The instances as they stand, rebuilt when the epoch moves. Cheap to clone.
#[derive(Clone)]
pub struct Connectors {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    sealer: Arc<Sealer>,
    policy: Arc<Policy>,
    practice: Option<String>,
    scripted: BTreeMap<String, Arc<dyn Connector>>,
    cache: Mutex<Option<(i64, Instances)>>,
}

/// Every instance, in the administrator's order.
pub type Instances = Arc<Vec<Arc<Instance>>>;

/// One instance, opened as far as its settings allow.
pub struct Instance {
    /// As stored.
    pub row: ConnectorRow,
    /// Its platform; `None` for a kind this program does not know.
    pub kind: Option<&'static Kind>,
    /// Its way out; `None` for a practice one where practice is off.
    pub outbound: Option<Outbound>,
    /// Ready to talk; `None` when its settings or secrets do not open.
    pub connector: Option<Arc<dyn Connector>>,
}

impl Instance {
    /// Whether sessions begun through it still count: it is enabled and its world is there.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.row.enabled && self.outbound.is_some()
    }

    /// Whether somebody can sign in through it.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.is_accepted() && self.connector.is_some()
    }

    /// Whether its platform says that this is a member of its company.
    #[must_use]
    pub fn is_member(&self, identity: &Identity) -> bool {
        self.connector.as_ref().is_some_and(|connector| connector.is_member(identity))
    }

    /// Whether it is the form for a name and password of ours.
    #[must_use]
    pub fn is_password(&self) -> bool {
        self.row.kind == "password"
    }
}

impl Connectors {
    /// The registry over the stored rows. `practice` is the origin of the
    /// practice platforms, absent where they are off.
    #[must_use]
    pub fn new(store: Store, sealer: Arc<Sealer>, policy: Arc<Policy>, practice: Option<String>) -> Self {
        let inner = Inner { store, sealer, policy, practice, scripted: BTreeMap::new(), cache: Mutex::new(None) };
        Self { inner: Arc::new(inner) }
    }

    /// The registry with scripted connectors in the place of what the rows of
    /// these names would open: the seam for tests of the engine.
    #[must_use]
    pub fn scripted(store: Store, sealer: Arc<Sealer>, scripted: BTreeMap<String, Arc<dyn Connector>>) -> Self {
        let practice = Some("http://127.0.0.1:9".to_owned());
        let cache = Mutex::new(None);
        let inner = Inner { store, sealer, policy: Arc::default(), practice, scripted, cache };
        Self { inner: Arc::new(inner) }
    }

    /// All instances, enabled or not, in the administrator's order.
    ///
    /// # Errors
    /// The store's.
    pub async fn all(&self) -> crate::store::Result<Instances> {
        let epoch = self.inner.store.epoch();
        if let Some((seen, instances)) = &*self.cached()
            && *seen == epoch
        {
            return Ok(Arc::clone(instances));
        }
        let rows = self.inner.store.connectors().await?;
        let instances: Instances = Arc::new(rows.iter().map(|row| Arc::new(self.inner.instance(row))).collect());
        *self.cached() = Some((epoch, Arc::clone(&instances)));
        Ok(instances)
    }

    /// The instance of this id.
    ///
    /// # Errors
    /// The store's.
    pub async fn by_id(&self, id: &ConnectorId) -> crate::store::Result<Option<Arc<Instance>>> {
        Ok(self.all().await?.iter().find(|instance| instance.row.id == *id).map(Arc::clone))
    }

    /// The instance whose callback is `/callback/{name}`.
    ///
    /// # Errors
    /// The store's.
    pub async fn by_name(&self, name: &str) -> crate::store::Result<Option<Arc<Instance>>> {
        Ok(self.all().await?.iter().find(|instance| instance.row.name == name).map(Arc::clone))
    }

    /// The way out that an instance has; `None` for a practice one where practice is off.
    #[must_use]
    pub fn outbound(&self, practice: bool) -> Option<Outbound> {
        self.inner.outbound(practice)
    }

    /// The senders of short messages beside these connectors: the same policy, the same practice origin.
    pub(super) fn senders(&self, ground: Ground) -> Senders {
        Senders::new(ground, Arc::clone(&self.inner.policy), self.inner.practice.as_deref())
    }

    /// The way out for reading a directory: whole departments come in one answer.
    #[must_use]
    pub fn roster_outbound(&self, practice: bool) -> Option<Outbound> {
        let limits = Limits { connect: Duration::from_secs(3), total: Duration::from_secs(30), body: 16 * 1024 * 1024 };
        self.inner.outbound_with(practice, limits)
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, Option<(i64, Instances)>> {
        self.inner.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn outbound(&self, practice: bool) -> Option<Outbound> {
        self.outbound_with(practice, Limits::default())
    }

    fn outbound_with(&self, practice: bool, limits: Limits) -> Option<Outbound> {
        if practice {
            return self.practice.as_ref().map(|origin| Outbound::practice(origin, limits));
        }
        Some(Outbound::guarded(Arc::clone(&self.policy), limits))
    }

    fn instance(&self, row: &ConnectorRow) -> Instance {
        let kind = kind(&row.kind);
        let connector = match self.scripted.get(&row.name) {
            Some(scripted) => Some(Arc::clone(scripted)),
            None => kind.and_then(|kind| self.open(kind, row)),
        };
        Instance { row: row.clone(), kind, outbound: self.outbound(row.practice), connector }
    }

    fn open(&self, kind: &Kind, row: &ConnectorRow) -> Option<Arc<dyn Connector>> {
        let Ok(opened) = settings::open(&self.sealer, kind, &row.id, &row.settings) else {
            tracing::error!(connector = row.name, "a secret of this connector does not open with this master key");
            return None;
        };
        match (kind.open)(&opened, &row.id) {
            Ok(connector) => Some(connector),
            Err(wrong) => {
                let fields: Vec<&str> = wrong.iter().map(|wrong| wrong.field.as_str()).collect();
                tracing::error!(connector = row.name, ?fields, "the settings of this connector can't be used");
                None
            }
        }
    }
}

impl Login {
    /// Whether practice platforms may be reached.
    #[must_use]
    pub fn practice_is_on(&self) -> bool {
        self.connectors.outbound(true).is_some()
    }

    /// The doctor's live checks of one stored instance, enabled or not.
    ///
    /// # Errors
    /// `Store`.
    pub async fn check_connector(&self, row: &ConnectorRow, lang: Lang) -> Result<Vec<Finding>, LoginError> {
        let opened = self.connectors.inner.instance(row);
        let (Some(connector), Some(outbound)) = (opened.connector, opened.outbound) else {
            let text = if row.practice { PRACTICE_OFF } else { UNUSABLE };
            let subject = Text { en: "Settings", zh: "设置" };
            return Ok(vec![Finding {
                level: Level::Error,
                subject: subject.get(lang).to_owned(),
                text: text.get(lang).to_owned(),
            }]);
        };
        let check = Check {
            outbound,
            callback_url: self.callback_url(&row.name),
            now: self.clock.now(),
            lang,
            connector: row.id.clone(),
            hook_url: self.hook_url(&row.name),
            tokens: self.app_tokens(row.practice),
        };
        Ok(connector.check(&check).await)
    }
}

const UNUSABLE: Text = Text {
    en: "The stored settings can't be used: fill in the fields again, the secrets too.",
    zh: "已保存的设置无法使用：请重新填写各字段，包括密钥。",
};
const PRACTICE_OFF: Text = Text {
    en: "Practice platforms are off, or the settings can't be used.",
    zh: "模拟平台未开启，或设置无法使用。",
};
