//! The open connectors: stored instances, built from their settings, secrets opened, each with its own way out.

/// The instances as they stand, rebuilt when the epoch moves. Cheap to clone.
#[derive(Clone)]
pub struct Connectors {
    _todo: (),
}

impl Connectors {
    /// Over the stored instances; `practice_origin` is `None` where practice is off.
    #[must_use]
    pub fn new(
        _store: crate::store::Store,
        _sealer: std::sync::Arc<crate::base::secret::Sealer>,
        _policy: std::sync::Arc<crate::base::outbound::Policy>,
        _practice_origin: Option<String>,
    ) -> Self {
        todo!()
    }
}
