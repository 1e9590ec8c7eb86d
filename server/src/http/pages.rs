//! The application's pages, rendered here and brought to life in the browser.

use app::page::PageView;
use axum::{
    http::{StatusCode, header, request::Parts},
    response::Response,
    routing::{MethodRouter, get},
};
use leptos::{context::use_context, nonce::use_nonce};
use leptos_axum::ResponseOptions;

use super::{Http, answer, language, security::NO_STORE, text};

/// Serves the application at `path`, or says that its site is missing.
pub fn page(http: &Http, path: &str) -> MethodRouter {
    if http.site.is_none() {
        return get(without_site);
    }
    // An error says that another server of this process has done it.
    let _ = any_spawner::Executor::init_tokio();
    let policy = http.policy;
    let protect = move || {
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy.with_nonce(&nonce));
        response.insert_header(header::CACHE_CONTROL, NO_STORE);
    };
    let mut shell = http.shell.clone();
    shell.page.view = if path == "/monitor" { PageView::Monitor } else { PageView::Workspace };
    let document = move || {
        let mut shell = shell.clone();
        let language = use_context::<Parts>().map(|request| language::preferred(&request.headers)).unwrap_or_default();
        language.tag().clone_into(&mut shell.page.language);
        app::ui::shell(shell)
    };
    get(leptos_axum::render_app_to_stream_with_context(protect, document))
}

async fn without_site(headers: axum::http::HeaderMap) -> Response {
    answer::refuse(answer::Wanted::by(&headers), StatusCode::SERVICE_UNAVAILABLE, text::NO_SITE)
}
