//! Every span that the server ends, as it was recorded.

use std::sync::Once;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

/// Records every span of this thread, which is the whole of a test's runtime.
pub struct Recorder {
    exporter: InMemorySpanExporter,
    _provider: SdkTracerProvider,
    _subscriber: DefaultGuard,
}

impl Recorder {
    pub fn start() -> Self {
        // With a subscriber that is always there, no span is ever taken for one that nobody wants by a test beside this one.
        static ALWAYS: Once = Once::new();
        ALWAYS.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap());

        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        // Spans have what they declare and nothing else, as in the server's own subscriber.
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("test"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let subscriber = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        Self { exporter, _provider: provider, _subscriber: subscriber }
    }

    /// The names of all spans that have ended.
    pub fn names(&self) -> Vec<String> {
        self.exporter.get_finished_spans().unwrap().into_iter().map(|span| span.name.into_owned()).collect()
    }

    /// The span of that name once it has ended.
    pub async fn span(&self, name: &str) -> SpanData {
        self.span_if(name, |_| true).await
    }

    /// The span of that name that fits, once it has ended.
    pub async fn span_if(&self, name: &str, fits: impl Fn(&SpanData) -> bool) -> SpanData {
        let wait = async {
            loop {
                let spans = self.exporter.get_finished_spans().unwrap();
                if let Some(span) = spans.into_iter().find(|span| span.name == name && fits(span)) {
                    return span;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(5), wait).await.unwrap_or_else(|_| panic!("{name} ends"))
    }
}

pub fn attribute(span: &SpanData, name: &str) -> Option<String> {
    span.attributes.iter().find(|pair| pair.key.as_str() == name).map(|pair| pair.value.to_string())
}
