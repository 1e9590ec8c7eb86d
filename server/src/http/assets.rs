//! The site's files: compressed ahead, revalidated by ETag, and for ever where the address changes with the content.

use std::{path::Path, sync::Arc};

use axum::{Router, extract::Request, middleware, middleware::Next, response::Response, routing::get_service};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{answer, site::Site};
use crate::config::BasePath;

/// The package is rebuilt under the same name, so that a browser asks each time whether it changed.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");

/// A vendor folder is named after its version.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Adds the site's files to the routes.
pub fn routes(router: Router, base_path: &BasePath, site: &Arc<Site>) -> Router {
    let pkg = folder(&site.root().join("pkg"), &ASK_EACH_TIME);
    let vendor = folder(&site.root().join("vendor"), &FOR_EVER);
    let public = folder(site.root(), &ASK_EACH_TIME);
    let site = Arc::clone(site);
    let base = base_path.clone();
    router.nest_service(&base_path.join("/pkg"), pkg).nest_service(&base_path.join("/vendor"), vendor).fallback(
        async move |request: Request| {
            let path = base.strip(request.uri().path()).unwrap_or_default().to_owned();
            if !site.public().contains(&path) {
                return answer::not_found(request.headers().clone()).await;
            }
            let (mut parts, body) = request.into_parts();
            parts.uri = path.parse().expect("it is part of a path that was parsed");
            public.oneshot(Request::from_parts(parts, body)).await.unwrap_or_else(|never| match never {})
        },
    )
}

/// A folder whose files may lie beside their compressed forms.
fn folder(directory: &Path, caching: &HeaderValue) -> Router {
    let files =
        ServeDir::new(directory).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    let caching = caching.clone();
    Router::new()
        .fallback_service(get_service(files))
        .layer(middleware::from_fn(move |request, next| revalidate(request, next, caching.clone())))
}

/// Gives each file an ETag and answers 304 to a browser that has it.
async fn revalidate(mut request: Request, next: Next, caching: HeaderValue) -> Response {
    let known = request.headers_mut().remove(header::IF_NONE_MATCH);
    if known.is_some() {
        // RFC 9110 §13.1.3: where both are given, only the ETag counts.
        request.headers_mut().remove(header::IF_MODIFIED_SINCE);
    }
    let mut response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let Some(tag) = tag(response.headers()) else { return response };
    if known.is_some_and(|known| names(&known, &tag)) {
        response = Response::new(axum::body::Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// One file in one encoding, by its time and length.
fn tag(headers: &HeaderMap) -> Option<HeaderValue> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let changed: String = text(header::LAST_MODIFIED)?.chars().filter(char::is_ascii_alphanumeric).collect();
    let length = text(header::CONTENT_LENGTH)?;
    let encoding = text(header::CONTENT_ENCODING).unwrap_or("identity");
    HeaderValue::try_from(format!("\"{changed}-{length}-{encoding}\"")).ok()
}

/// Whether an `If-None-Match` list names the tag, by weak comparison.
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
