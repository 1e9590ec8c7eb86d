//! The commands that a shell marks (OSC 133): a mark in the gutter for each, the way from one to the next, and what it wrote.

use std::{cell::RefCell, rc::Rc};

use app::client::Jump;
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::HtmlElement;
use xterm_js_rs::Disposable;

use super::{queries::identifier, raw::Terminal6};

/// `OSC 133`: prompts and commands.
const OSC_SEMANTIC: u32 = 133;
/// `RIS`: begins anew with other rows, of which the markers of those before know nothing.
const RESET: (&str, &str, &str) = ("", "", "c");

#[wasm_bindgen]
extern "C" {
    /// A terminal, as far as places in it can be marked.
    type Marked;

    /// None on the alternate screen.
    #[wasm_bindgen(method, js_name = registerMarker)]
    fn register_marker(this: &Marked, offset: i32) -> Option<Marker>;

    #[wasm_bindgen(method, js_name = registerDecoration)]
    fn register_decoration(this: &Marked, options: &JsValue) -> Option<Decoration>;

    #[wasm_bindgen(method, js_name = scrollToLine)]
    fn scroll_to_line(this: &Marked, line: i32);

    #[wasm_bindgen(method, js_name = scrollToBottom)]
    fn scroll_to_bottom(this: &Marked);

    #[wasm_bindgen(method, getter)]
    fn buffer(this: &Marked) -> Buffers;

    type Marker;

    /// Minus one once the line has left the history.
    #[wasm_bindgen(method, getter)]
    fn line(this: &Marker) -> i32;

    #[wasm_bindgen(method)]
    fn dispose(this: &Marker);

    type Decoration;

    #[wasm_bindgen(method, js_name = onRender)]
    fn on_render(this: &Decoration, listener: &Function) -> Disposable;

    #[wasm_bindgen(method)]
    fn dispose(this: &Decoration);

    type Buffers;

    #[wasm_bindgen(method, getter)]
    fn normal(this: &Buffers) -> Buffer;

    type Buffer;

    #[wasm_bindgen(method, getter, js_name = viewportY)]
    fn viewport_y(this: &Buffer) -> i32;

    #[wasm_bindgen(method, getter, js_name = cursorX)]
    fn cursor_x(this: &Buffer) -> i32;

    #[wasm_bindgen(method, js_name = getLine)]
    fn line_at(this: &Buffer, line: i32) -> Option<Line>;

    type Line;

    #[wasm_bindgen(method, getter, js_name = isWrapped)]
    fn is_wrapped(this: &Line) -> bool;

    #[wasm_bindgen(method, js_name = translateToString)]
    fn text(this: &Line, trim: bool, from: i32, to: i32) -> String;
}

/// How a command stands, as its mark shows it.
#[derive(Clone, Copy)]
enum State {
    Running,
    Succeeded,
    Failed,
}

/// One prompt and what became of it.
struct Command {
    prompt: Marker,
    /// Where its output begins.
    output: Option<Marker>,
    /// Where it ends, and in which column.
    end: Option<(Marker, i32)>,
    mark: Option<Decoration>,
}

impl Command {
    fn is_gone(&self) -> bool {
        self.prompt.line() < 0
    }

    fn forget(self) {
        self.prompt.dispose();
        self.output.into_iter().for_each(|marker| marker.dispose());
        self.end.into_iter().for_each(|(marker, _)| marker.dispose());
        self.mark.into_iter().for_each(|mark| mark.dispose());
    }
}

/// The commands of one terminal that its history still holds.
pub struct Prompts {
    inner: Rc<Inner>,
    _marked: Closure<dyn FnMut(String) -> bool>,
    _reset: Closure<dyn FnMut() -> bool>,
}

struct Inner {
    terminal: Marked,
    commands: RefCell<Vec<Command>>,
    /// Draws a mark, by state.
    draw: [Closure<dyn FnMut(HtmlElement)>; 3],
}

