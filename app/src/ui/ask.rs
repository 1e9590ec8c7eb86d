//! What a person asks of the server by hand: sent for a named action, and a refusal is said in words.

use leptos::{prelude::*, task::spawn_local};

use crate::{client::ClientContext, protocol::Request};

use super::{
    refusal,
    text::{Texts, use_texts},
    toasts::{Toasts, use_toasts},
};

/// What is done with a response, or with why there is none in words. A box: code is made for each request, not for each place
/// that sends it.
pub type Then<T> = Box<dyn FnOnce(Result<T, String>)>;

/// Sends requests for a person.
#[derive(Clone, Copy)]
pub struct Asker {
    client: Option<ClientContext>,
    text: Texts,
    toasts: Toasts,
}

impl Asker {
    /// Takes what it needs from the context.
    #[must_use]
    pub fn from_context() -> Self {
        Self { client: use_context(), text: use_texts(), toasts: use_toasts() }
    }

    /// Sends `request` for the action `name`; a refusal becomes a notice.
    pub fn ask<R: Request>(self, name: &'static str, request: &R) {
        self.attempt(
            name,
            request,
            Box::new(move |outcome| {
                if let Err(why) = outcome {
                    self.toasts.failed(why);
                }
            }),
        );
    }

    /// Sends `request` for the action `name`, and hands on what became of it.
    pub fn attempt<R: Request>(self, name: &'static str, request: &R, then: Then<R::Response>) {
        let answer = self.client.map(|client| {
            client.with_value(|client| {
                client.link.act(name);
                client.link.emit(request)
            })
        });
        if let Some(answer) = answer {
            spawn_local(async move {
                let outcome = answer.await.map_err(|failure| refusal::sentence(self.text, &failure));
                then(outcome);
            });
        }
    }

    /// Says that something failed.
    pub fn failed(self, why: String) {
        self.toasts.failed(why);
    }

    /// Copies text, and says so.
    pub fn copy(self, text: &str) {
        let copying = self.client.map(|client| client.with_value(|client| client.browser.copy(text)));
        if let Some(copying) = copying {
            spawn_local(async move { self.toasts.copied(self.text, copying.await) });
        }
    }

    /// The page's clock in milliseconds since the epoch, and how far its people's is ahead of UTC in minutes.
    pub fn clock(self) -> (f64, i32) {
        self.client
            .map(|client| client.with_value(|client| (client.browser.now_ms(), client.browser.utc_offset_minutes())))
            .unwrap_or_default()
    }
}
