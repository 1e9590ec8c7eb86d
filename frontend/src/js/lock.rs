//! Work that one window of an origin does at a time.

use std::{cell::Cell, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request(name: &str, options: &JsValue, held: &Function) -> Result<Promise, JsValue>;
}

/// Does `work`, unless another window is doing what has the same name. Browsers have locks for pages that came encrypted or
/// from this machine; elsewhere the work is done all the same.
pub async fn alone(name: &str, work: impl Future<Output = ()> + 'static) {
    let work = Rc::new(Cell::new(Some(work)));
    let ours = work.clone();
    // The lock is held until the promise is kept; it is null when somebody else has it.
    let held = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        match ours.take().filter(|_| !lock.is_null()) {
            Some(work) => future_to_promise(async move {
                work.await;
                Ok(JsValue::UNDEFINED)
            })
            .into(),
            None => JsValue::UNDEFINED,
        }
    });
    let options = Object::new();
    // A new object takes any property.
    drop(Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE));
    match request(name, &options, held.unchecked_ref()) {
        // A page that goes while it waits is refused the lock, and does nothing any more.
        Ok(promise) => drop(JsFuture::from(promise).await),
        Err(_) => {
            if let Some(work) = work.take() {
                work.await;
            }
        }
    }
}
