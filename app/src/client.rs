//! The two ports the UI knows: the link to the server and the screen of a terminal. The browser's half implements them;
//! the server renders without either.

mod link;
mod screen;
mod status;

pub use link::{Failure, Link, Message, Settle, Wire};
pub use screen::{Screen, ScreenEvents, Screens};
pub use status::{ExportCount, LinkState, LinkStatus, Transport};

use leptos::prelude::{LocalStorage, StoredValue, use_context};
use std::rc::Rc;

/// What a component asks for when it wants to act; absent while the server renders.
#[derive(Clone)]
pub struct Client {
    /// The connection.
    pub link: Link,
    /// Where terminals are drawn.
    pub screens: Rc<dyn Screens>,
}

/// The client as it lies in the context: the browser's objects stay on their one thread.
pub type ClientContext = StoredValue<Client, LocalStorage>;

/// The client of this window; `None` while the server renders.
#[must_use]
pub fn use_client() -> Option<Client> {
    use_context::<ClientContext>().map(|client| leptos::prelude::GetValue::get_value(&client))
}
