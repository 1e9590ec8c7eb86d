//! `window.aetherterm.tracker`: the tracker for whoever types into the browser's console, under the notes' names.

use std::rc::Rc;

use app::{protocol::RequestId, tracking::Subscription};
use js_sys::Function;
use leptos::prelude::{Dispose, StoredValue, WithValue};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    js::{
        clock::now_us,
        console::{self, Call, Exposed},
        payload::{self, to_js},
    },
    tracked::TrackedSocketService,
};

/// A function of the console's, as callbacks of the tracker hold it: they may go anywhere, and it stays in this thread.
type Held = StoredValue<Function, leptos::prelude::LocalStorage>;

/// Puts the tracker on the window, as long as the answer is kept.
pub fn expose(service: &Rc<TrackedSocketService>) -> Exposed {
    let with = |call: fn(&TrackedSocketService, &[JsValue; 3]) -> JsValue| -> Box<Call> {
        let service = service.clone();
        Box::new(move |arguments| call(&service, arguments))
    };
    let functions = vec![
        (
            "trackRequest",
            with(|service, [event, ..]| shown(&text(event).and_then(|event| service.track_request(&event)))),
        ),
        ("trackResponse", with(track_response)),
        ("trackTimeout", with(track_timeout)),
        ("trackError", with(track_error)),
        ("getPendingRequests", with(|service, _| shown(&service.tracker().pending_requests()))),
        ("getMetrics", with(|service, _| shown(&service.tracker().metrics(now_us())))),
        ("clearMetrics", with(clear_metrics)),
        ("customMetric", with(custom_metric)),
        ("onRequestTimeout", with(on_request_timeout)),
        ("onSlowResponse", with(on_slow_response)),
        ("onError", with(on_error)),
    ];
    Exposed::new("aetherterm", "tracker", functions)
}

/// `(event, data, requestId?)`: data with an `error`, or with `success` or `ok` that is false, is a failure.
fn track_response(service: &TrackedSocketService, [event, data, id]: &[JsValue; 3]) -> JsValue {
    if let Some(event) = text(event) {
        service.track_response(&event, request_id(id).as_ref(), payload::failure(data).as_deref());
    }
    JsValue::UNDEFINED
}

fn track_timeout(service: &TrackedSocketService, [id, ..]: &[JsValue; 3]) -> JsValue {
    request_id(id).iter().for_each(|id| service.track_timeout(id));
    JsValue::UNDEFINED
}

/// `(requestId, error)`, where the error is an `Error` or a text.
fn track_error(service: &TrackedSocketService, [id, error, ..]: &[JsValue; 3]) -> JsValue {
    request_id(id).iter().for_each(|id| service.track_error(id, &payload::message_of(error)));
    JsValue::UNDEFINED
}

fn clear_metrics(service: &TrackedSocketService, _: &[JsValue; 3]) -> JsValue {
    service.tracker().clear_metrics();
    JsValue::UNDEFINED
}

/// `(name, value)`: whether it was taken.
fn custom_metric(service: &TrackedSocketService, [name, value, ..]: &[JsValue; 3]) -> JsValue {
    let taken = text(name).zip(value.as_f64()).is_some_and(|(name, value)| service.custom_metric(&name, value));
    taken.into()
}

/// Calls back with the request.
fn on_request_timeout(service: &TrackedSocketService, [call, ..]: &[JsValue; 3]) -> JsValue {
    subscribe(call, |held| {
        service.tracker().on_request_timeout(Box::new(move |request| tell(held, &shown(request), &JsValue::UNDEFINED)))
    })
}

/// Calls back with the request and how long it took, in milliseconds.
fn on_slow_response(service: &TrackedSocketService, [call, ..]: &[JsValue; 3]) -> JsValue {
    subscribe(call, |held| {
        let slow = move |request: &_, took: std::time::Duration| {
            tell(held, &shown(request), &(took.as_secs_f64() * 1_000.0).into());
        };
        service.tracker().on_slow_response(Box::new(slow))
    })
}

/// Calls back with the request and why it failed, in words.
fn on_error(service: &TrackedSocketService, [call, ..]: &[JsValue; 3]) -> JsValue {
    subscribe(call, |held| {
        let failed = move |request: &_, reason: &app::tracking::Reason<'_>| {
            tell(held, &shown(request), &reason.to_string().into());
        };
        service.tracker().on_error(Box::new(failed))
    })
}

/// Subscribes a function; the answer is one that ends it.
fn subscribe(call: &JsValue, subscribe: impl FnOnce(Held) -> Subscription) -> JsValue {
    let Some(call) = call.dyn_ref::<Function>() else { return JsValue::UNDEFINED };
    let held = Held::new_local(call.clone());
    let subscription = subscribe(held);
    console::once(move || {
        drop(subscription);
        held.dispose();
    })
}

fn tell(held: Held, request: &JsValue, more: &JsValue) {
    let told = held.try_with_value(|call| call.call2(&JsValue::UNDEFINED, request, more));
    if let Some(Err(error)) = told {
        console::warn(&format!("A callback of aetherterm.tracker failed: {}", payload::message_of(&error)));
    }
}

fn text(value: &JsValue) -> Option<String> {
    value.as_string()
}

fn request_id(value: &JsValue) -> Option<RequestId> {
    RequestId::parse(&value.as_string()?)
}

fn shown<T: serde::Serialize + ?Sized>(value: &T) -> JsValue {
    to_js(value).unwrap_or_else(JsValue::from)
}
