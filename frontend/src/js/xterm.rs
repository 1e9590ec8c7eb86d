//! The terminal emulator: xterm-js-rs for what it binds, and beside it what xterm 6 has and that crate (of xterm 4) lacks.

mod images;
mod links;
mod options;
mod prompts;
mod queries;
mod raw;
mod search;
mod webgl;
mod widths;

use std::rc::Rc;

use app::client::{Found, ScreenModes};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::HtmlElement;
use xterm_js_rs::{Terminal, TerminalOptions, addons::fit::FitAddon};

use super::payload::to_js;

pub use self::{
    options::{Ansi, Options, Theme, WindowOptions},
    prompts::Prompts,
    search::{Finder, Marks},
    webgl::{WebGl, is_fast},
};

use self::{images::Images, links::Links, widths::Widths};

/// `OSC 9`: progress, among others.
const OSC_PROGRESS: u32 = 9;
/// `OSC 52`: the clipboard.
const OSC_CLIPBOARD: u32 = 52;

/// What a terminal reports.
pub struct Handlers {
    /// Text to send: keys, pastes, answers to queries.
    pub text: Box<dyn Fn(String)>,
    /// Bytes to send, one per character: mouse reports of the old kind.
    pub binary: Box<dyn Fn(String)>,
    /// The program rang the bell.
    pub bell: Box<dyn Fn()>,
    /// Everything up to the mark of one [`Xterm::write`] has been parsed.
    pub parsed: Box<dyn Fn(Mark)>,
    /// The program says how far it has come; whether that is what it says.
    pub progress: Box<dyn Fn(&str) -> bool>,
    /// The program wants something of the clipboard.
    pub clipboard: Box<dyn Fn(&str)>,
    /// Something else is selected.
    pub selected: Box<dyn Fn()>,
    /// The pointer is over a link, or over none.
    pub link: Rc<dyn Fn(Option<String>)>,
    /// Whether queries of the program are to stay unanswered.
    pub silent: Rc<dyn Fn() -> bool>,
}

/// Says to which offset of which attachment a write belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Grows each time another terminal is shown.
    pub epoch: u32,
    /// The offset after the last byte; none for what is not counted.
    pub end: Option<u64>,
}

/// A terminal on the page; dropping it takes it away.
pub struct Xterm {
    terminal: Terminal,
    fit: FitAddon,
    parsed: Closure<dyn FnMut(f64, f64)>,
    links: Rc<Links>,
    prompts: Prompts,
    _images: Images,
    _widths: Widths,
    _device: Closure<dyn FnMut() -> bool>,
    _text: Closure<dyn FnMut(String)>,
    _binary: Closure<dyn FnMut(String)>,
    _plain: [Closure<dyn FnMut()>; 2],
    _osc: [Closure<dyn FnMut(String) -> bool>; 2],
}

/// Goes to the screen that is shown already. From then on the emulator draws the cursor, which it otherwise does from its first
/// focus on: who only looks on would never see where somebody types.
const SHOWN_CURSOR: &str = "\x1b[?47l";

/// The handlers that keep a page from answering which does not lead.
struct Silence {
    all: Closure<dyn FnMut() -> bool>,
    osc: Closure<dyn FnMut(String) -> bool>,
    window: Closure<dyn FnMut(Array) -> bool>,
}

impl Silence {
    fn new(silent: &Rc<dyn Fn() -> bool>) -> Self {
        let (all, osc, window) = (silent.clone(), silent.clone(), silent.clone());
        Self {
            all: Closure::new(move || all()),
            // A program that sets a colour is not asking for one.
            osc: Closure::new(move |data: String| queries::asks_for_a_colour(&data) && osc()),
            window: Closure::new(move |parameters: Array| queries::asks_for_a_size(&parameters) && window()),
        }
    }

