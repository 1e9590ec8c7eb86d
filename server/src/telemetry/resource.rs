//! Who this server is: the resource that stands over all its spans, and the part of it stamped on the page's.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use super::config::TelemetryConfig;

/// What every resource of ours has, the server's and the page's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// `service.namespace`.
    pub(super) namespace: &'static str,
    /// `service.version`.
    pub(super) version: &'static str,
    /// `deployment.environment.name`.
    pub(super) environment: String,
    /// The server's own `service.name`, which nobody else may claim.
    pub(super) server_name: String,
}

impl Stamp {
    /// Reads the stamp from the settings; without a word about it the environment is called `default`.
    pub(super) fn new(config: &TelemetryConfig) -> Self {
        let environment =
            config.resource_attributes.iter().find(|(key, _)| key == "deployment.environment.name").map(|(_, v)| v);
        Self {
            namespace: "aetherterm",
            version: env!("CARGO_PKG_VERSION"),
            environment: environment.cloned().unwrap_or_else(|| "default".to_owned()),
            server_name: config.service_name.clone(),
        }
    }
}

/// Describes this process. Command line and environment are left out: they may hold secrets.
pub(super) fn server(config: &TelemetryConfig, stamp: &Stamp) -> Resource {
    let given = config.resource_attributes.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let executable = std::env::current_exe().ok();
    let executable = executable.as_deref().and_then(std::path::Path::file_name).map(|name| name.to_string_lossy());
    let host = rustix::system::uname();
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes([
            KeyValue::new("service.namespace", stamp.namespace),
            KeyValue::new("service.version", stamp.version),
            KeyValue::new("service.instance.id", instance_id()),
            KeyValue::new("deployment.environment.name", stamp.environment.clone()),
            KeyValue::new("process.pid", i64::from(std::process::id())),
            KeyValue::new("host.name", host.nodename().to_string_lossy().into_owned()),
        ])
        .with_attributes(executable.map(|name| KeyValue::new("process.executable.name", name.into_owned())))
        .with_attributes(given)
        // Last, since the variable for it wins over the list of attributes.
        .with_attribute(KeyValue::new("service.name", config.service_name.clone()))
        .build()
}

/// A random name for this run of the server, as a version 4 UUID.
fn instance_id() -> String {
    let (mut high, mut low) = (random(), random());
    high = high & !0xf000 | 0x4000;
    low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// Without randomness from the system, the time and the process are as different between runs as it gets.
fn random() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        now.as_nanos() as u64 ^ u64::from(std::process::id()) << 32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(resource: &Resource, key: &'static str) -> Option<String> {
        resource.get(&opentelemetry::Key::new(key)).map(|value| value.to_string())
    }

    #[test]
    fn the_server_says_who_it_is() {
        let config = TelemetryConfig {
            service_name: "mine".to_owned(),
            resource_attributes: vec![
                ("deployment.environment.name".to_owned(), "production".to_owned()),
                ("service.name".to_owned(), "ignored".to_owned()),
                ("team".to_owned(), "core".to_owned()),
            ],
            ..TelemetryConfig::default()
        };
        let resource = server(&config, &Stamp::new(&config));
        for (key, expected) in [
            ("service.name", "mine"),
            ("service.namespace", "aetherterm"),
            ("service.version", env!("CARGO_PKG_VERSION")),
            ("deployment.environment.name", "production"),
            ("telemetry.sdk.language", "rust"),
            ("team", "core"),
        ] {
            assert_eq!(attribute(&resource, key).as_deref(), Some(expected), "{key}");
        }
        assert_eq!(attribute(&resource, "process.pid"), Some(std::process::id().to_string()));
        assert!(attribute(&resource, "host.name").is_some_and(|name| !name.is_empty()));
        assert_eq!(attribute(&resource, "process.command_line"), None);
    }

    #[test]
    fn every_run_has_its_own_uuid() {
        let id = instance_id();
        assert_ne!(id, instance_id());
        assert_eq!((id.len(), id.as_bytes()[14], id.matches('-').count()), (36, b'4', 4), "{id}");
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
    }
}
