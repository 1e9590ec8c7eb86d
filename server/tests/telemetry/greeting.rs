//! A backend is tried at the start, whether it takes spans or figures, and the log says how that went.

use crate::collector::{Collector, Mood};
use crate::process::Home;

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_of_one_signal_alone_is_tried_at_once() {
    for signal in ["traces", "metrics"] {
        let (home, collector) = (Home::new(), Collector::start(Mood::Well).await);
        let variable = format!("OTEL_EXPORTER_OTLP_{}_ENDPOINT", signal.to_uppercase());
        let endpoint = format!("http://{}/v1/{signal}", collector.address);
        let only = format!("unset OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; export {variable}={endpoint};");
        let _server = home.start(&collector, &only);
        home.said(&["export ok", &format!("signal={signal}")]).await;
    }
}
