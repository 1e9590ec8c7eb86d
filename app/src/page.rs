//! What the server tells a page before the page says its first word: settings, and where the vendor modules stand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The settings written into the page as `<script type="application/json" id="page">`.
///
/// They are there before the first script runs, so that the tracker is real or Null from the first emit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageConfig {
    /// Prefix of every address of this server: empty, or `/like/this` without a slash at its end.
    pub base_path: String,
    /// Language of the texts, as a BCP 47 tag.
    pub language: String,
    /// The colours to begin with.
    pub theme: Theme,
    /// Which of the pages it is.
    #[serde(default)]
    pub view: PageView,
    /// What the page's tracker does.
    pub tracking: PageTracking,
    /// What the page's exporter does.
    pub telemetry: PageTelemetry,
    /// Where a trace is seen in a backend, with `{traceId}` for its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_url: Option<String>,
    /// Version of the server, and so of the page.
    pub version: String,
}

impl PageConfig {
    /// Writes the settings as JSON that may stand inside a `<script>` element: every `<` is escaped.
    pub fn to_script(&self) -> String {
        escaped(self)
    }

    /// Puts the base path in front of an absolute path of this server.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }
}

impl Default for PageConfig {
    fn default() -> Self {
        Self {
            base_path: String::new(),
            language: "en".to_owned(),
            theme: Theme::default(),
            view: PageView::default(),
            tracking: PageTracking::default(),
            telemetry: PageTelemetry::default(),
            trace_url: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The colours of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the person's system says.
    #[default]
    System,
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// The pages there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageView {
    /// `/`: the terminals, and the tools beside them.
    #[default]
    Workspace,
    /// `/monitor`: the tools alone.
    Monitor,
}

/// Settings of the page's tracker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageTracking {
    /// Off: no envelope, no spans, the Null tracker.
    pub enabled: bool,
    /// Whether counts and durations per event are kept.
    pub metrics: bool,
    /// Whether each request and response is written to the console (never its payload).
    pub detailed_logging: bool,
    /// How long a request may stay unanswered before it counts as timed out, in milliseconds.
    pub timeout_ms: u32,
    /// From which duration an answer counts as slow, in milliseconds.
    pub slow_ms: u32,
    /// How many requests may be pending at once.
    pub max_pending: u32,
}

impl Default for PageTracking {
    fn default() -> Self {
        Self {
            enabled: true,
            metrics: true,
            detailed_logging: false,
            timeout_ms: 5_000,
            slow_ms: 1_000,
            max_pending: 100,
        }
    }
}

/// How many of a terminal's inputs are recorded in a second when nobody says: a key repeat is not thirty traces.
pub const INPUT_RATE: u32 = 20;

/// Settings of the page's exporter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageTelemetry {
    /// Off: context and tracker stay, nothing is posted.
    pub enabled: bool,
    /// Share of the traces begun in the page that are recorded, 0 to 1.
    pub sample_rate: f64,
    /// Whether requests that are not recorded are kept all the same when they fail or are slow.
    pub tail_keeping: bool,
    /// How many spans make a batch.
    pub batch_size: u32,
    /// How long a span waits for its batch at most, in milliseconds.
    pub flush_ms: u32,
    /// How many of a terminal's inputs are recorded in a second.
    pub input_rate: u32,
}

impl Default for PageTelemetry {
    fn default() -> Self {
        Self {
            enabled: true,
            sample_rate: 1.0,
            tail_keeping: true,
            batch_size: 10,
            flush_ms: 5_000,
            input_rate: INPUT_RATE,
        }
    }
}

/// The browser modules that the set-up installed, as `vendor/manifest.json` in the site lists them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VendorManifest {
    /// Module name to address: the import map.
    pub imports: BTreeMap<String, String>,
    /// Addresses of style sheets, in order.
    pub styles: Vec<String>,
}

impl VendorManifest {
    /// Returns the manifest with the base path in front of every address.
    #[must_use]
    pub fn under(self, base_path: &str) -> Self {
        let moved = |address: String| format!("{base_path}{address}");
        Self {
            imports: self.imports.into_iter().map(|(name, address)| (name, moved(address))).collect(),
            styles: self.styles.into_iter().map(moved).collect(),
        }
    }

    /// Writes the text of `<script type="importmap">`.
    pub fn to_import_map(&self) -> String {
        #[derive(Serialize)]
        struct ImportMap<'a> {
            imports: &'a BTreeMap<String, String>,
        }
        escaped(&ImportMap { imports: &self.imports })
    }
}

/// All that the document around the application needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShellProps {
    /// The page's settings.
    pub page: PageConfig,
    /// The vendor modules, with the base path already in their addresses.
    pub vendor: VendorManifest,
    /// Where `cargo leptos watch` tells the page to reload; `None` outside development.
    pub reload_port: Option<u16>,
}

/// JSON in which no `</script>` and no `<!--` can occur.
fn escaped<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain structs with string keys always serialise").replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_have_the_names_that_the_page_reads() {
        let json = serde_json::to_value(PageConfig::default()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "basePath": "",
                "language": "en",
                "theme": "system",
                "view": "workspace",
                "tracking": {
                    "enabled": true, "metrics": true, "detailedLogging": false,
                    "timeoutMs": 5000, "slowMs": 1000, "maxPending": 100
                },
                "telemetry": {
                    "enabled": true, "sampleRate": 1.0, "tailKeeping": true, "batchSize": 10, "flushMs": 5000,
                    "inputRate": 20
                },
                "version": env!("CARGO_PKG_VERSION"),
            })
        );
    }

    #[test]
    fn no_setting_can_end_the_script_it_stands_in() {
        let page = PageConfig { base_path: "</script><!--".to_owned(), ..PageConfig::default() };
        assert!(!page.to_script().contains('<'));
        assert_eq!(serde_json::from_str::<PageConfig>(&page.to_script()).unwrap(), page);
    }

    #[test]
    fn vendor_addresses_move_under_the_base_path() {
        let manifest: VendorManifest = serde_json::from_str(
            r#"{"imports": {"xterm": "/vendor/xterm-6/xterm.mjs"}, "styles": ["/vendor/xterm-6/xterm.css"]}"#,
        )
        .unwrap();
        let moved = manifest.under("/term");
        assert_eq!(moved.to_import_map(), r#"{"imports":{"xterm":"/term/vendor/xterm-6/xterm.mjs"}}"#);
        assert_eq!(moved.styles, ["/term/vendor/xterm-6/xterm.css"]);
    }
}
