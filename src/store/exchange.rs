//! Taking something that works once, and noticing when it is tried again.

use super::artifact::{Kind, NewArtifact, over_table};
use super::{Result, Tx};
use crate::base::clock::Seconds;
use crate::base::id::GrantId;

/// What came of taking something that works once.
#[derive(Clone, Debug)]
pub enum Exchange {
    /// This call took it; what was to be put is put.
    First,
    /// It had been taken before: reuse.
    Again {
        /// The grant to be ended, or to be given grace.
        grant_id: Option<GrantId>,
        /// When it was taken.
        taken_at: Seconds,
        /// The digest of what it was exchanged for.
        successor: Option<String>,
    },
    /// There is no such thing, or it expired.
    Missing,
}

impl Tx {
    /// Takes the row once, in one conditional UPDATE, and puts what it buys.
    /// `successor` is the digest of what replaces it, if something does.
    /// A row that was taken answers `Again` also after its expiry, as long as it is kept.
    ///
    /// # Errors
    /// `Down`; `Conflict` when something to be put is there already (then nothing was taken).
    pub async fn exchange(
        &mut self,
        kind: Kind,
        digest: &str,
        now: Seconds,
        successor: Option<&str>,
        puts: &[NewArtifact],
    ) -> Result<Exchange> {
        let take = over_table!(
            kind,
            "UPDATE ",
            " SET taken_at = $3, successor = $4
            WHERE digest = $1 AND kind = $2 AND taken_at IS NULL AND expires_at > $3"
        );
        if self.changed(take.bind(digest).bind(kind.name()).bind(now).bind(successor)).await? {
            self.put_all(puts).await?;
            return Ok(Exchange::First);
        }
        let look = over_table!(
            kind,
            "SELECT grant_id, taken_at, successor FROM ",
            " WHERE digest = $1 AND kind = $2 AND taken_at IS NOT NULL"
        );
        let Some(mut row) = self.one(look.bind(digest).bind(kind.name())).await? else {
            return Ok(Exchange::Missing);
        };
        Ok(Exchange::Again {
            grant_id: row.maybe_text()?.map(GrantId::new),
            taken_at: row.number()?,
            successor: row.maybe_text()?,
        })
    }

    /// Replaces a taken row's unused successor: the lost-answer rule of security.md row 105.
    /// `true` when the old successor was still untaken and is now dead, and `puts` stand.
    ///
    /// # Errors
    /// `Down`; `Conflict` when something to be put is there already.
    #[expect(clippy::too_many_arguments, reason = "three digests of one family, read as one sentence at the call")]
    pub async fn replace_successor(
        &mut self,
        kind: Kind,
        digest: &str,
        old_successor: &str,
        new_successor: &str,
        now: Seconds,
        puts: &[NewArtifact],
    ) -> Result<bool> {
        // Whoever takes the old successor decides: `successor` of the parent changes only after it.
        let kill = over_table!(
            kind,
            "UPDATE ",
            " SET taken_at = $4 WHERE digest = $3 AND kind = $2 AND taken_at IS NULL
            AND EXISTS (SELECT 1 FROM ",
            " AS parent WHERE parent.digest = $1 AND parent.kind = $2
                AND parent.taken_at IS NOT NULL AND parent.successor = $3)"
        );
        if !self.changed(kill.bind(digest).bind(kind.name()).bind(old_successor).bind(now)).await? {
            return Ok(false);
        }
        let name = over_table!(kind, "UPDATE ", " SET successor = $3 WHERE digest = $1 AND kind = $2");
        self.run(name.bind(digest).bind(kind.name()).bind(new_successor)).await?;
        self.put_all(puts).await?;
        Ok(true)
    }

    async fn put_all(&mut self, puts: &[NewArtifact]) -> Result<()> {
        for artifact in puts {
            self.put(artifact).await?;
        }
        Ok(())
    }
}
