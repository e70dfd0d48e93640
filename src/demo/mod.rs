//! The sample application: a relying party inside the binary that signs in through the real protocol.
