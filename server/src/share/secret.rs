//! The secret of a share link.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Who has it may come in. Of 160 random bits, in characters that need no escape in a URL.
#[derive(PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn mint() -> Self {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).expect("the system's random source works from boot on");
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Returns it, to be told to who asked for the link.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it. It has too many bits to be found again by trying, so that one round is enough.
    pub(super) fn hash(&self) -> [u8; 32] {
        Self::hash_of(&self.0)
    }

    pub(super) fn hash_of(secret: &str) -> [u8; 32] {
        Sha256::digest(secret).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
