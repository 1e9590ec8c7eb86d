//! The page's content security policy and xterm, reconciled (`csp.js` says how).

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/js/csp.js")]
extern "C" {
    #[wasm_bindgen(js_name = install)]
    fn install_wraps();
}

/// Gives styles made by scripts the page's nonce from now on; to be called once, before the first terminal.
pub fn install() {
    install_wraps();
}
