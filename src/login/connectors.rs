//! The open connectors: stored instances, built from their settings, secrets opened, each with its own way out.

/// The instances as they stand, rebuilt when the epoch moves. Cheap to clone.
#[derive(Clone)]
pub struct Connectors {
    _todo: (),
}
