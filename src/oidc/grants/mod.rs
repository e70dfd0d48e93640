//! The grant types, one a file: what each takes and what it gives for it.
//!
//! A grant type looks, compares everything, signs, then exchanges. It knows
//! artifacts and grants; it must not know who may call it: the token endpoint does.

pub mod code;