    /// Puts them in front of the handlers that are there.
    fn guard(&self, terminal: &raw::Terminal6) {
        let (all, osc, window) = (self.all.as_ref(), self.osc.as_ref(), self.window.as_ref());
        queries::guard(&terminal.parser(), all.unchecked_ref(), osc.unchecked_ref(), window.unchecked_ref());
    }
}

impl Xterm {
    /// Opens a terminal inside `mount`.
    pub fn open(mount: &HtmlElement, options: &Options, handlers: Handlers) -> Self {
        let options: TerminalOptions =
            to_js(options).expect("text, flags and small numbers are JavaScript values").unchecked_into();
        let terminal = Terminal::new(&options);
        let fit = FitAddon::new();
        terminal.load_addon(fit.clone().unchecked_into());
        terminal.open(mount.clone());
        terminal.write(SHOWN_CURSOR);

        let Handlers { text, binary, bell, parsed, progress, clipboard, selected, link, silent } = handlers;
        let text = Closure::<dyn FnMut(String)>::new(text);
        let binary = Closure::<dyn FnMut(String)>::new(binary);
        let (bell, selected) = (Closure::<dyn FnMut()>::new(bell), Closure::<dyn FnMut()>::new(selected));
        let parsed = Closure::<dyn FnMut(f64, f64)>::new(move |epoch: f64, end: f64| {
            parsed(Mark { epoch: epoch as u32, end: (end >= 0.0).then_some(end as u64) });
        });
        let progress = Closure::<dyn FnMut(String) -> bool>::new(move |data: String| progress(&data));
        let unasked = silent.clone();
        let clipboard = Closure::<dyn FnMut(String) -> bool>::new(move |data: String| {
            // One window of several gets what a program copies: the one that it is used from.
            if !unasked() {
                clipboard(&data);
            }
            true
        });
        let (given, device) = (six(&terminal).clone(), queries::identifier(queries::DEVICE_QUERY));
        let answer = Closure::<dyn FnMut() -> bool>::new(move || {
            given.input(queries::DEVICE, false);
            true
        });
        // The terminal forgets its listeners when it is disposed of, so their handles are not needed.
        drop(terminal.on_data(text.as_ref().unchecked_ref()));
        drop(terminal.on_binary(binary.as_ref().unchecked_ref()));
        let six = six(&terminal);
        drop(six.on_bell(bell.as_ref().unchecked_ref()));
        drop(six.on_selection_change(selected.as_ref().unchecked_ref()));
        let parser = six.parser();
        drop(parser.on_osc(OSC_PROGRESS, progress.as_ref().unchecked_ref()));
        drop(parser.on_osc(OSC_CLIPBOARD, clipboard.as_ref().unchecked_ref()));
        drop(parser.on_csi(&device, answer.as_ref().unchecked_ref()));

        let links = Rc::new(Links::new(move |address| link(address)));
        set(six, "linkHandler", &links.handler());
        let prompts = Prompts::follow(six);
        let widths = Widths::provide(six);
        let silence = Rc::new(Silence::new(&silent));
        let (guard, guarded) = (silence.clone(), six.clone());
        let images = Images::wait(six, move || guard.guard(&guarded));
        silence.guard(six);
        Self {
            terminal,
            fit,
            parsed,
            links,
            prompts,
            _images: images,
            _widths: widths,
            _device: answer,
            _text: text,
            _binary: binary,
            _plain: [bell, selected],
            _osc: [progress, clipboard],
        }
    }

    /// Writes output; `mark` comes back once it has been parsed.
    pub fn write(&self, bytes: &Uint8Array, mark: Mark) {
        let end = mark.end.map_or(-1.0, |end| end as f64);
        let callback: &Function = self.parsed.as_ref().unchecked_ref();
        let callback = callback.bind2(&JsValue::NULL, &mark.epoch.into(), &end.into());
        six(&self.terminal).write(bytes, callback.unchecked_ref());
    }

