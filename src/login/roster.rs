//! What a platform's directory says by itself. The pushes are hints: they may
//! come late, twice or not at all, so what they name is read again
//! (upstreams/wecom.md §8.5).

use std::sync::Arc;

use super::connectors::Instance;
use super::{Login, LoginError, Visitor};
use crate::connectors::hook::News;

impl Login {
    /// People and departments that changed over there: `PersonChanged`, `DepartmentChanged`, `Left`, `Renamed`, and nothing else.
    pub(crate) async fn directory_news(
        &self,
        instance: &Arc<Instance>,
        news: Vec<News>,
        _visitor: &Visitor,
    ) -> Result<(), LoginError> {
        tracing::info!(connector = instance.row.name, changes = news.len(), "the directory changed");
        Ok(())
    }
}
