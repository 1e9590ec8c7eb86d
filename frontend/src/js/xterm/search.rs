//! Looking for text in a terminal.

use std::cell::Cell;

use app::client::{Found, Search, Step};
use js_sys::{Array, Function};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use xterm_js_rs::Disposable;

use super::{
    super::{lazy, payload::to_js},
    raw::Terminal6,
};

#[wasm_bindgen]
extern "C" {
    type SearchAddon;

    #[wasm_bindgen(method, js_name = findNext, catch)]
    fn find_next(this: &SearchAddon, term: &str, options: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, js_name = findPrevious, catch)]
    fn find_previous(this: &SearchAddon, term: &str, options: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, js_name = clearDecorations)]
    fn clear_decorations(this: &SearchAddon);

    #[wasm_bindgen(method, js_name = onDidChangeResults)]
    fn on_did_change_results(this: &SearchAddon, listener: &Function) -> Disposable;

    type Results;

    #[wasm_bindgen(method, getter, js_name = resultIndex)]
    fn result_index(this: &Results) -> i32;

    #[wasm_bindgen(method, getter, js_name = resultCount)]
    fn result_count(this: &Results) -> u32;
}

/// The colours of what is found, as `#rrggbb`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Marks {
    /// The ground of each place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_background: Option<String>,
    /// The ground of the place that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_match_background: Option<String>,
    /// Each place beside the scroll bar; required, though there is no ruler there.
    pub match_overview_ruler: String,
    /// The place that is shown, there.
    pub active_match_color_overview_ruler: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a> {
    case_sensitive: bool,
    regex: bool,
    incremental: bool,
    decorations: &'a Marks,
}

/// What searches in one terminal.
pub struct Finder {
    addon: SearchAddon,
    /// How the last term was understood.
    understood: Cell<(bool, bool)>,
    _found: Closure<dyn FnMut(Results)>,
}

impl Finder {
    /// Loads it; `found` is called with each outcome, also when output changes it.
    ///
    /// # Errors
    /// What JavaScript threw.
    pub(super) async fn load(terminal: &Terminal6, found: impl Fn(Found) + 'static) -> Result<Self, JsValue> {
        let addon = lazy::construct("xterm-addon-search", "SearchAddon", &Array::new()).await?;
        terminal.load_addon(&addon)?;
        let addon: SearchAddon = addon.unchecked_into();
        let found = Closure::<dyn FnMut(Results)>::new(move |results: Results| {
            // Minus one is a place beyond those that are counted.
            let at = u32::try_from(results.result_index() + 1).unwrap_or(0);
            found(Found::Places { at, of: results.result_count() });
        });
        // The add-on goes with its terminal.
        drop(addon.on_did_change_results(found.as_ref().unchecked_ref()));
        Ok(Self { addon, understood: Cell::default(), _found: found })
    }

    /// Shows a place that fits; `false` when the term is no regular expression.
    pub fn find(&self, search: &Search, step: Step, marks: &Marks) -> bool {
        let options = Options {
            case_sensitive: search.case,
            regex: search.regex,
            incremental: step == Step::Stay,
            decorations: marks,
        };
        // The add-on marks anew only what is another term.
        if self.understood.replace((search.case, search.regex)) != (search.case, search.regex) {
            self.clear();
        }
        let options = to_js(&options).expect("flags and colours are JavaScript values");
        match step {
            // What was said last is what is looked for first.
            Step::Stay | Step::Previous => self.addon.find_previous(&search.term, &options),
            Step::Next => self.addon.find_next(&search.term, &options),
        }
        .is_ok()
    }

    /// Takes the marks away.
    pub fn clear(&self) {
        self.addon.clear_decorations();
    }
}