    /// The size that the mount has room for; none while it has no size on the page.
    pub fn proposal(&self) -> Option<(u16, u16)> {
        let proposal: JsValue = self.fit.propose_dimensions().into();
        if proposal.is_undefined() {
            return None;
        }
        let proposal: raw::Proposal = proposal.unchecked_into();
        // A mount without a font yet proposes NaN, which is 0 as a number of cells.
        let (cols, rows) = (proposal.cols() as u16, proposal.rows() as u16);
        (cols > 0 && rows > 0).then_some((cols, rows))
    }

    /// The size in cells.
    pub fn size(&self) -> (u16, u16) {
        (self.terminal.get_cols() as u16, self.terminal.get_rows() as u16)
    }

    /// Sets the size in cells; what was written before is parsed first.
    pub fn resize(&self, cols: u16, rows: u16) {
        self.terminal.resize(u32::from(cols), u32::from(rows));
    }

    /// Takes the keyboard.
    pub fn focus(&self) {
        self.terminal.focus();
    }

    /// Empties the screen and forgets every mode.
    pub fn reset(&self) {
        self.terminal.reset();
        self.prompts.forget();
    }

    /// Sends text as if it were typed.
    pub fn input(&self, text: &str) {
        six(&self.terminal).input(text, true);
    }

    /// Whether the program wants the arrow keys in their application form.
    pub fn application_cursor_keys(&self) -> bool {
        six(&self.terminal).modes().application_cursor_keys()
    }

    /// Sends an answer to the program.
    pub fn answer(&self, text: &str) {
        six(&self.terminal).input(text, false);
    }

    /// The modes that matter to what is sent.
    pub fn modes(&self) -> ScreenModes {
        let six = six(&self.terminal);
        ScreenModes {
            bracketed_paste: six.modes().bracketed_paste(),
            alternate_screen: six.buffer().active().kind() == "alternate",
        }
    }

    /// What is selected.
    pub fn selection(&self) -> String {
        six(&self.terminal).get_selection()
    }

    /// The commands that the shell has marked.
    pub fn prompts(&self) -> &Prompts {
        &self.prompts
    }

    /// Selects nothing.
    pub fn select_nothing(&self) {
        six(&self.terminal).clear_selection();
    }

    /// Loads what searches.
    pub fn finder<F: Fn(Found) + 'static>(&self, found: F) -> impl Future<Output = Result<Finder, JsValue>> + use<F> {
        let terminal = six(&self.terminal).clone();
        async move { Finder::load(&terminal, found).await }
    }

    /// Loads what draws with the graphics card.
    pub fn webgl<F: Fn() + 'static>(&self, lost: F) -> impl Future<Output = Result<WebGl, JsValue>> + use<F> {
        let terminal = six(&self.terminal).clone();
        async move { WebGl::load(&terminal, lost).await }
    }

    /// Finds addresses in the text from now on.
    pub fn find_links(&self) -> impl Future<Output = Result<(), JsValue>> + use<> {
        let (terminal, links) = (six(&self.terminal).clone(), self.links.clone());
        async move { terminal.load_addon(&links.finder().await?) }
    }

    /// Changes the colours.
    pub fn set_theme(&self, theme: &Theme) {
        if let Ok(theme) = to_js(theme) {
            set(six(&self.terminal), "theme", &theme);
        }
    }

    /// Takes over the options that may change.
    pub fn apply(&self, options: &Options) {
        for (name, value) in options.changeable() {
            set(six(&self.terminal), name, &value);
        }
    }
}

impl Drop for Xterm {
    fn drop(&mut self) {
        self.terminal.dispose();
    }
}

fn six(terminal: &Terminal) -> &raw::Terminal6 {
    terminal.unchecked_ref()
}

fn set(terminal: &raw::Terminal6, option: &str, value: &JsValue) {
    // An option that xterm refuses keeps the value it had.
    drop(Reflect::set(&terminal.options(), &option.into(), value));
}