impl Prompts {
    /// Follows the marks in the terminal's output from now on.
    pub(super) fn follow(terminal: &Terminal6) -> Self {
        let draw = ["running", "succeeded", "failed"].map(|word| {
            Closure::<dyn FnMut(HtmlElement)>::new(move |element: HtmlElement| {
                element.set_class_name("xterm-decoration mark");
                // An element takes any attribute of a plain name.
                drop(element.set_attribute("data-command", word));
            })
        });
        let inner = Rc::new(Inner { terminal: terminal.clone().unchecked_into(), commands: RefCell::default(), draw });
        let marking = inner.clone();
        let marked = Closure::<dyn FnMut(String) -> bool>::new(move |mark: String| {
            marking.mark(&mark);
            true
        });
        let forgetting = inner.clone();
        let reset = Closure::<dyn FnMut() -> bool>::new(move || {
            forgetting.forget();
            // The terminal resets itself.
            false
        });
        // The terminal forgets its handlers when it is disposed of.
        drop(terminal.parser().on_osc(OSC_SEMANTIC, marked.as_ref().unchecked_ref()));
        drop(terminal.parser().on_escape(&identifier(RESET), reset.as_ref().unchecked_ref()));
        Self { inner, _marked: marked, _reset: reset }
    }

    /// Forgets all of them.
    pub fn forget(&self) {
        self.inner.forget();
    }

    /// Scrolls to the prompt before or after what is shown at the top.
    pub fn jump(&self, to: Jump) {
        let Inner { terminal, commands, .. } = &*self.inner;
        let top = terminal.buffer().normal().viewport_y();
        let commands = commands.borrow();
        let mut lines = commands.iter().map(|command| command.prompt.line()).filter(|line| *line >= 0);
        match to {
            Jump::Previous => {
                if let Some(line) = lines.filter(|line| *line < top).max() {
                    terminal.scroll_to_line(line);
                }
            }
            Jump::Next => match lines.find(|line| *line > top) {
                Some(line) => terminal.scroll_to_line(line),
                None => terminal.scroll_to_bottom(),
            },
        }
    }

    /// What the last command wrote that has ended, as far as the history holds it; none if there is no such command.
    pub fn last_output(&self) -> Option<String> {
        let commands = self.inner.commands.borrow();
        let (start, (end, column)) =
            commands.iter().rev().find_map(|command| Some((command.output.as_ref()?, command.end.as_ref()?)))?;
        let buffer = self.inner.terminal.buffer().normal();
        let mut text = String::new();
        let first = start.line().max(0);
        for number in first..=end.line() {
            let Some(line) = buffer.line_at(number) else { break };
            let is_last = number == end.line();
            // The cursor at the beginning of a line has ended the one before, and the copy needs no end.
            let is_empty = is_last && *column == 0;
            if number > first && !line.is_wrapped() && !is_empty {
                text.push('\n');
            }
            text.push_str(&line.text(true, 0, if is_last { *column } else { i32::MAX }));
        }
        Some(text)
    }
}

impl Inner {
    fn forget(&self) {
        self.commands.take().into_iter().for_each(Command::forget);
    }

    fn mark(&self, mark: &str) {
        let mut fields = mark.split(';');
        let mut commands = self.commands.borrow_mut();
        match fields.next() {
            Some("A") => {
                commands.retain(|command| !command.is_gone());
                // A shell that draws its prompt anew marks it anew: on the same line it is the same.
                let Some(prompt) = self.terminal.register_marker(0) else { return };
                let line = prompt.line();
                if let Some(same) = commands.pop_if(|last| last.output.is_none() && last.prompt.line() == line) {
                    same.forget();
                }
                commands.push(Command { prompt, output: None, end: None, mark: None });
            }
            Some("C") => {
                let Some(command) = commands.last_mut() else { return };
                command.output = self.terminal.register_marker(0);
                self.show(command, State::Running);
            }
            Some("D") => {
                let ended = |command: &&mut Command| command.output.is_some() && command.end.is_none();
                let Some(command) = commands.last_mut().filter(ended) else { return };
                let column = self.terminal.buffer().normal().cursor_x();
                command.end = self.terminal.register_marker(0).map(|marker| (marker, column));
                let succeeded = fields.next().is_none_or(|code| code == "0");
                self.show(command, if succeeded { State::Succeeded } else { State::Failed });
            }
            _ => {}
        }
    }

    /// Puts the mark of a command beside its prompt.
    fn show(&self, command: &mut Command, state: State) {
        if let Some(mark) = command.mark.take() {
            mark.dispose();
        }
        let options = Object::new();
        // A plain object takes any property.
        drop(Reflect::set(&options, &"marker".into(), command.prompt.as_ref()));
        command.mark = self.terminal.register_decoration(&options);
        if let Some(mark) = &command.mark {
            // The listener goes with the mark.
            drop(mark.on_render(self.draw[state as usize].as_ref().unchecked_ref()));
        }
    }
}
