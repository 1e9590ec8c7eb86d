//! What the headers of a plain request ask of sampling.

use crate::collector::{Collector, Mood};
use crate::process::Home;

const SPAN: &str = "e457b5a2e4d86bd1";

/// The headers by which the trace of that number asks for debug, in both forms.
fn debug(number: usize) -> [Vec<(&'static str, String)>; 2] {
    let trace = format!("{number:032x}");
    let single = vec![("b3", format!("{trace}-{SPAN}-d"))];
    let multi = vec![("x-b3-traceid", trace), ("x-b3-spanid", SPAN.to_owned()), ("x-b3-flags", "1".to_owned())];
    [single, multi]
}

fn owner() -> (&'static str, String) {
    ("authorization", "Bearer test".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_is_recorded_whatever_the_sampler_says_if_an_admin_asks_for_it() {
    let home = Home::new();
    let collector = Collector::start(Mood::Well).await;
    // This one follows nobody's decision, and records nothing by itself.
    let server = home.start(&collector, "export OTEL_TRACES_SAMPLER=always_off;");
    for form in 0..2 {
        let number = form + 1;
        let trace = format!("{number:032x}");
        let mut headers = debug(number)[form].clone();
        let lowered = server.page("/login", &headers).await;
        assert!(lowered.starts_with(&format!("00-{trace}-")) && lowered.ends_with("-00"), "{lowered}");

        headers.push(owner());
        let context = server.page("/login", &headers).await;
        assert!(context.starts_with(&format!("00-{trace}-")) && context.ends_with("-01"), "{context}");
        let spans = server.spans(&trace).await;
        assert_eq!((spans.len(), &spans[0]["parentSpanId"]), (1, &SPAN.into()), "{spans:?}");
        assert!(context.contains(spans[0]["spanId"].as_str().unwrap()), "{context} {spans:?}");
    }
    // Without ids it is for a new trace.
    for headers in [[("b3", "d".to_owned()), owner()], [("x-b3-flags", "1".to_owned()), owner()]] {
        let context = server.page("/login", &headers).await;
        let [_, trace, _, "01"] = context.split('-').collect::<Vec<_>>()[..] else { panic!("{context}") };
        assert_eq!(server.spans(trace).await[0]["parentSpanId"], "");
    }
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_of_anybody_else_counts_as_sampled() {
    let home = Home::new();
    let collector = Collector::start(Mood::Well).await;
    let server = home.start(&collector, "export OTEL_TRACES_SAMPLER=parentbased_always_off;");
    for headers in debug(1) {
        let context = server.page("/login", &headers).await;
        assert!(context.ends_with("-01"), "{context}");
    }
    let nobody = server.page("/login", &[]).await;
    assert!(nobody.ends_with("-00"), "{nobody}");
    server.kill();
}
