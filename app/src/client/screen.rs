//! The screen as the UI knows it: a surface that reports keys and sizes and takes a terminal's output by itself.

use std::rc::Rc;

use leptos::web_sys::HtmlElement;

use crate::protocol::{Data, TerminalId};

use super::{ClipboardWish, Progress, Settings};

/// Makes screens.
pub trait Screens {
    /// Opens a screen inside `mount`; dropping the last handle takes it away again.
    fn open(&self, mount: &HtmlElement, settings: &Settings, events: OnScreen) -> Rc<dyn Screen>;
}

/// Called with what a screen reports.
pub type OnScreen = Box<dyn Fn(ScreenEvent)>;

/// What a screen reports.
#[derive(Clone, Debug, PartialEq)]
pub enum ScreenEvent {
    /// Keys and answers to queries, in order.
    Input(Data),
    /// Text was pasted, as it was on the clipboard.
    Pasted(String),
    /// The size in cells has changed with the surface.
    Resized(u16, u16),
    /// The program rang the bell.
    Bell,
    /// Output came that nobody sees; reported once until it is seen.
    Stirred,
    /// Output is missing: the terminal is to be attached again from [`Screen::seq`].
    Lost,
    /// The program says how far it has come; `None` when it is done.
    Progress(Option<Progress>),
    /// The program wants something of the clipboard.
    Clipboard(ClipboardWish),
    /// Text was selected that is to be copied at once.
    Selected(String),
    /// The pointer is over a link to this address, or over none.
    Link(Option<String>),
    /// What a search has found.
    Found(Found),
    /// Letters cannot be drawn as the settings say; the document draws them.
    RendererFailed,
}

/// One surface. Output reaches it from the link directly: bytes never pass through a signal.
pub trait Screen {
    /// Shows the output of `terminal` from now on: from `seq`, or from where the server's next `terminal:attached` says.
    fn show(&self, terminal: TerminalId, seq: Option<u64>);

    /// The offset after the last byte it has taken, to resume from; none while it may lack a part of a snapshot.
    fn seq(&self) -> Option<u64>;

    /// Whether anybody can see it.
    fn see(&self, seen: bool);

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

    /// Takes `text` as if it were pasted: it is reported as [`ScreenEvent::Pasted`].
    fn paste(&self, text: String);

    /// The modes its program has set.
    fn modes(&self) -> ScreenModes;

    /// Reports an answer to the program as [`ScreenEvent::Input`]: nobody has typed it.
    fn answer(&self, text: &str);

    /// What is selected; empty for nothing.
    fn selection(&self) -> String;

    /// Looks for the next place that fits; the outcome is reported as [`ScreenEvent::Found`].
    fn find(&self, search: &Search, step: Step);

    /// Takes the marks of a search away.
    fn end_find(&self);

    /// Shows another command, as the shell's marks tell where each begins.
    fn jump(&self, to: Jump);

    /// What the last command wrote that has ended; none if the shell marks none.
    fn last_output(&self) -> Option<String>;

    /// Looks and behaves as `settings` say from now on.
    fn apply(&self, settings: &Settings);

    /// Reads the colours of the page's theme again.
    fn restyle(&self);
}

/// The modes of a terminal that matter to what is sent to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenModes {
    /// What is pasted stands in brackets (mode 2004).
    pub bracketed_paste: bool,
    /// A full screen is shown, as editors do (mode 1049).
    pub alternate_screen: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The text or the expression.
    pub term: String,
    /// Whether `A` is another letter than `a`.
    pub case: bool,
    /// Whether the term is a regular expression.
    pub regex: bool,
}

/// Where a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// At the place it is at: the term has changed.
    Stay,
    /// Further down.
    Next,
    /// Further up.
    Previous,
}

/// Which command is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// The one before what is shown.
    Previous,
    /// The one after it; after the last, the end of the output.
    Next,
}

/// What a search has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// So many places, the one shown being `at` (from one; zero when it is not counted).
    Places {
        /// Which one is shown.
        at: u32,
        /// How many there are.
        of: u32,
    },
    /// The regular expression is none.
    Malformed,
    /// The part of the page that searches could not be loaded.
    Unavailable,
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
