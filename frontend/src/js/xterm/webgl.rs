//! Letters drawn by the graphics card, as long as it gives its context.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::HtmlCanvasElement;
use xterm_js_rs::Disposable;

use super::{
    super::{document, lazy},
    raw::Terminal6,
};

#[wasm_bindgen]
extern "C" {
    type WebglAddon;

    #[wasm_bindgen(method, js_name = onContextLoss)]
    fn on_context_loss(this: &WebglAddon, listener: &Function) -> Disposable;

    #[wasm_bindgen(method)]
    fn dispose(this: &WebglAddon);

    type Context;

    #[wasm_bindgen(method, js_name = getExtension)]
    fn extension(this: &Context, name: &str) -> Option<Object>;

    #[wasm_bindgen(method, js_name = getParameter)]
    fn parameter(this: &Context, name: u32) -> JsValue;

    type LoseContext;

    #[wasm_bindgen(method, js_name = loseContext)]
    fn lose(this: &LoseContext);
}

/// What a context calls its renderer (`RENDERER`, WebGL 1.0 §5.14; `UNMASKED_RENDERER_WEBGL` of the extension).
const RENDERER: u32 = 0x1f01;
const UNMASKED_RENDERER: u32 = 0x9246;
/// Renderers that are programs: not every browser counts them as a performance caveat.
const SOFTWARE: [&str; 4] = ["swiftshader", "llvmpipe", "software", "basic render"];

/// The renderer of one terminal; dropping it leaves the drawing to the document.
pub struct WebGl {
    addon: WebglAddon,
    _lost: Closure<dyn FnMut()>,
}

impl WebGl {
    /// Loads it; `lost` is called when the card takes its context away.
    ///
    /// # Errors
    /// What JavaScript threw: there is no WebGL 2, or no context left.
    pub(super) async fn load(terminal: &Terminal6, lost: impl Fn() + 'static) -> Result<Self, JsValue> {
        let addon = lazy::construct("xterm-addon-webgl", "WebglAddon", &Array::new()).await?;
        terminal.load_addon(&addon)?;
        let addon: WebglAddon = addon.unchecked_into();
        let lost = Closure::<dyn FnMut()>::new(lost);
        drop(addon.on_context_loss(lost.as_ref().unchecked_ref()));
        Ok(Self { addon, _lost: lost })
    }
}

impl Drop for WebGl {
    fn drop(&mut self) {
        self.addon.dispose();
    }
}

/// Whether the machine has WebGL 2 in hardware: in software the document is faster.
pub fn is_fast() -> bool {
    let canvas =
        document().create_element("canvas").ok().and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let context = canvas.and_then(|canvas| canvas.get_context_with_context_options("webgl2", &attributes()).ok()?);
    let Some(context) = context else { return false };
    let context: Context = context.unchecked_into();
    // Browsers that do not tell what draws are asked by the common parameter, and say as much as they wish.
    let named = if context.extension("WEBGL_debug_renderer_info").is_some() { UNMASKED_RENDERER } else { RENDERER };
    let renderer = context.parameter(named).as_string().unwrap_or_default().to_lowercase();
    // The probe would else count among the few contexts a page may have until it is collected.
    if let Some(end) = context.extension("WEBGL_lose_context") {
        end.unchecked_into::<LoseContext>().lose();
    }
    !SOFTWARE.iter().any(|name| renderer.contains(name))
}

fn attributes() -> Object {
    let attributes = Object::new();
    // A new object takes any property.
    drop(Reflect::set(&attributes, &"failIfMajorPerformanceCaveat".into(), &JsValue::TRUE));
    attributes
}
