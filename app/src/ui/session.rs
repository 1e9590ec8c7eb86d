//! The sessions of a person: which one is shown, the others, and what can be done with them.

mod dialog;
mod form;
mod menu;
mod none;
mod state;

pub use dialog::SessionDialog;
pub use menu::{SessionEntries, SessionMenu, Unread};
pub use none::NoSession;
pub use state::{SessionActions, use_sessions};
