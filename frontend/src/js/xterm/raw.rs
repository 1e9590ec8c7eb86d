//! What xterm 6 has and xterm-js-rs, made for xterm 4, does not bind.

use js_sys::{Function, Object, Uint8Array};
use wasm_bindgen::prelude::*;
use xterm_js_rs::Disposable;

#[wasm_bindgen]
extern "C" {
    /// A terminal, as xterm 6 has it.
    #[derive(Clone)]
    pub type Terminal6;

    #[wasm_bindgen(method)]
    pub fn write(this: &Terminal6, data: &Uint8Array, parsed: &Function);

    #[wasm_bindgen(method, getter)]
    pub fn options(this: &Terminal6) -> Object;

    #[wasm_bindgen(method, getter)]
    pub fn parser(this: &Terminal6) -> Parser;

    #[wasm_bindgen(method, js_name = onBell)]
    pub fn on_bell(this: &Terminal6, listener: &Function) -> Disposable;

    #[wasm_bindgen(method, getter)]
    pub fn modes(this: &Terminal6) -> Modes;

    #[wasm_bindgen(method, js_name = loadAddon, catch)]
    pub fn load_addon(this: &Terminal6, addon: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = getSelection)]
    pub fn get_selection(this: &Terminal6) -> String;

    #[wasm_bindgen(method, js_name = clearSelection)]
    pub fn clear_selection(this: &Terminal6);

    #[wasm_bindgen(method, js_name = onSelectionChange)]
    pub fn on_selection_change(this: &Terminal6, listener: &Function) -> Disposable;

    #[wasm_bindgen(method, getter)]
    pub fn buffer(this: &Terminal6) -> Buffers;

    #[wasm_bindgen(method)]
    pub fn input(this: &Terminal6, data: &str, was_user_input: bool);

    pub type Modes;

    #[wasm_bindgen(method, getter, js_name = applicationCursorKeysMode)]
    pub fn application_cursor_keys(this: &Modes) -> bool;

    #[wasm_bindgen(method, getter, js_name = bracketedPasteMode)]
    pub fn bracketed_paste(this: &Modes) -> bool;

    pub type Buffers;

    #[wasm_bindgen(method, getter)]
    pub fn active(this: &Buffers) -> Buffer;

    pub type Buffer;

    /// `normal` or `alternate`.
    #[wasm_bindgen(method, getter, js_name = type)]
    pub fn kind(this: &Buffer) -> String;

    pub type Parser;

    #[wasm_bindgen(method, js_name = registerCsiHandler)]
    pub fn on_csi(this: &Parser, id: &JsValue, handler: &Function) -> Disposable;

    #[wasm_bindgen(method, js_name = registerEscHandler)]
    pub fn on_escape(this: &Parser, id: &JsValue, handler: &Function) -> Disposable;

    #[wasm_bindgen(method, js_name = registerDcsHandler)]
    pub fn on_dcs(this: &Parser, id: &JsValue, handler: &Function) -> Disposable;

    #[wasm_bindgen(method, js_name = registerOscHandler)]
    pub fn on_osc(this: &Parser, id: u32, handler: &Function) -> Disposable;

    /// What the fit add-on proposes; undefined while the terminal has no size on the page.
    pub type Proposal;

    #[wasm_bindgen(method, getter)]
    pub fn cols(this: &Proposal) -> f64;

    #[wasm_bindgen(method, getter)]
    pub fn rows(this: &Proposal) -> f64;
}
