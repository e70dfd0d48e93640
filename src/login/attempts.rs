//! How often somebody may fail: the names under which tries are charged.
