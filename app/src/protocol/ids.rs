//! Ids on the wire: a letter that says what it names, then 13 characters of base 32.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

/// Crockford's digits in lower case: no letter that is easily taken for another.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 13;

/// A string that is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        ///
        /// Any string decodes: one that is not of this form becomes [`Self::NOBODY`], which is never minted, so that it
        /// is refused as an id that does not exist rather than as a broken payload.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// The id that nothing has.
            pub const NOBODY: Self = Self(0);

            /// Makes an id of random bits; zero, which is nobody's, becomes one.
            #[must_use]
            pub const fn from_random(bits: u64) -> Self {
                Self(if bits == 0 { 1 } else { bits })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                write_base32(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_")).and_then(read_base32).map(Self).ok_or(NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct IdVisitor;
                impl Visitor<'_> for IdVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an id")
                    }
                    fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                        Ok(text.parse().unwrap_or($name::NOBODY))
                    }
                }
                deserializer.deserialize_str(IdVisitor)
            }
        }
    };
}

id!(
    /// Names a session: a set of tabs that outlives its viewers.
    SessionId, "s"
);
id!(
    /// Names a tab: one screenful of panes.
    TabId, "b"
);
id!(
    /// Names a pane: a place in a tab's layout.
    PaneId, "p"
);
id!(
    /// Names a terminal: one shell on one PTY.
    TerminalId, "t"
);
id!(
    /// Names a share link; not the secret that is in it.
    ShareId, "l"
);
id!(
    /// Names a message. Of two in one session the later one has the greater id.
    MessageId, "m"
);

impl MessageId {
    /// The least id that is greater.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

fn write_base32(bits: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for place in (0..LENGTH).rev() {
        let digit = (bits >> (place * 5)) & 31;
        fmt::Write::write_char(f, char::from(DIGITS[digit as usize]))?;
    }
    Ok(())
}

fn read_base32(text: &str) -> Option<u64> {
    if text.len() != LENGTH {
        return None;
    }
    text.bytes().try_fold(0u64, |bits, byte| {
        let digit = DIGITS.iter().position(|&known| known == byte)? as u64;
        // Thirteen digits hold 65 bits: a first digit above 15 is not one of ours.
        (bits >> 59 == 0).then_some(bits << 5 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bits: u64) {
        let id = TerminalId::from_random(bits);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 15);
    }

    #[test]
    fn an_id_survives_the_wire() {
        for bits in [1, 31, 32, u64::MAX, u64::MAX >> 1, 0x8000_0000_0000_0000, 48_213] {
            check(bits);
        }
    }

    #[test]
    fn any_string_decodes_and_a_foreign_one_is_nobody() {
        for text in ["", "t_", "t1", "p_0000000000001", "t_g000000000000", "t_000000000000i", "t_0000000000001 "] {
            let id: TerminalId = serde_json::from_value(text.into()).expect("any string decodes");
            assert_eq!(id, TerminalId::NOBODY, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_string_is_refused() {
        assert!(serde_json::from_str::<TerminalId>("7").is_err());
    }

    #[test]
    fn nobody_is_never_minted() {
        assert_ne!(TerminalId::from_random(0), TerminalId::NOBODY);
    }
}
