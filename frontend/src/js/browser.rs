//! Clipboard, files, windows and sound of the person's browser.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, Blob, BlobPropertyBag, Clipboard, ClipboardEvent, Event, HtmlAnchorElement, Url};

use super::{document, timer::sleep, window};

/// How long a saved file's address stays valid: a browser begins to read it soon after the click.
const SAVE_MS: f64 = 10_000.0;

/// The bell: its pitch in Hz, its loudness, and how long it lasts in seconds.
const BELL: (f32, f32, f64) = (660.0, 0.08, 0.12);

/// Puts text on the clipboard; `false` when the browser does not allow it.
pub async fn copy(text: &str) -> bool {
    match clipboard() {
        Some(clipboard) => JsFuture::from(clipboard.write_text(text)).await.is_ok(),
        None => false,
    }
}

/// Reads the clipboard; `None` when the browser does not allow it.
pub async fn paste() -> Option<String> {
    JsFuture::from(clipboard()?.read_text()).await.ok()?.as_string()
}

/// The text that a paste brings; the event has done its work then.
pub fn pasted(event: &Event) -> Option<String> {
    let clipboard = event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?;
    event.prevent_default();
    event.stop_propagation();
    clipboard.get_data("text/plain").ok()
}

/// Opens an address in a window of its own that knows nothing of this one.
pub fn open(url: &str) {
    // With `noopener` the browser hands out no window, whether it opened one or not.
    drop(window().open_with_url_and_target_and_features(url, "_blank", "noopener,noreferrer"));
}

/// Sounds the bell. A browser that allows no sound yet stays silent.
pub fn beep() {
    drop(sound());
}

/// Offers text as a file, at once; the future ends when the browser has had time to read it.
pub fn save(name: &str, media_type: &str, text: &str) -> impl Future<Output = Result<(), JsValue>> + use<> {
    let offered = offer(name, media_type, text);
    async move {
        let href = offered?;
        sleep(SAVE_MS).await;
        Url::revoke_object_url(&href)
    }
}

/// Clicks a link to the text for the person.
fn offer(name: &str, media_type: &str, text: &str) -> Result<String, JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &properties)?;
    let href = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&href);
    anchor.set_download(name);
    anchor.click();
    Ok(href)
}

fn sound() -> Result<(), JsValue> {
    let (pitch, loudness, lasts) = BELL;
    let context = AudioContext::new()?;
    let (tone, volume) = (context.create_oscillator()?, context.create_gain()?);
    tone.frequency().set_value(pitch);
    volume.gain().set_value(loudness);
    tone.connect_with_audio_node(&volume)?.connect_with_audio_node(&context.destination())?;
    tone.start()?;
    tone.stop_with_when(context.current_time() + lasts)?;
    // The context closes with its last sound: a browser has few of them.
    let close = wasm_bindgen::closure::Closure::once_into_js(move || drop(context.close()));
    tone.set_onended(Some(close.unchecked_ref()));
    Ok(())
}

/// Absent on a page that is neither local nor encrypted.
fn clipboard() -> Option<Clipboard> {
    let clipboard: JsValue = window().navigator().clipboard().into();
    (!clipboard.is_undefined()).then(|| clipboard.unchecked_into())
}
