//! xterm behind the screen port: output goes from the link straight to the emulator and never passes through a signal.

mod credit;
mod echo;
mod focus;
mod held;
mod outlets;
mod painting;
mod place;
mod surface;
mod tail;
mod theme;

pub use outlets::Outlets;

use std::rc::Rc;

use app::{
    client::{Link, OnScreen, Screen, Screens, Settings},
    workspace::WorkspaceState,
};
use web_sys::HtmlElement;

use crate::tracked::TrackedSocketService;

use self::surface::Surface;

/// Makes screens.
pub struct XtermScreens {
    outlets: Rc<Outlets>,
    line: Line,
}

/// What a screen reaches the server by.
#[derive(Clone)]
struct Line {
    link: Link,
    service: Rc<TrackedSocketService>,
    workspace: WorkspaceState,
}

impl XtermScreens {
    /// Screens whose output comes by `outlets`.
    pub fn new(outlets: Rc<Outlets>, link: Link, service: Rc<TrackedSocketService>, workspace: WorkspaceState) -> Self {
        Self { outlets, line: Line { link, service, workspace } }
    }
}

impl Screens for XtermScreens {
    fn open(&self, mount: &HtmlElement, settings: &Settings, events: OnScreen) -> Rc<dyn Screen> {
        Surface::open(mount, settings, events, self.outlets.clone(), self.line.clone())
    }
}
