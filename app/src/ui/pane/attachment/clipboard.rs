//! Programs and the clipboard: what they may, what the person is asked, and what is said of it.

use leptos::{prelude::Set, task::spawn_local};

use crate::client::{ClipboardWish, Permission};

use super::{
    super::{
        super::text::Message,
        wish::{Obstacle, Wish},
    },
    Attachment, with,
};

/// What a person answers a program that wants to write the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As long as this window lives.
    InThisWindow,
    /// From now on.
    Always,
    /// Never.
    Never,
}

impl Attachment {
    /// A program wants something of the clipboard.
    pub(super) fn wished(&self, wish: ClipboardWish) {
        let around = &self.around;
        match wish {
            ClipboardWish::Write(text) => match around.settings.clipboard_permission() {
                Permission::Allow => self.hand_over(text),
                Permission::Deny => around.toasts.done(around.text.once(Message::ClipboardDenied)),
                Permission::Ask => self.hold_back(text, Obstacle::Unasked),
            },
            ClipboardWish::TooLarge => around.toasts.failed(around.text.once(Message::ClipboardTooLarge)),
            ClipboardWish::Read(selections) if around.settings.now().clipboard_read => self.answer_with(selections),
            // A question that is not answered has not been heard: the program waits for nothing.
            ClipboardWish::Read(_) => {}
        }
    }

    /// The person has answered the wish that waits.
    pub fn answer_wish(&self, answer: Answer) {
        match answer {
            Answer::InThisWindow => self.around.settings.grant_clipboard(),
            Answer::Always => self.around.settings.permit_clipboard(Permission::Allow),
            Answer::Never => self.around.settings.permit_clipboard(Permission::Deny),
        }
        self.said.wish.set(None);
        if let Some(text) = self.held_back.copy.take().filter(|_| answer != Answer::Never) {
            self.hand_over(text);
        }
    }

    /// Copies what the person has selected.
    pub(super) fn copy(&self, text: &str) {
        let copying = self.around.client.browser.copy(text);
        let around = self.around.clone();
        spawn_local(async move {
            if !copying.await {
                around.toasts.failed(around.text.once(Message::CopyDenied));
            }
        });
    }

    /// Puts a program's text on the clipboard and says so.
    fn hand_over(&self, text: String) {
        let copying = self.around.client.browser.copy(&text);
        let this = self.this.clone();
        spawn_local(async move {
            let copied = copying.await;
            with(&this, |attachment| {
                let around = &attachment.around;
                if copied {
                    let characters = text.chars().count().to_string();
                    around.toasts.done(around.text.once(Message::ClipboardWritten).replace("{}", &characters));
                } else {
                    attachment.hold_back(text, Obstacle::Gesture);
                }
            });
        });
    }

    /// Keeps a program's text until the person has said what becomes of it; the newest is the one asked about.
    fn hold_back(&self, text: String, obstacle: Obstacle) {
        self.said.wish.set(Some(Wish { characters: text.chars().count(), obstacle }));
        self.held_back.copy.replace(Some(text));
    }

    fn answer_with(&self, selections: String) {
        let reading = self.around.client.browser.paste();
        let this = self.this.clone();
        spawn_local(async move {
            let text = reading.await;
            with(&this, |attachment| match text {
                Some(text) => {
                    let answer = ClipboardWish::answer(&selections, &text);
                    attachment.with_screen(|screen| screen.answer(&answer));
                }
                None => attachment.around.toasts.failed(attachment.around.text.once(Message::PasteDenied)),
            });
        });
    }
}
