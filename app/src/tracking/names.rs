//! The names under which events are counted: a closed set, whatever arrives.

use std::{borrow::Cow, collections::BTreeSet};

use crate::protocol::catalog::{self, OTHER};

/// Names for the connection's own life: labels here, never events on the wire.
pub mod lifecycle {
    /// The connection stands.
    pub const CONNECT: &str = "socket:connect";
    /// The connection went.
    pub const DISCONNECT: &str = "socket:disconnect";
    /// The connection could not be made.
    pub const CONNECT_ERROR: &str = "socket:connect_error";
}

const LIFECYCLE: [&str; 3] = [lifecycle::CONNECT, lifecycle::DISCONNECT, lifecycle::CONNECT_ERROR];

/// How many names of the callers' own there may be: enough for hand-tracked events, too few for a name per id.
const MAX_CUSTOM: usize = 64;
/// The longest such name, in bytes.
pub(super) const MAX_NAME: usize = 64;

/// The custom names seen so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    custom: BTreeSet<Box<str>>,
}

impl Names {
    /// The label of `event`: its own name while there is room, else `_OTHER`.
    pub(super) fn label(&mut self, event: &str) -> Cow<'static, str> {
        let known = catalog::label(event);
        if known != OTHER {
            return Cow::Borrowed(known);
        }
        if let Some(own) = LIFECYCLE.into_iter().find(|own| *own == event) {
            return Cow::Borrowed(own);
        }
        if event == OTHER || event.is_empty() || event.len() > MAX_NAME {
            return Cow::Borrowed(OTHER);
        }
        if !self.custom.contains(event) {
            if self.custom.len() == MAX_CUSTOM {
                return Cow::Borrowed(OTHER);
            }
            self.custom.insert(event.into());
        }
        Cow::Owned(event.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &mut Names, event: &str, expected: &str) {
        assert_eq!(names.label(event), expected, "{event}");
    }

    #[test]
    fn custom_names_are_their_own_until_there_are_too_many() {
        let mut names = Names::default();
        for n in 0..MAX_CUSTOM {
            check(&mut names, &format!("custom:{n}"), &format!("custom:{n}"));
        }
        check(&mut names, "custom:one_more", OTHER);
        check(&mut names, "custom:0", "custom:0");
        check(&mut names, "terminal:input", "terminal:input");
        check(&mut names, "socket:connect", "socket:connect");
    }

    #[test]
    fn a_name_nobody_could_read_is_other() {
        check(&mut Names::default(), "", OTHER);
        check(&mut Names::default(), &"x".repeat(MAX_NAME + 1), OTHER);
    }
}
