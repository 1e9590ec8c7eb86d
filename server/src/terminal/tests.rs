//! Terminals as their users meet them: the double where it is enough, real shells where it matters.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use rustix::process::{Pid, test_kill_process};
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use super::pty::Processes;
use super::screen::{Emulator, ScreenModel as _};
use super::*;

mod commands;
mod flow;
mod shells;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn terminals(spawner: Spawner) -> Terminals<u64> {
    Terminals::new(spawner, Limits::default())
}

fn spec() -> SpawnSpec {
    SpawnSpec::login_shell(Size::clamped(80, 24))
}

fn run(script: &str) -> SpawnSpec {
    SpawnSpec { command: Some(vec!["/bin/sh".into(), "-c".into(), script.into()]), ..spec() }
}

async fn spawn(spec: SpawnSpec) -> Terminal {
    terminals(Spawner::Shell).create(1, spec).await.unwrap()
}

/// All output of a program that ends, and how it ended.
async fn output_of(spec: SpawnSpec) -> (String, Ended) {
    let terminal = spawn(spec).await;
    let ended = timeout(PATIENCE, terminal.ended()).await.expect("it ends");
    (String::from_utf8_lossy(&all(&terminal)).into_owned(), ended)
}

/// What the ring holds from the beginning.
fn all(terminal: &Terminal) -> Bytes {
    match terminal.read(0, usize::MAX) {
        Read::Data(bytes) => bytes,
        Read::UpToDate => Bytes::new(),
        Read::Gone => panic!("the beginning has left the ring"),
    }
}

/// Waits until the output contains `wanted`.
async fn output_with(terminal: &Terminal, wanted: &str) -> String {
    let mut end = terminal.subscribe();
    let search = async {
        loop {
            let output = String::from_utf8_lossy(&all(terminal)).into_owned();
            if output.contains(wanted) {
                return output;
            }
            end.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, search)
        .await
        .unwrap_or_else(|_| panic!("{wanted:?} in {:?}", String::from_utf8_lossy(&all(terminal))))
}

async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let wait = async {
        while !condition() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("until {what}"));
}

fn type_in(terminal: &Terminal, text: &str) {
    terminal.input(Bytes::copy_from_slice(text.as_bytes()), &Span::none()).unwrap();
}

fn alive(pid: i32) -> bool {
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
        && std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// The number after `label` in the output.
fn number_after(output: &str, label: &str) -> i32 {
    let (_, rest) = output.rsplit_once(label).unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[tokio::test]
async fn the_double_echoes_and_ends_at_end_of_file() {
    let terminal = terminals(Spawner::Echo).create(1, spec()).await.unwrap();
    type_in(&terminal, "hello");
    output_with(&terminal, "hello").await;
    type_in(&terminal, "bye\x04");
    let expected = Ended { exit_code: Some(0), signal: None, reason: EndReason::Exited };
    assert_eq!(timeout(PATIENCE, terminal.ended()).await.unwrap(), expected);
    assert_eq!(all(&terminal), "hellobye");
    assert_eq!(terminal.input(Bytes::from_static(b"x"), &Span::none()), Err(InputError::Ended));
}

#[tokio::test]
async fn there_are_no_more_terminals_than_allowed() {
    let terminals = Terminals::new(Spawner::Echo, Limits { terminals: 2, ..Limits::default() });
    terminals.create(1, spec()).await.unwrap();
    terminals.create(2, spec()).await.unwrap();
    assert!(matches!(terminals.create(3, spec()).await, Err(CreateError::LimitReached(2))));
    terminals.remove(1).unwrap();
    terminals.create(3, spec()).await.unwrap();
}

#[tokio::test]
async fn titles_and_bells_are_told() {
    let terminal = terminals(Spawner::Echo).create(1, spec()).await.unwrap();
    let (mut title, mut bells) = (terminal.title(), terminal.bells());
    type_in(&terminal, "\x1b]2;a title\x07\x07\x07");
    timeout(PATIENCE, title.wait_for(|title| title == "a title")).await.unwrap().unwrap();
    timeout(PATIENCE, bells.wait_for(|bells| *bells == 2)).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_sampled_write_is_a_child_of_its_cause_and_is_found_by_its_answer() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let terminal = terminals(Spawner::Echo).create(1, spec()).await.unwrap();

    type_in(&terminal, "unsampled ");
    output_with(&terminal, "unsampled ").await;
    assert_eq!(terminal.answer_at(&(0..10)), None);

    let cause = tracing::info_span!("cause");
    let cause_context: SpanContext = cause.context().span().span_context().clone();
    terminal.input(Bytes::from_static(b"sampled"), &cause).unwrap();
    drop(cause);
    output_with(&terminal, "sampled").await;
    until("the write is exported", || {
        exporter.get_finished_spans().unwrap().iter().any(|span| span.name == "pty.write")
    })
    .await;
    let spans = exporter.get_finished_spans().unwrap();
    let write = spans.iter().find(|span| span.name == "pty.write").unwrap();
    assert_eq!(write.parent_span_id, cause_context.span_id());
    assert_eq!(write.span_context.trace_id(), cause_context.trace_id());
    let attribute =
        |name: &str| write.attributes.iter().find(|attribute| attribute.key.as_str() == name).unwrap().value.clone();
    assert_eq!(
        (attribute("socketio.terminal_id"), attribute("socketio.data_size_bytes")),
        (opentelemetry::Value::String("1".into()), opentelemetry::Value::I64(7))
    );
    assert!(!format!("{write:?}").contains("\"sampled\""), "no content in a span");
    assert_eq!(terminal.answer_at(&(0..17)).as_ref(), Some(&write.span_context));
    assert_eq!(terminal.answer_at(&(11..17)), None);
    assert!(spans.iter().any(|span| span.name == "terminal.spawn"));
}
