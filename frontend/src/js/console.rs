//! The browser's console: lines of the detailed log, and `window.aetherterm` for whoever types there.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};

use super::window;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = info)]
    fn console_info(line: &str);

    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn console_warn(line: &str);
}

/// Writes a line.
pub fn info(line: &str) {
    console_info(line);
}

/// Writes a line that somebody should look at.
pub fn warn(line: &str) {
    console_warn(line);
}

/// An object on the window whose functions call into the page; dropping it takes it away.
pub struct Exposed {
    name: &'static str,
    _functions: Vec<Closure<RawCall>>,
}

/// What a function of the console does with its arguments; those that are not given are undefined.
pub type Call = dyn Fn(&[JsValue; 3]) -> JsValue;

type RawCall = dyn FnMut(JsValue, JsValue, JsValue) -> JsValue;

/// A function that may be called once, later or never.
pub fn once(then: impl FnOnce() + 'static) -> JsValue {
    Closure::once_into_js(then)
}

impl Exposed {
    /// Puts `window.{name}.{part}` there with the functions given.
    pub fn new(name: &'static str, part: &str, functions: Vec<(&'static str, Box<Call>)>) -> Self {
        let object = Object::new();
        let functions = functions
            .into_iter()
            .map(|(name, function)| {
                let closure = Closure::<RawCall>::new(move |a, b, c| function(&[a, b, c]));
                set(&object, name, closure.as_ref().unchecked_ref());
                closure
            })
            .collect();
        let outer = Object::new();
        set(&outer, part, &object);
        set(&window(), name, &outer);
        Self { name, _functions: functions }
    }
}

impl Drop for Exposed {
    fn drop(&mut self) {
        set(&window(), self.name, &JsValue::UNDEFINED);
    }
}

fn set(object: &JsValue, key: &str, value: &JsValue) {
    // New objects and the window take any property.
    drop(Reflect::set(object, &key.into(), value));
}
