//! The token that opens a server: in the printed URL, and as a program's bearer token.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

/// A secret of visible ASCII characters, so that it can stand in a header.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Makes a random one of 192 bits, in characters that need no escape in a URL.
    pub fn mint() -> Self {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).expect("the system's random source works from boot on");
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Compares in a time that does not tell how much of a guess was right.
    pub fn matches(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Returns it as a program sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Writes `token=…` as it stands in a URL.
    pub fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).append_pair("token", &self.0).finish()
    }
}

impl FromStr for Token {
    type Err = BadToken;

    fn from_str(text: &str) -> Result<Self, BadToken> {
        let visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible { Ok(Self(text.to_owned())) } else { Err(BadToken) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What a token must look like.
#[derive(Debug, thiserror::Error)]
#[error("a token consists of visible ASCII characters and is not empty")]
pub struct BadToken;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_matches() {
        let token: Token = "secret".parse().unwrap();
        assert!(token.matches("secret"));
        for wrong in ["", "secre", "secret ", "Secret", "secrets"] {
            assert!(!token.matches(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_token_is_written_as_a_url_can_carry_it() {
        assert_eq!("a&b=c#%".parse::<Token>().unwrap().to_query(), "token=a%26b%3Dc%23%25");
        let minted = Token::mint();
        assert_eq!(minted.to_query(), format!("token={}", minted.0));
    }

    #[test]
    fn what_a_header_cannot_carry_is_refused() {
        for text in ["", "with space", "täst", "line\nbreak"] {
            assert!(text.parse::<Token>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn no_two_tokens_are_alike_and_none_is_shown() {
        let token = Token::mint();
        assert_ne!(token, Token::mint());
        assert!(!format!("{token:?}").contains(&token.0));
    }
}
