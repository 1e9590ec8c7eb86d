//! One screen: an emulator in its place on the page, and how far it has come with its terminal's output.

mod addons;
mod port;
mod reports;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use app::{
    client::{OnScreen, Progress, Screen, ScreenEvent, Settings},
    protocol::{
        TerminalId,
        terminal::{AttachMode, TerminalAck, TerminalAttached},
    },
    trace::SpanContext,
};
use js_sys::Uint8Array;
use web_sys::HtmlElement;

use crate::js::{
    frame::Frame,
    listener::Listener,
    page,
    payload::Output,
    size_observer::SizeObserver,
    timer::Timer,
    xterm::{Mark, Xterm},
};

use self::addons::Addons;

use super::{
    Line, Outlets,
    credit::Credit,
    painting::Painter,
    place::{self, Place},
    tail::Tail,
    theme,
};

/// How long output must be quiet before the rest is acked, in milliseconds.
const QUIET_MS: f64 = 1_000.0;
/// The size before the page has laid the screen out.
const UNSEEN: (u16, u16) = (80, 24);

/// An emulator and the terminal it shows.
pub struct Surface {
    xterm: Xterm,
    mount: HtmlElement,
    events: OnScreen,
    settings: RefCell<Settings>,
    outlets: Rc<Outlets>,
    line: Line,
    painter: Rc<Painter>,
    shown: Cell<Option<Shown>>,
    tail: RefCell<Tail>,
    credit: Cell<Credit>,
    /// How many pieces of snapshots are still to be parsed.
    restoring: Cell<u32>,
    leads: Cell<bool>,
    /// Whether anybody can see it, or it has been said that something has come meanwhile.
    seen: Cell<bool>,
    /// The size that was reported last.
    fitted: Cell<(u16, u16)>,
    quiet: RefCell<Option<Timer>>,
    fitting: RefCell<Option<Frame>>,
    watch: RefCell<Option<(SizeObserver, Vec<Listener>)>>,
    addons: Addons,
    progress: Cell<Option<Progress>>,
    /// Whether the selection has changed since it was looked at.
    selecting: Cell<bool>,
    this: Weak<Self>,
}

/// What is on the screen.
#[derive(Clone, Copy)]
struct Shown {
    terminal: TerminalId,
    /// Grows with each other terminal: a mark of an earlier one says nothing about this one.
    epoch: u32,
    /// The offset after the last byte taken.
    taken: u64,
    /// Whether everything before that is on the screen: a snapshot has no end of its own, but what follows it shows that
    /// it has come.
    whole: bool,
    /// Whether output may come: the server has said where it begins, and nothing is missing since.
    flowing: bool,
}

impl Surface {
    /// Opens a screen inside `mount`.
    pub fn open(
        mount: &HtmlElement,
        settings: &Settings,
        events: OnScreen,
        outlets: Rc<Outlets>,
        line: Line,
    ) -> Rc<Self> {
        let surface = Rc::new_cyclic(|this: &Weak<Self>| Self {
            xterm: Xterm::open(mount, &theme::options(mount, settings), Self::handlers(this)),
            mount: mount.clone(),
            events,
            settings: RefCell::new(settings.clone()),
            outlets,
            painter: Painter::new(line.clone()),
            line,
            shown: Cell::new(None),
            tail: RefCell::default(),
            credit: Cell::new(Credit::begin(0, 0)),
            restoring: Cell::new(0),
            leads: Cell::new(false),
            seen: Cell::new(true),
            fitted: Cell::new(UNSEEN),
            quiet: RefCell::default(),
            fitting: RefCell::default(),
            watch: RefCell::default(),
            addons: Addons::default(),
            progress: Cell::new(None),
            selecting: Cell::new(false),
            this: this.clone(),
        });
        surface.watch.replace(Some(surface.watch()));
        surface
    }

    /// Takes a frame of output.
    pub fn take(&self, frame: &Output, cause: Option<SpanContext>) {
        let Some(shown) = self.shown.get().filter(|shown| shown.flowing) else { return };
        if frame.snapshot {
            // A snapshot stands outside the count: live output goes on at the offset it came with.
            self.restoring.update(|pieces| pieces + 1);
            self.write(&frame.data, Mark { epoch: shown.epoch, end: None });
            return;
        }
        let length = frame.data.length();
        match place::of(frame.seq, length, shown.taken) {
            Place::From(known) => {
                let end = frame.seq + u64::from(length);
                self.shown.set(Some(Shown { taken: end, whole: true, ..shown }));
                self.painter.came(shown.terminal, end, cause);
                self.write(&frame.data.subarray(known, length), Mark { epoch: shown.epoch, end: Some(end) });
                if !self.seen.replace(true) {
                    (self.events)(ScreenEvent::Stirred);
                }
            }
            Place::Known => {}
            Place::Gap => {
                self.shown.set(Some(Shown { flowing: false, ..shown }));
                (self.events)(ScreenEvent::Lost);
            }
        }
    }

