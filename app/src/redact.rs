//! Secrets, known by the name they stand under and by how they look: the one list for everything that is recorded.

/// What stands where a secret stood.
pub const REDACTED: &str = "REDACTED";

/// A key with one of these in it, case and separators apart, holds a secret.
const SECRET_KEYS: [&str; 14] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "authorization",
    "cookie",
    "privatekey",
    "accesskey",
    "credential",
    "bearer",
    "otp",
];

/// How a word begins that is a secret by itself, and how long the whole is at least.
const SECRET_WORDS: [(&str, usize); 12] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 20),
    ("xoxb-", 12),
    ("xoxp-", 12),
    ("xoxa-", 12),
    ("sk-", 20),
    ("AIza", 30),
];

/// Whether what stands under this name is a secret, whatever it looks like.
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_KEYS.iter().any(|secret| match *secret {
        // Short enough to be part of other words, such as `hotpath`.
        "otp" | "pwd" => key.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part.eq_ignore_ascii_case(secret)),
        // Counts of a language model's tokens are no secret.
        "token" => plain.contains("token") && !plain.contains("tokens"),
        secret => plain.contains(secret),
    })
}

/// Returns the text with every secret in it replaced, if there is one.
#[must_use]
pub fn without_secrets(text: &str) -> Option<String> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some(REDACTED.to_owned());
    }
    let mut clean = String::new();
    let mut found = false;
    let mut after_scheme = false;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | '=')) {
        let bare =
            word.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | '='));
        let tail = &word[bare.len()..];
        let secret = !bare.is_empty() && (after_scheme || is_secret_word(bare));
        if secret {
            clean.push_str(REDACTED);
            found = true;
        } else if let Some(kept) = without_userinfo(bare) {
            clean.push_str(&kept);
            found = true;
        } else {
            clean.push_str(bare);
        }
        clean.push_str(tail);
        if !bare.is_empty() {
            after_scheme = bare.eq_ignore_ascii_case("bearer") || bare.eq_ignore_ascii_case("basic");
        }
    }
    found.then_some(clean)
}

fn is_secret_word(word: &str) -> bool {
    let known = SECRET_WORDS.iter().any(|(prefix, length)| word.len() >= *length && word.starts_with(prefix));
    known || is_jwt(word)
}

/// Three base64url parts, the first of which begins as every JSON object does.
fn is_jwt(word: &str) -> bool {
    let mut parts = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).split('.');
    let base64url = |part: &str| part.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    matches!(
        (parts.next(), parts.next(), parts.next(), parts.next()),
        (Some(header), Some(claims), Some(signature), None)
            if header.starts_with("eyJ") && claims.len() > 3 && [header, claims, signature].into_iter().all(base64url)
    )
}

/// An address without the user and password in it.
fn without_userinfo(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (userinfo, _) = authority.rsplit_once('@')?;
    Some(format!("{scheme}://{REDACTED}{}", &rest[userinfo.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(without_secrets(text).as_deref().unwrap_or(text), expected);
    }

    #[test]
    fn secrets_are_known_by_their_look() {
        check("ls -la", "ls -la");
        check("Authorization: Bearer abc.def", "Authorization: Bearer REDACTED");
        check("bearer  abc", "bearer  REDACTED");
        check("key=AKIAIOSFODNN7EXAMPLE&x=1", "key=REDACTED&x=1");
        check("ghp_0123456789abcdefghij", "REDACTED");
        check("got (eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl)!", "got REDACTED");
        check("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "got REDACTED");
        check("-----BEGIN RSA PRIVATE KEY-----\nabc", "REDACTED");
        check("https://me:pw@host/x?y", "https://REDACTED@host/x?y");
        check("https://host/a@b", "https://host/a@b");
        check("sk-short", "sk-short");
    }

    #[test]
    fn secrets_are_known_by_their_key() {
        for key in [
            "password",
            "user.Password",
            "API-Key",
            "api_key",
            "x-auth-token",
            "Set-Cookie",
            "client_secret",
            "pwd",
            "my.otp",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["socketio.event", "gen_ai.usage.input_tokens", "hotpath", "session.id", "key"] {
            assert!(!is_secret_key(key), "{key}");
        }
    }
}
