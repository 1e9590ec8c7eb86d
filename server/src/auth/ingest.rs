//! Tokens with which the programs of one terminal may post telemetry, and do nothing else.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::cookie::CookieKey;

/// What such a token begins with, so that who finds one knows what it is.
const PREFIX: &str = "ingest";

/// Writes and reads the tokens: `ingest.terminal.signature`, so that the server need not remember them.
#[derive(Clone, Debug)]
pub struct Ingest {
    key: CookieKey,
}

impl Ingest {
    /// Takes the secret behind every signature.
    pub fn new(key: CookieKey) -> Self {
        Self { key }
    }

    /// Writes the token of a terminal.
    pub fn grant(&self, terminal: &str) -> String {
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.mac(terminal).finalize().into_bytes());
        format!("{PREFIX}.{terminal}.{signature}")
    }

    /// Returns the terminal whose token this is.
    pub fn terminal<'a>(&self, token: &'a str) -> Option<&'a str> {
        let (claim, signature) = token.rsplit_once('.')?;
        let terminal = claim.strip_prefix(PREFIX)?.strip_prefix('.')?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(terminal).verify_slice(&signature).ok()?;
        Some(terminal)
    }

    fn mac(&self, terminal: &str) -> Hmac<Sha256> {
        self.key.mac(&["aetherterm ingest", terminal])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_terminal() {
        let ingest = Ingest::new(CookieKey::new([7; 32]));
        let token = ingest.grant("t_1");
        assert_eq!(ingest.terminal(&token), Some("t_1"));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{token}");
    }

    #[test]
    fn what_was_not_signed_here_is_none() {
        let ingest = Ingest::new(CookieKey::new([7; 32]));
        let token = ingest.grant("t_1");
        for forged in
            [token.replace("t_1", "t_2"), token.replace("ingest", "other"), format!("{token}x"), String::new()]
        {
            assert_eq!(ingest.terminal(&forged), None, "{forged}");
        }
        assert_eq!(Ingest::new(CookieKey::new([8; 32])).terminal(&token), None);
    }
}
