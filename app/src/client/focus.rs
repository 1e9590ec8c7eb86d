//! Which screen has the keyboard, and the Ctrl key that a touch keyboard lacks.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use leptos::prelude::{GetUntracked, RwSignal, Set};

use crate::protocol::Data;

use super::Screen;

/// The screen that typed last, as the key bar and the commands find it.
#[derive(Clone)]
pub struct ScreenFocus {
    screen: Rc<RefCell<Option<Weak<dyn Screen>>>>,
    ctrl: RwSignal<bool>,
}

impl ScreenFocus {
    /// No screen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { screen: Rc::default(), ctrl: RwSignal::new(false) }
    }

    /// Says that `screen` has the keyboard now. It is not kept alive by this.
    pub fn take(&self, screen: &Rc<dyn Screen>) {
        *self.screen.borrow_mut() = Some(Rc::downgrade(screen));
    }

    /// The screen that has the keyboard, or had it last, as long as it is there.
    #[must_use]
    pub fn screen(&self) -> Option<Rc<dyn Screen>> {
        self.screen.borrow().as_ref().and_then(Weak::upgrade)
    }

    /// Whether the next typed character is to be a control character.
    #[must_use]
    pub fn ctrl(&self) -> RwSignal<bool> {
        self.ctrl
    }

    /// What is sent for `typed`: its control character when Ctrl waits for one, which it then no longer does.
    #[must_use]
    pub fn typed(&self, typed: Data) -> Data {
        if !self.ctrl.get_untracked() {
            return typed;
        }
        self.ctrl.set(false);
        match typed {
            Data::Text(text) => Data::Text(control(&text).unwrap_or(text)),
            other => other,
        }
    }
}

impl Default for ScreenFocus {
    fn default() -> Self {
        Self::new()
    }
}

/// The control character of a single ASCII character that has one.
fn control(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let (Some(char), None) = (chars.next(), chars.next()) else { return None };
    let upper = char.to_ascii_uppercase();
    let code = match upper {
        ' ' => 0,
        '@'..='_' => upper as u8 - b'@',
        '?' => 127,
        _ => return None,
    };
    Some(char::from(code).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::Owner;

    fn check(typed: &str, expected: &str) {
        let owner = Owner::new();
        owner.set();
        let focus = ScreenFocus::new();
        focus.ctrl().set(true);
        assert_eq!(focus.typed(Data::Text(typed.to_owned())), Data::Text(expected.to_owned()));
        assert!(!focus.ctrl().get_untracked(), "Ctrl holds for one character");
    }

    #[test]
    fn ctrl_makes_the_next_character_a_control_character() {
        check("c", "\u{3}");
        check("D", "\u{4}");
        check("[", "\u{1b}");
        check(" ", "\0");
        check("?", "\u{7f}");
    }

    #[test]
    fn what_has_no_control_character_stays_as_it_is() {
        check("あ", "あ");
        check("1", "1");
        check("ls", "ls");
    }
}
