//! What the page can do without until the terminal stands: the tools of the dock, the dialogs and what stands around. In a
//! release they are a WASM file of their own, fetched when the first shell is there or as soon as somebody asks for one of them.

mod ahead;
mod piece;

pub use piece::Piece;

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    page::{PageConfig, PageView},
    people::{PeopleState, use_people},
};

use super::{
    confirm::use_confirm,
    dock::{Tool, use_dock},
    palette::use_palette,
    people::use_share,
    session::use_sessions,
    settings::use_settings,
    text::{Message, Texts, use_texts},
    toasts::{Toasts, use_toasts},
};

use self::{
    ahead::Ahead,
    piece::{Make, fetch},
};

/// Whether the pieces are there.
#[derive(Clone, Copy)]
enum Arrival {
    Away,
    UnderWay,
    Here(Make),
    Failed,
}

/// What comes later, and how far it is.
#[derive(Clone, Copy)]
pub struct Later {
    arrival: RwSignal<Arrival>,
    ahead: Ahead,
    people: PeopleState,
    text: Texts,
    toasts: Toasts,
}

impl Later {
    /// Nothing has been fetched yet. The texts and the notices have to be in the context.
    #[must_use]
    pub fn from_context() -> Self {
        let arrival = RwSignal::new(Arrival::Away);
        Self { arrival, ahead: Ahead::from_context(), people: use_people(), text: use_texts(), toasts: use_toasts() }
    }

    /// Fetches it when the shell's first output is painted: it shall not be in the way of that.
    pub fn after_paint(self) {
        request_animation_frame(move || set_timeout(move || self.prefetch(), Duration::ZERO));
    }

    /// Fetches it now: somebody waits for a piece, and is told when it does not come.
    pub fn ask(self) {
        if !matches!(self.arrival.get_untracked(), Arrival::Here(_)) {
            self.ahead.begin();
        }
        self.load(true);
    }

    /// Keeps a key for the piece that somebody waits for; whether it did.
    pub fn keep(self, event: &ev::KeyboardEvent) -> bool {
        self.ahead.keep(event)
    }

    /// Fetches it when it is needed: a dialog is to open, or a tool is chosen. A page without terminals is its tools, and a guest
    /// may have to be told why there is nothing to see.
    pub fn follow(self) {
        /// A page whose shell is not there by then has its tools first.
        const PATIENCE: Duration = Duration::from_secs(10);
        let is_monitor = expect_context::<PageConfig>().view == PageView::Monitor;
        let (palette, settings, share) = (use_palette(), use_settings(), use_share());
        let (sessions, confirm, dock) = (use_sessions(), use_confirm(), use_dock());
        Effect::new(move |first: Option<()>| {
            // Each is read, so that each is followed.
            let dialogs =
                [palette.is_asked(), settings.is_asked(), share.is_open(), sessions.is_asked(), confirm.is_asked()];
            let rest = [is_monitor, dock.chosen() != Tool::Monitor, self.people.is_guest()];
            if dialogs.contains(&true) {
                self.ask();
            } else if rest.contains(&true) {
                self.prefetch();
            } else if first.is_none() {
                set_timeout(move || self.prefetch(), PATIENCE);
            }
        });
    }

    /// Fetches it, unless that has been tried.
    fn prefetch(self) {
        if matches!(self.arrival.try_get_untracked(), Some(Arrival::Away)) {
            self.load(false);
        }
    }

    /// Fetches it, unless that is done or under way.
    fn load(self, asked: bool) {
        // The page may be going, and its signals with it.
        if !matches!(self.arrival.try_get_untracked(), Some(Arrival::Away | Arrival::Failed)) {
            return;
        }
        self.arrival.set(Arrival::UnderWay);
        spawn_local(async move {
            let arrival = fetch().await.map_or(Arrival::Failed, Arrival::Here);
            if matches!(arrival, Arrival::Failed) && (self.ahead.forget() || asked) {
                self.toasts.failed(self.text.once(Message::PieceMissing));
            }
            self.arrival.try_set(arrival);
            // By then what was asked for is open and has the keyboard.
            request_animation_frame(move || self.ahead.give());
        });
    }
}

/// What comes later; there from the root component on.
#[must_use]
pub fn use_later() -> Later {
    expect_context()
}

/// A piece, once it is here.
#[component]
pub fn Late(
    /// Which.
    piece: Piece,
) -> impl IntoView {
    let later = use_later();
    move || match later.arrival.get() {
        Arrival::Here(make) => Some(make(piece)),
        Arrival::Away | Arrival::UnderWay | Arrival::Failed => None,
    }
}

/// What stands in the place of a tool that could not be fetched, with another attempt.
#[component]
pub fn Missing() -> impl IntoView {
    let (text, later) = (use_texts(), use_later());
    move || {
        matches!(later.arrival.get(), Arrival::Failed).then(|| {
            view! {
                <div class="empty" role="alert">
                    <p>{text.of(Message::PieceMissing)}</p>
                    <button class="button" on:click=move |_| later.load(false)>{text.of(Message::TryAgain)}</button>
                </div>
            }
        })
    }
}
