//! The simulated platforms, written from `upstreams/` and not from our connectors. Sees base and HTTP only.
