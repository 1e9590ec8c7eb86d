//! An amount of memory as people write it.

use std::{fmt, str::FromStr};

/// An amount such as `8MiB`, `512KiB` or `1GiB`; `M` and `MB` mean the same as `MiB` here, as memory is never counted in tens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub usize);

/// What an amount must look like.
#[derive(Debug, thiserror::Error)]
#[error("an amount is a whole number and KiB, MiB or GiB, such as 8MiB")]
pub struct BadBytes;

impl FromStr for Bytes {
    type Err = BadBytes;

    fn from_str(text: &str) -> Result<Self, BadBytes> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit: usize = match unit.to_ascii_lowercase().as_str() {
            "" => 1,
            "k" | "kb" | "kib" => 1 << 10,
            "m" | "mb" | "mib" => 1 << 20,
            "g" | "gb" | "gib" => 1 << 30,
            _ => return Err(BadBytes),
        };
        let number: usize = number.parse().map_err(|_| BadBytes)?;
        number.checked_mul(unit).map(Self).ok_or(BadBytes)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes.is_multiple_of(1 << 30) => write!(f, "{}GiB", bytes >> 30),
            bytes if bytes.is_multiple_of(1 << 20) => write!(f, "{}MiB", bytes >> 20),
            bytes if bytes.is_multiple_of(1 << 10) => write!(f, "{}KiB", bytes >> 10),
            bytes => write!(f, "{bytes}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, bytes: Option<usize>) {
        assert_eq!(text.parse::<Bytes>().ok(), bytes.map(Bytes), "{text}");
    }

    #[test]
    fn an_amount_is_read_as_it_is_meant() {
        check("4194304", Some(4 << 20));
        check("512KiB", Some(512 << 10));
        check("8MiB", Some(8 << 20));
        check("8mb", Some(8 << 20));
        check("1G", Some(1 << 30));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "MiB", "1.5MiB", "-1", "8 MiB", "8TiB", "99999999999999999999", "18446744073709551615KiB"] {
            check(text, None);
        }
    }
}
