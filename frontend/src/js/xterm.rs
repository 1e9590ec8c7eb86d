//! The terminal emulator: xterm-js-rs for what it binds, and beside it what xterm 6 has and that crate (of xterm 4) lacks.

mod options;
mod queries;
mod raw;

use js_sys::{Function, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::HtmlElement;
use xterm_js_rs::{Terminal, TerminalOptions, addons::fit::FitAddon};

use super::payload::to_js;

pub use self::options::{Ansi, Options, Theme};

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
    /// Whether queries of the program are to stay unanswered.
    pub silent: Box<dyn Fn() -> bool>,
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
    _text: Closure<dyn FnMut(String)>,
    _binary: Closure<dyn FnMut(String)>,
    _bell: Closure<dyn FnMut()>,
    _silence: Closure<dyn FnMut() -> bool>,
    _silence_osc: Closure<dyn FnMut(String) -> bool>,
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

        let Handlers { text, binary, bell, parsed, silent } = handlers;
        let text = Closure::<dyn FnMut(String)>::new(text);
        let binary = Closure::<dyn FnMut(String)>::new(binary);
        let bell = Closure::<dyn FnMut()>::new(bell);
        let parsed = Closure::<dyn FnMut(f64, f64)>::new(move |epoch: f64, end: f64| {
            parsed(Mark { epoch: epoch as u32, end: (end >= 0.0).then_some(end as u64) });
        });
        let silent = std::rc::Rc::new(silent);
        let silent_osc = silent.clone();
        let silence = Closure::<dyn FnMut() -> bool>::new(move || silent());
        // A program that sets a colour is not asking for one.
        let silence_osc = Closure::<dyn FnMut(String) -> bool>::new(move |data: String| {
            queries::asks_for_a_colour(&data) && silent_osc()
        });
        // The terminal forgets its listeners when it is disposed of, so their handles are not needed.
        drop(terminal.on_data(text.as_ref().unchecked_ref()));
        drop(terminal.on_binary(binary.as_ref().unchecked_ref()));
        drop(six(&terminal).on_bell(bell.as_ref().unchecked_ref()));
        queries::guard(
            &six(&terminal).parser(),
            silence.as_ref().unchecked_ref(),
            silence_osc.as_ref().unchecked_ref(),
        );
        Self {
            terminal,
            fit,
            parsed,
            _text: text,
            _binary: binary,
            _bell: bell,
            _silence: silence,
            _silence_osc: silence_osc,
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
    }

    /// Sends text as if it were pasted.
    pub fn paste(&self, text: &str) {
        self.terminal.paste(text);
    }

    /// Sends text as if it were typed.
    pub fn input(&self, text: &str) {
        six(&self.terminal).input(text, true);
    }

    /// Whether the program wants the arrow keys in their application form.
    pub fn application_cursor_keys(&self) -> bool {
        six(&self.terminal).modes().application_cursor_keys()
    }

    /// Changes the colours.
    pub fn set_theme(&self, theme: &Theme) {
        self.set("theme", theme);
    }

    /// Lets the cursor blink or not.
    pub fn set_cursor_blink(&self, blink: bool) {
        self.set("cursorBlink", &blink);
    }

    fn set<T: Serialize>(&self, option: &str, value: &T) {
        if let Ok(value) = to_js(value) {
            // An option that xterm refuses keeps the value it had.
            drop(Reflect::set(&six(&self.terminal).options(), &option.into(), &value));
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
