//! Links in a terminal: addresses in its text, and those that a program has put behind words (OSC 8). Both open with Ctrl or
//! ⌘ and a click, in a window that knows nothing of this one.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::MouseEvent;

use super::super::{browser, lazy, media};

/// What may be opened.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// What links call, as long as their terminal lives.
pub struct Links {
    activate: Closure<dyn FnMut(MouseEvent, String)>,
    hover: Closure<dyn FnMut(JsValue, String)>,
    leave: Closure<dyn FnMut()>,
}

impl Links {
    /// `shown` is called with the address under the pointer, and with none when it has left.
    pub fn new(shown: impl Fn(Option<String>) + Clone + 'static) -> Self {
        let left = shown.clone();
        Self {
            activate: Closure::new(|event: MouseEvent, address: String| {
                // A finger holds no key.
                let meant = event.ctrl_key() || event.meta_key() || media::coarse_pointer();
                if meant && is_safe(&address) {
                    browser::open(&address);
                }
            }),
            hover: Closure::new(move |_, address: String| {
                if is_safe(&address) {
                    shown(Some(address));
                }
            }),
            leave: Closure::new(move || left(None)),
        }
    }

    /// What the emulator's `linkHandler` is: links of programs.
    pub fn handler(&self) -> JsValue {
        let handler = self.listeners();
        put(&handler, "activate", self.activate.as_ref());
        // Mail is among them; what may be opened is checked here.
        put(&handler, "allowNonHttpProtocols", &JsValue::TRUE);
        handler
    }

    /// Loads what finds addresses in the text.
    ///
    /// # Errors
    /// What JavaScript threw.
    pub async fn finder(&self) -> Result<JsValue, JsValue> {
        let arguments = Array::of2(self.activate.as_ref(), &self.listeners());
        lazy::construct("xterm-addon-web-links", "WebLinksAddon", &arguments).await
    }

    fn listeners(&self) -> JsValue {
        let listeners: JsValue = Object::new().unchecked_into();
        put(&listeners, "hover", self.hover.as_ref());
        put(&listeners, "leave", self.leave.as_ref());
        listeners
    }
}

/// Whether an address leads to a web page or to a mail, and nowhere else.
fn is_safe(address: &str) -> bool {
    let fits = |scheme: &&str| address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    SCHEMES.iter().any(fits) && !address.chars().any(char::is_control)
}

fn put(object: &JsValue, key: &str, value: &JsValue) {
    // A new object takes any property.
    drop(Reflect::set(object, &key.into(), value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_and_mail_may_be_opened_and_nothing_else() {
        for address in ["http://a.example", "https://a.example/b?c#d", "HTTPS://A.example", "mailto:a@b.example"] {
            assert!(is_safe(address), "{address}");
        }
        for address in
            ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//a.example", "", "http://a\u{7}"]
        {
            assert!(!is_safe(address), "{address}");
        }
    }
}
