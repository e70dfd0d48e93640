//! PHC strings of argon2 (password-hashing.net string format): parsed, capped, compared.

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;

/// Most memory a stored hash may ask for, in KiB: a row can't take the machine.
const MOST_MEMORY: u32 = 1_048_576;
/// Most passes and lanes it may ask for.
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;

/// A stored hash, taken apart.
pub(super) struct Stored {
    argon2: Argon2<'static>,
    kind: (Algorithm, Version),
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    /// `None` for anything that is not an argon2 hash within the caps.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parsed = PasswordHash::new(text).ok()?;
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
        let version = Version::try_from(parsed.version.unwrap_or(0x10)).ok()?;
        let params = Params::try_from(&parsed).ok()?;
        if params.m_cost() > MOST_MEMORY || params.t_cost() > MOST_PASSES || params.p_cost() > MOST_LANES {
            return None;
        }
        Some(Self {
            salt: parsed.salt?.as_ref().to_vec(),
            hash: parsed.hash?.as_bytes().to_vec(),
            argon2: Argon2::new(algorithm, version, params),
            kind: (algorithm, version),
        })
    }

    /// Whether `password` is the one, with its blocks of memory taken from `blocks`.
    pub(super) fn matches(&self, password: &[u8], blocks: &mut Vec<argon2::Block>) -> bool {
        let mut computed = vec![0; self.hash.len()];
        grow(blocks, self.argon2.params());
        let done =
            self.argon2.hash_password_into_with_memory(password, &self.salt, &mut computed, blocks.as_mut_slice());
        done.is_ok() && computed.ct_eq(&self.hash).into()
    }

    /// Whether it was made with exactly these parameters by argon2id 1.3.
    pub(super) fn is_made_with(&self, params: &Params) -> bool {
        let own = self.argon2.params();
        (own.m_cost(), own.t_cost(), own.p_cost()) == (params.m_cost(), params.t_cost(), params.p_cost())
            && self.hash.len() == Params::DEFAULT_OUTPUT_LEN
            && self.kind == (Algorithm::Argon2id, Version::V0x13)
    }
}

/// The PHC string of a new hash; `None` only when the library refuses the parameters.
pub(super) fn make(password: &[u8], salt: &[u8], params: &Params, blocks: &mut Vec<argon2::Block>) -> Option<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut hash = [0; Params::DEFAULT_OUTPUT_LEN];
    grow(blocks, params);
    argon2.hash_password_into_with_memory(password, salt, &mut hash, blocks.as_mut_slice()).ok()?;
    text(params, salt, &hash)
}

/// A PHC string from its parts.
pub(super) fn text(params: &Params, salt: &[u8], hash: &[u8]) -> Option<String> {
    let phc = PasswordHash {
        algorithm: Ident::new("argon2id").ok()?,
        version: Some(0x13),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(hash).ok()?),
    };
    Some(phc.to_string())
}

fn grow(blocks: &mut Vec<argon2::Block>, params: &Params) {
    if blocks.len() < params.block_count() {
        blocks.resize(params.block_count(), argon2::Block::new());
    }
}
