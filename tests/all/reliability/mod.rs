//! What must hold when things go wrong or go at once: kills, two nodes, floods, and what must not leak.
//!
//! It starts the real binary, or several servers on one store, and looks at
//! them through HTTP and the command line only; what one rule says in detail
//! is tested with its layer.

mod caller;
mod canaries;
mod canaries_upstream;
mod kill;
mod limits;
pub mod nodes;
pub mod program;
mod race;
mod tls;
mod traffic;
mod two_nodes;
