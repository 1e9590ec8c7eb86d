//! The width table that the server's terminal has too, as xterm asks for it.

use app::width::Properties;
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/js/xterm/widths.js")]
extern "C" {
    fn provide(terminal: &JsValue, plain: &Function, properties: &Function, prepend: u32);
}

/// A character of each kind that decides about the one after it, but for the one kind that joins everything.
const KINDS: [&str; 8] = ["a", "1", "\u{1112}", "\u{d558}", "\u{d55c}", "🇯", "👩", "👩\u{200d}"];
/// Joins everything.
const PREPEND: u32 = 0x600;

/// The table while a terminal uses it.
pub struct Widths {
    _plain: Closure<dyn FnMut(u32) -> i32>,
    _properties: Closure<dyn FnMut(u32, u32) -> u32>,
}

impl Widths {
    /// Has `terminal` ask this table.
    pub fn provide(terminal: &JsValue) -> Self {
        let kinds = KINDS
            .map(|text| text.chars().fold(Properties::default(), |before, char| Properties::of(char.into(), before)));
        let plain = Closure::<dyn FnMut(u32) -> i32>::new(move |code| plain(code, &kinds));
        let properties = Closure::<dyn FnMut(u32, u32) -> u32>::new(|code, before| {
            Properties::of(code, Properties::from_bits(before)).bits()
        });
        let prepend = Properties::of(PREPEND, Properties::default()).bits() >> 3;
        provide(terminal, plain.as_ref().unchecked_ref(), properties.as_ref().unchecked_ref(), prepend);
        Self { _plain: plain, _properties: properties }
    }
}

/// The properties of a character that are the same after each of `kinds`; -1 when they are not.
fn plain(code: u32, kinds: &[Properties]) -> i32 {
    let alone = Properties::of(code, Properties::default());
    let same = kinds.iter().all(|before| Properties::of(code, *before) == alone);
    if same { i32::try_from(alone.bits()).unwrap_or(-1) } else { -1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(char: char, is_plain: bool) {
        let kinds = KINDS
            .map(|text| text.chars().fold(Properties::default(), |before, char| Properties::of(char.into(), before)));
        assert_eq!(plain(char.into(), &kinds) > 0, is_plain, "{char:?}");
    }

    #[test]
    fn letters_and_ideographs_are_plain_and_what_joins_is_not() {
        for char in ['a', '1', '─', 'é', '漢', 'ア'] {
            check(char, true);
        }
        for char in ['\u{301}', '\u{200d}', '\u{fe0f}', '\u{1161}', '❤'] {
            check(char, false);
        }
    }
}
