//! The questions a program may ask its terminal. One viewer answers them; the others swallow them, so that whatever they
//! send was typed.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::JsValue;

use super::raw::Parser;

/// The queries that a page which does not lead leaves unanswered, as (kind, prefix, intermediates, final).
const CSI_QUERIES: [(&str, &str, &str); 9] = [
    ("", "", "c"),   // DA1
    (">", "", "c"),  // DA2
    ("=", "", "c"),  // DA3
    ("", "", "n"),   // DSR, CPR
    ("?", "", "n"),  // the same, DEC private
    ("", "$", "p"),  // DECRQM, ANSI modes
    ("?", "$", "p"), // DECRQM, DEC modes
    (">", "", "q"),  // XTVERSION
    ("?", "", "S"),  // XTSMGRAPHICS
];
/// XTWINOPS; those of them that ask for a size are 14 (of the text, in pixels), 16 (of a cell) and 18 (in cells).
const WINDOW: (&str, &str, &str) = ("", "", "t");
const SIZE_QUERIES: [u32; 3] = [14, 16, 18];
/// What a terminal is that draws sixel graphics, which ours does with the first that comes: a VT220 with them, national
/// character sets and colours.
pub const DEVICE: &str = "\u{1b}[?62;4;9;22c";
/// DA1.
pub const DEVICE_QUERY: (&str, &str, &str) = ("", "", "c");
/// DECRQSS.
const DCS_QUERY: (&str, &str, &str) = ("", "$", "q");
/// The colours a program may ask for: one of the palette, text, ground, cursor.
const OSC_QUERIES: [u32; 4] = [4, 10, 11, 12];

/// Puts the three handlers in front of all others; a handler that says `true` ends the matter. The third gets the parameters.
pub fn guard(parser: &Parser, silence: &Function, silence_osc: &Function, silence_window: &Function) {
    for query in CSI_QUERIES {
        drop(parser.on_csi(&identifier(query), silence));
    }
    drop(parser.on_dcs(&identifier(DCS_QUERY), silence));
    drop(parser.on_csi(&identifier(WINDOW), silence_window));
    for query in OSC_QUERIES {
        drop(parser.on_osc(query, silence_osc));
    }
}

/// A sequence, as the parser wants it named.
pub fn identifier((prefix, intermediates, last): (&str, &str, &str)) -> JsValue {
    let id = Object::new();
    for (key, value) in [("prefix", prefix), ("intermediates", intermediates), ("final", last)] {
        if !value.is_empty() {
            // A new object takes any property.
            drop(Reflect::set(&id, &key.into(), &value.into()));
        }
    }
    id.into()
}

/// Whether a window operation is a question whose answer this page gives.
pub fn asks_for_a_size(parameters: &Array) -> bool {
    let operation = parameters.get(0).as_f64();
    SIZE_QUERIES.iter().any(|query| operation == Some(f64::from(*query)))
}

pub fn asks_for_a_colour(data: &str) -> bool {
    data.split(';').any(|part| part == "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_a_colour_is_not_asking_for_one() {
        assert!(asks_for_a_colour("?"));
        assert!(asks_for_a_colour("4;?"));
        assert!(!asks_for_a_colour("4;#ff0000"));
    }
}
