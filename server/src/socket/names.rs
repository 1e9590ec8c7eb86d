//! The names that clients of before there were panes have given their shells.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::protocol::TerminalId;

/// A shell's name, which is its user's own: another user's shell of the same name is another shell.
type Key = (String, String);

/// The names of the shells that are there.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    shells: Arc<Mutex<HashMap<Key, Shell>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    Opening,
    Open(TerminalId),
}

/// What there is under a name.
#[derive(Debug)]
pub(super) enum Found {
    /// A shell.
    Shell(TerminalId),
    /// One that another request is just opening.
    Opening,
    /// Nothing; the name is held for who asked.
    Nothing(Held),
}

/// A name that is held for a shell that is being opened; dropped unused, it is free again.
#[derive(Debug)]
pub(super) struct Held {
    names: Names,
    key: Option<Key>,
}

impl Names {
    /// Looks for a shell, and holds the name if there is none.
    pub(super) fn find_or_hold(&self, user: &str, name: &str) -> Found {
        let key = (user.to_owned(), name.to_owned());
        let mut shells = self.shells();
        match shells.get(&key) {
            Some(Shell::Open(terminal)) => Found::Shell(*terminal),
            Some(Shell::Opening) => Found::Opening,
            None => {
                shells.insert(key.clone(), Shell::Opening);
                Found::Nothing(Held { names: self.clone(), key: Some(key) })
            }
        }
    }

    /// The shell of that name.
    pub(super) fn find(&self, user: &str, name: &str) -> Option<TerminalId> {
        match self.shells().get(&(user.to_owned(), name.to_owned()))? {
            Shell::Open(terminal) => Some(*terminal),
            Shell::Opening => None,
        }
    }

    /// Gives a shell that was there before this server its name again.
    pub(super) fn put_back(&self, user: String, name: String, terminal: TerminalId) {
        self.shells().insert((user, name), Shell::Open(terminal));
    }

    /// Forgets the name of a terminal that is nowhere any more.
    pub(super) fn forget(&self, terminal: TerminalId) {
        self.shells().retain(|_, shell| *shell != Shell::Open(terminal));
    }

    fn shells(&self) -> MutexGuard<'_, HashMap<Key, Shell>> {
        // Every change leaves the map whole, so that of a panicked thread is still good.
        self.shells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The shell is there.
    pub(super) fn goes_to(mut self, terminal: TerminalId) {
        if let Some(key) = self.key.take() {
            self.names.shells().insert(key, Shell::Open(terminal));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.names.shells().remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: TerminalId = TerminalId::from_random(1);

    fn hold(names: &Names, user: &str) -> Held {
        match names.find_or_hold(user, "main") {
            Found::Nothing(held) => held,
            found => panic!("{found:?}"),
        }
    }

    #[test]
    fn a_name_is_of_one_shell_until_that_is_nowhere_any_more() {
        let names = Names::default();
        let held = hold(&names, "ada");
        assert!(matches!(names.find_or_hold("ada", "main"), Found::Opening));
        held.goes_to(SHELL);
        assert!(matches!(names.find_or_hold("ada", "main"), Found::Shell(SHELL)));
        assert_eq!(names.find("ada", "main"), Some(SHELL));
        names.forget(SHELL);
        assert_eq!(names.find("ada", "main"), None);
    }

    #[test]
    fn a_shell_that_did_not_come_leaves_its_name_free() {
        let names = Names::default();
        drop(hold(&names, "ada"));
        drop(hold(&names, "ada"));
    }

    #[test]
    fn names_are_their_users_own() {
        let names = Names::default();
        hold(&names, "ada").goes_to(SHELL);
        assert_eq!(names.find("eve", "main"), None);
        drop(hold(&names, "eve"));
        assert_eq!(names.find("ada", "main"), Some(SHELL));
    }
}
