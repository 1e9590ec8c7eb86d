//! Modules that the first screen does without: loaded through the import map when they are first wanted.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/js/lazy.js")]
extern "C" {
    #[wasm_bindgen(js_name = load, catch)]
    async fn load_module(name: &str) -> Result<JsValue, JsValue>;
}

/// Loads a module and makes an object of one of its classes.
///
/// # Errors
/// What JavaScript threw: the module could not be loaded, has no such class, or its constructor failed.
pub async fn construct(module: &str, class: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let module = load_module(module).await?;
    let class: Function = Reflect::get(&module, &class.into())?.dyn_into()?;
    Reflect::construct(&class, arguments)
}
