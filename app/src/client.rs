//! The ports the UI knows: the link to the server, the screen of a terminal, the traces and the browser itself. The
//! browser's half implements them; the server renders without any.

mod action;
mod browser;
mod clipboard;
mod focus;
mod link;
mod progress;
mod screen;
mod settings;
mod status;
mod traces;

pub use action::{Action, Outcome};
pub use browser::{Browser, SavedFile};
pub use clipboard::{ClipboardWish, MAX_CLIPBOARD};
pub use focus::ScreenFocus;
pub use link::{Failure, Link, Message, Settle, Wire};
pub use progress::{NotProgress, Progress};
pub use screen::{Found, Jump, OnScreen, Screen, ScreenEvent, ScreenKey, ScreenModes, Screens, Search, Step};
pub use settings::{Contrast, CursorShape, Permission, Renderer, Setting, Settings, Unfit};
pub use status::{EchoLatency, ExportCount, LinkState, LinkStatus, Transport};
pub use traces::{Following, Local, Read, TraceQuery, TraceSource, TracesUnavailable};

use leptos::prelude::{LocalStorage, StoredValue, use_context};
use std::rc::Rc;

/// What a component asks for when it wants to act; absent while the server renders.
#[derive(Clone)]
pub struct Client {
    /// The connection.
    pub link: Link,
    /// Where terminals are drawn.
    pub screens: Rc<dyn Screens>,
    /// Which of them has the keyboard.
    pub focus: ScreenFocus,
    /// Where traces are read.
    pub traces: Rc<dyn TraceSource>,
    /// What the person's browser does for the page.
    pub browser: Rc<dyn Browser>,
}

/// The client as it lies in the context: the browser's objects stay on their one thread.
pub type ClientContext = StoredValue<Client, LocalStorage>;

/// The client of this window; `None` while the server renders.
#[must_use]
pub fn use_client() -> Option<Client> {
    use_context::<ClientContext>().map(|client| leptos::prelude::GetValue::get_value(&client))
}
