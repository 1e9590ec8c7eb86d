//! Images in a terminal (sixel, and iTerm's): what draws them is loaded by the first one.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

use super::{super::lazy, raw::Terminal6};

#[wasm_bindgen(module = "/src/js/xterm/images.js")]
extern "C" {
    fn hold(terminal: &Terminal6, load: &Closure<dyn FnMut() -> Promise>);
}

/// How much memory the images of one terminal may take, in MB; the oldest go.
const STORAGE_MB: u32 = 64;

/// What waits for the first image of a terminal.
pub struct Images {
    _load: Closure<dyn FnMut() -> Promise>,
}

impl Images {
    /// Waits for it; `loaded` is called once what draws images has put its own handlers in front of all others.
    pub(super) fn wait(terminal: &Terminal6, loaded: impl Fn() + Clone + 'static) -> Self {
        let given = terminal.clone();
        let load = Closure::<dyn FnMut() -> Promise>::new(move || {
            let (terminal, loaded) = (given.clone(), loaded.clone());
            future_to_promise(async move {
                let addon = lazy::construct("xterm-addon-image", "ImageAddon", &Array::of1(&options())).await?;
                terminal.load_addon(&addon)?;
                loaded();
                Ok(addon)
            })
        });
        hold(terminal, &load);
        Self { _load: load }
    }
}

fn options() -> JsValue {
    let options = Object::new();
    // A new object takes any property.
    drop(Reflect::set(&options, &"storageLimit".into(), &STORAGE_MB.into()));
    options.into()
}
