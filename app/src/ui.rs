//! The screen: one component per file, folders follow what is seen. Components read signals and the ports of
//! [`crate::client`]; none of them knows Socket.IO or JavaScript, and the first render is the same on both sides.

mod app;
mod ask;
mod avatar;
mod chat;
mod confirm;
mod connection;
mod dock;
mod export;
mod field;
mod format;
mod grip;
mod guest;
mod here;
mod icon;
mod key_bar;
mod later;
mod monitor;
mod palette;
mod pane;
mod people;
mod preferences;
mod presence;
mod progress;
mod refusal;
mod role;
mod roving;
mod session;
mod settings;
mod shell;
mod shortcuts;
mod status_bar;
mod text;
mod theme;
mod toasts;
mod top_bar;
mod traces;
mod work;

pub use app::App;
pub use monitor::{MonitorContext, TrackedSocket, use_tracked_socket};
pub use preferences::{Preferences, use_preferences};
pub use shell::shell;
pub use text::{Language, Message, Texts, use_texts};
pub use toasts::{Toast, Toasts, use_toasts};
