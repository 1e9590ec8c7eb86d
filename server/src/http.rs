//! Everything that answers over HTTP: the gate in front, the pages, the site's files, and what programs ask.

mod answer;
mod assets;
mod entrance;
mod gate;
mod language;
mod pages;
mod place;
mod security;
mod site;
mod status;
mod text;
mod tracker;

use std::sync::Arc;

use app::page::ShellProps;
use axum::{
    Router, middleware,
    response::Redirect,
    routing::{get, post},
};

pub use self::{
    gate::{Gate, IsThere},
    place::Places,
    security::Policy,
    site::{MissingSite, Site},
    status::{Readiness, STORE_BEHIND, STORE_IN_MEMORY},
    tracker::routes as tracker_routes,
};
use crate::config::BasePath;

/// What the routes need from the rest of the server.
#[derive(Clone)]
pub struct Http {
    /// The prefix of every address.
    pub base_path: BasePath,
    /// The built page, if there is one.
    pub site: Option<Arc<Site>>,
    /// What the document around the application is given.
    pub shell: ShellProps,
    /// The content security policy of the pages.
    pub policy: Policy,
    /// The gate, for signing in and out.
    pub gate: Arc<Gate>,
    /// Whether the server takes new work.
    pub readiness: Readiness,
}

/// Builds the innermost part: every route, without the layers in front of it. `recorded` wraps the pages and the API; files
/// and health checks, which a machine asks for all day, stay outside of it.
pub fn router(http: &Http, recorded: impl FnOnce(Router) -> Router) -> Router {
    let at = |path: &str| http.base_path.join(path);
    let mut pages = Router::new()
        .route(&at("/api/session"), get(status::session))
        .route(&at("/login"), get(entrance::form).merge(post(entrance::sign_in)).with_state(Arc::clone(&http.gate)))
        .route(&at("/logout"), get(entrance::sign_out).with_state(Arc::clone(&http.gate)));
    for path in place::PAGES {
        pages = pages.route(&at(path), pages::page(http, path));
    }
    let mut router = recorded(pages)
        .route(&at("/healthz"), get(status::healthz))
        .route(&at("/readyz"), get(status::readyz).with_state(http.readiness.clone()))
        .route(&at("/version"), get(status::version));
    if !http.base_path.as_str().is_empty() {
        let home = at("/");
        router = router.route(http.base_path.as_str(), get(move || async move { Redirect::permanent(&home) }));
    }
    match &http.site {
        Some(site) => assets::routes(router, &http.base_path, site),
        None => router.fallback(answer::not_found),
    }
}

/// Puts what must be outermost around the finished application: the gate, and the headers that every answer has.
pub fn guarded(application: Router, gate: Arc<Gate>) -> Router {
    application.layer(middleware::from_fn_with_state(gate, gate::pass)).layer(middleware::from_fn(security::harden))
}
