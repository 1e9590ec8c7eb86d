//! The cookie that remembers who signed in: `user.expiry.signature`, so that the server need not remember.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, header};
use sha2::Sha256;

/// How long a browser stays signed in.
pub const COOKIE_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The secret behind every signature.
#[derive(Clone)]
pub struct CookieKey([u8; 32]);

impl CookieKey {
    /// Takes 256 random bits.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Begins a signature of these parts; the first says what it is for, so that none passes for another's.
    pub(super) fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        mac
    }
}

impl std::fmt::Debug for CookieKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CookieKey(…)")
    }
}

/// Writes and reads the cookie of one server.
#[derive(Debug)]
pub struct SignedCookie {
    key: CookieKey,
    name: String,
    path: String,
}

impl SignedCookie {
    pub fn new(key: CookieKey, name: String, path: String) -> Self {
        Self { key, name, path }
    }

    /// Writes the `Set-Cookie` value that signs a user in; `now` is in seconds since the epoch.
    pub fn grant(&self, user: &str, now: u64) -> String {
        self.grant_for(user, now, COOKIE_LIFETIME)
    }

    /// The same for so long, if that is shorter than usual.
    pub fn grant_for(&self, user: &str, now: u64, lifetime: Duration) -> String {
        let lifetime = lifetime.min(COOKIE_LIFETIME);
        let claim = format!("{user}.{}", now + lifetime.as_secs());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.mac(&claim).finalize().into_bytes());
        self.set(format!("{claim}.{signature}"), lifetime)
    }

    /// Writes the `Set-Cookie` value that makes the browser forget.
    pub fn revoke(&self) -> String {
        self.set(String::new(), Duration::ZERO)
    }

    /// Returns the user whom a valid cookie among the headers names.
    pub fn user(&self, headers: &HeaderMap, now: u64) -> Option<String> {
        self.valid(headers, now).map(|(user, _)| user)
    }

    /// Returns what sets this cookie apart from those of other browsers; only its bearer can know it.
    pub fn session(&self, headers: &HeaderMap, now: u64) -> Option<String> {
        self.valid(headers, now).map(|(_, signature)| signature)
    }

    fn valid(&self, headers: &HeaderMap, now: u64) -> Option<(String, String)> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .filter(|cookie| cookie.name() == self.name)
            .find_map(|cookie| self.verify(cookie.value(), now))
    }

    /// Returns the user and the signature of a cookie of ours.
    fn verify(&self, value: &str, now: u64) -> Option<(String, String)> {
        let (claim, written) = value.rsplit_once('.')?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(written).ok()?;
        self.mac(claim).verify_slice(&signature).ok()?;
        let (user, expiry) = claim.rsplit_once('.')?;
        (expiry.parse::<u64>().ok()? > now).then(|| (user.to_owned(), written.to_owned()))
    }

    /// The name is signed too, so that one server's cookie is nothing to another that shares the key.
    fn mac(&self, claim: &str) -> Hmac<Sha256> {
        self.key.mac(&["aetherterm cookie", &self.name, claim])
    }

    fn set(&self, value: String, lifetime: Duration) -> String {
        let age = cookie::time::Duration::seconds(lifetime.as_secs().cast_signed());
        Cookie::build((&self.name, value))
            .path(&self.path)
            .max_age(age)
            .http_only(true)
            .same_site(SameSite::Strict)
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000;

    fn signer() -> SignedCookie {
        SignedCookie::new(CookieKey::new([1; 32]), "aetherterm_57575".to_owned(), "/term".to_owned())
    }

    fn value(set_cookie: &str) -> &str {
        set_cookie.split([';', '=']).nth(1).unwrap()
    }

    #[test]
    fn a_browser_keeps_it_for_thirty_days_and_from_scripts_and_strangers() {
        let set = signer().grant("owner", NOW);
        let (cookie, attributes) = set.split_once("; ").unwrap();
        assert!(cookie.starts_with("aetherterm_57575=owner.1792592000."), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/term", "Max-Age=2592000"] {
            assert!(attributes.split("; ").any(|given| given == attribute), "{attribute} in {attributes}");
        }
    }

    #[test]
    fn it_names_its_user_until_it_expires() {
        let set = signer().grant("owner", NOW);
        let last = NOW + COOKIE_LIFETIME.as_secs() - 1;
        assert_eq!(signer().verify(value(&set), last).map(|(user, _)| user).as_deref(), Some("owner"));
        assert_eq!(signer().verify(value(&set), last + 1), None);
    }

    #[test]
    fn a_changed_one_is_nothing() {
        let set = signer().grant("owner", NOW);
        let value = value(&set);
        let other_key = SignedCookie { key: CookieKey::new([2; 32]), ..signer() };
        assert_eq!(other_key.verify(value, NOW), None);
        for forged in [value.replace("owner", "admin"), value.replace(".179", ".279"), "owner.1792592000.".to_owned()] {
            assert_eq!(signer().verify(&forged, NOW), None, "{forged}");
        }
        for junk in ["", ".", "..", "owner", "owner.x.y", "é.1.AA"] {
            assert_eq!(signer().verify(junk, NOW), None, "{junk}");
        }
    }

    #[test]
    fn signing_out_makes_the_browser_forget() {
        let set = signer().revoke();
        assert!(
            set.starts_with("aetherterm_57575=;") && set.contains("Max-Age=0") && set.contains("Path=/term"),
            "{set}"
        );
    }
}
