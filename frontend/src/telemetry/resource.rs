//! Who the page is, as a collector sees it.

use app::trace::otlp::{KeyValue, Resource};

use crate::js::{page, random};

/// The page's service name; `OTEL_SERVICE_NAME` names the server and leaves it alone.
pub const SERVICE: &str = "aetherterm-frontend";

/// The resource of this window.
pub fn of_this_window() -> Resource {
    let agent = page::user_agent();
    let mobile = agent.as_deref().is_some_and(|agent| agent.contains("Mobi"));
    let mut attributes = vec![
        KeyValue::new("service.name", SERVICE),
        KeyValue::new("service.namespace", "aetherterm"),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", random::trace_id().to_string()),
        KeyValue::new("telemetry.sdk.name", "aetherterm"),
        KeyValue::new("telemetry.sdk.language", "rust"),
        KeyValue::new("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("browser.mobile", mobile),
    ];
    let known = [("browser.language", page::browser_language()), ("user_agent.original", agent)];
    attributes.extend(known.into_iter().filter_map(|(key, value)| Some(KeyValue::new(key, value?))));
    Resource { attributes }
}