    /// The server says where output begins, and the size in force.
    pub fn begin(&self, attached: &TerminalAttached) {
        self.set_size(attached.cols, attached.rows);
        if attached.mode == AttachMode::Snapshot {
            self.tail.borrow_mut().forget();
        }
        if let Some(shown) = self.shown.get() {
            let whole = shown.whole && attached.mode == AttachMode::Resume;
            self.begin_at(Shown { taken: attached.seq, whole, flowing: true, ..shown });
        }
        if page::hidden() {
            self.tell_visibility(true);
        }
    }

    /// Sets the size in cells.
    pub fn set_size(&self, cols: u16, rows: u16) {
        if self.xterm.size() != (cols, rows) {
            self.xterm.resize(cols, rows);
        }
    }

    /// Tells the server whether anybody sees this screen.
    pub fn tell_visibility(&self, hidden: bool) {
        if let Some(shown) = self.shown.get().filter(|shown| shown.flowing) {
            self.ack(shown.terminal, self.credit.get().position(), Some(hidden));
        }
    }

    fn write(&self, data: &Uint8Array, mark: Mark) {
        let whole = self.tail.borrow_mut().whole(data);
        self.xterm.write(&whole, mark);
    }

    /// Looks as the page's theme and the person's settings say now.
    fn dress(&self) {
        let options = theme::options(&self.mount, &self.settings.borrow());
        self.xterm.set_theme(&options.theme);
        self.xterm.apply(&options);
    }

    /// Fits before the next paint: a drag reports many sizes and paints few.
    fn fit_soon(&self) {
        if self.fitting.borrow().is_some() {
            return;
        }
        let this = self.this.clone();
        let fit = move || {
            with(&this, |surface| {
                surface.fitting.take();
                let reported = surface.fitted.get();
                let (cols, rows) = surface.fit();
                if (cols, rows) != reported {
                    (surface.events)(ScreenEvent::Resized(cols, rows));
                }
            });
        };
        self.fitting.replace(Some(Frame::next(fit)));
    }

    fn begin_at(&self, shown: Shown) {
        self.shown.set(Some(shown));
        self.credit.set(Credit::begin(shown.taken, self.line.workspace.config().ack_every_bytes));
    }

    fn parsed(&self, mark: Mark) {
        let Some(end) = mark.end else {
            self.restoring.update(|pieces| pieces - 1);
            return;
        };
        let Some(shown) = self.shown.get().filter(|shown| shown.epoch == mark.epoch) else { return };
        let mut credit = self.credit.get();
        let due = credit.parsed(end);
        self.credit.set(credit);
        if let Some(seq) = due {
            self.ack(shown.terminal, seq, None);
        }
        self.ack_rest_when_quiet();
        self.painter.parsed(end);
        self.draw_as_set();
    }

    /// Acks what is left of a burst, so that the server's count of what is under way comes back to nothing.
    fn ack_rest_when_quiet(&self) {
        let this = self.this.clone();
        let rest = move || {
            with(&this, |surface| {
                let mut credit = surface.credit.get();
                let due = credit.rest();
                surface.credit.set(credit);
                if let (Some(seq), Some(shown)) = (due, surface.shown.get()) {
                    surface.ack(shown.terminal, seq, None);
                }
            });
        };
        self.quiet.replace(Some(Timer::after(QUIET_MS, rest)));
    }

    fn ack(&self, terminal_id: TerminalId, seq: u64, hidden: Option<bool>) {
        // Nobody waits for the answer to an ack; one that cannot be sent is made good by the next attach.
        drop(self.line.link.emit(&TerminalAck { terminal_id, seq, hidden }));
    }
}

impl Drop for Surface {
    fn drop(&mut self) {
        if let Some(shown) = self.shown.get() {
            self.outlets.unplug(shown.terminal, &self.this);
        }
    }
}

fn with(surface: &Weak<Surface>, then: impl FnOnce(&Surface)) {
    if let Some(surface) = surface.upgrade() {
        then(&surface);
    }
}
