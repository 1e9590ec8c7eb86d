//! HTTP requests to the page's own server.

use gloo_net::http::{Request, Response};
use js_sys::Reflect;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::{Headers, RequestInit};

/// How long a post and its answer may take together. A connection that is half gone would otherwise be waited for as long
/// as the system does, which is minutes.
const PATIENCE_MS: u32 = 10_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout, catch)]
    fn abort_after(delay_ms: u32) -> Result<JsValue, JsValue>;
}

/// A request's answer, as far as its sender needs it.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After` in seconds, where the server sent one.
    pub retry_after_s: Option<f64>,
    /// The body.
    pub body: String,
}

/// What is sent.
pub struct Post<'a> {
    /// Where to.
    pub href: &'a str,
    /// A JSON text.
    pub json: &'a str,
    /// Whether it is to outlive the page.
    pub keepalive: bool,
}

/// The request got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer(pub String);

/// Reads `href`; `headers` come on top of the browser's own.
///
/// # Errors
/// When no answer came.
pub async fn get(href: &str, headers: &[(&str, &str)]) -> Result<Answer, NoAnswer> {
    let request = headers.iter().fold(Request::get(href), |request, (name, value)| request.header(name, value));
    answer(request.send().await).await
}

/// Posts JSON.
///
/// # Errors
/// When no answer came in time.
pub async fn post(post: Post<'_>) -> Result<Answer, NoAnswer> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&post.json.into());
    // Neither gloo-net nor web-sys knows the field; a browser that does not know it either ignores it.
    drop(Reflect::set(&init, &"keepalive".into(), &post.keepalive.into()));
    // Whoever answers in the server's place, such as a proxy with a page to sign in at, has not taken what was posted.
    drop(Reflect::set(&init, &"redirect".into(), &"error".into()));
    // A browser that is too old for it waits as long as it likes.
    if let Ok(signal) = abort_after(PATIENCE_MS) {
        drop(Reflect::set(&init, &"signal".into(), &signal));
    }
    let headers = Headers::new().and_then(|headers| {
        headers.set("content-type", "application/json")?;
        Ok(headers)
    });
    init.set_headers(&headers.map_err(|error| no_answer(&error))?.into());
    let request = web_sys::Request::new_with_str_and_init(post.href, &init).map_err(|error| no_answer(&error))?;
    answer(Request::from(request).send().await).await
}

async fn answer(response: Result<Response, gloo_net::Error>) -> Result<Answer, NoAnswer> {
    let response = response.map_err(|error| NoAnswer(error.to_string()))?;
    let retry_after_s = response.headers().get("retry-after").and_then(|seconds| seconds.parse().ok());
    let body = response.text().await.map_err(|error| NoAnswer(error.to_string()))?;
    Ok(Answer { status: response.status(), retry_after_s, body })
}

fn no_answer(error: &JsValue) -> NoAnswer {
    NoAnswer(format!("{error:?}"))
}
