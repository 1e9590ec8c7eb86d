//! The screen as the UI knows it: a surface that reports keys and sizes and takes a terminal's output by itself.

use std::rc::Rc;

use leptos::web_sys::HtmlElement;

use crate::protocol::{Data, TerminalId};

/// Makes screens.
pub trait Screens {
    /// Opens a screen inside `mount`; dropping the last handle takes it away again.
    fn open(&self, mount: &HtmlElement, events: ScreenEvents) -> Rc<dyn Screen>;
}

/// What a screen reports.
pub struct ScreenEvents {
    /// Keys, pastes and answers to queries, in order.
    pub input: Box<dyn Fn(Data)>,
    /// The size in cells after a change of the surface.
    pub resize: Box<dyn Fn(u16, u16)>,
    /// The program rang the bell.
    pub bell: Box<dyn Fn()>,
    /// Output is missing: the terminal is to be attached again from [`Screen::seq`].
    pub lost: Box<dyn Fn()>,
}

/// One surface. Output reaches it from the link directly: bytes never pass through a signal.
pub trait Screen {
    /// Shows the output of `terminal` from now on: from `seq`, or from where the server's next `terminal:attached` says.
    fn show(&self, terminal: TerminalId, seq: Option<u64>);

    /// The offset after the last byte it has taken, to resume from; none while it may lack a part of a snapshot.
    fn seq(&self) -> Option<u64>;

    /// Whether this window answers the terminal's queries.
    fn lead(&self, leads: bool);

    /// Sets the size that is in force, when it is not the surface's own.
    fn resize(&self, cols: u16, rows: u16);

    /// The size in cells that the surface has room for.
    fn fit(&self) -> (u16, u16);

    /// Takes the keyboard.
    fn focus(&self);

    /// Does what the key does on a keyboard, as the terminal's modes say.
    fn press(&self, key: ScreenKey);

    /// Sends `text` as if it were pasted.
    fn paste(&self, text: &str);

    /// Reads the colours of the page's theme again.
    fn restyle(&self);
}

/// The keys that a touch keyboard lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenKey {
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
}
