//! The questions a program may ask its terminal. One viewer answers them; the others swallow them, so that whatever they
//! send was typed.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::JsValue;

use super::raw::Parser;

/// The queries that a page which does not lead leaves unanswered, as (kind, prefix, intermediates, final).
const CSI_QUERIES: [(&str, &str, &str); 8] = [
    ("", "", "c"),   // DA1
    (">", "", "c"),  // DA2
    ("=", "", "c"),  // DA3
    ("", "", "n"),   // DSR, CPR
    ("?", "", "n"),  // the same, DEC private
    ("", "$", "p"),  // DECRQM, ANSI modes
    ("?", "$", "p"), // DECRQM, DEC modes
    (">", "", "q"),  // XTVERSION
];
/// DECRQSS.
const DCS_QUERY: (&str, &str, &str) = ("", "$", "q");
/// The colours a program may ask for: one of the palette, text, ground, cursor.
const OSC_QUERIES: [u32; 4] = [4, 10, 11, 12];

/// Puts the two handlers in front of xterm's own; a handler that says `true` ends the matter.
pub fn guard(parser: &Parser, silence: &Function, silence_osc: &Function) {
    for query in CSI_QUERIES {
        drop(parser.on_csi(&identifier(query), silence));
    }
    drop(parser.on_dcs(&identifier(DCS_QUERY), silence));
    for query in OSC_QUERIES {
        drop(parser.on_osc(query, silence_osc));
    }
}

fn identifier((prefix, intermediates, last): (&str, &str, &str)) -> JsValue {
    let id = Object::new();
    for (key, value) in [("prefix", prefix), ("intermediates", intermediates), ("final", last)] {
        if !value.is_empty() {
            // A new object takes any property.
            drop(Reflect::set(&id, &key.into(), &value.into()));
        }
    }
    id.into()
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
