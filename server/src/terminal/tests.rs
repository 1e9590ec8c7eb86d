//! Terminals as their users meet them: the double where it is enough, real shells where it matters.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use rustix::process::{Pid, test_kill_process};
use tokio::time::{sleep, timeout};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use super::pty::Processes;
use super::screen::{AvtScreen, ScreenModel as _};
use super::*;

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
async fn a_shell_answers() {
    let terminal = spawn(SpawnSpec { command: Some(vec!["sh".into()]), ..spec() }).await;
    type_in(&terminal, "echo $((6*7))\n");
    output_with(&terminal, "42").await;
    type_in(&terminal, "exit 7\n");
    let ended = timeout(PATIENCE, terminal.ended()).await.unwrap();
    assert_eq!((ended.exit_code, ended.reason), (Some(7), EndReason::Exited));
}

#[tokio::test]
async fn without_a_command_the_login_shell_starts() {
    let terminal = spawn(spec()).await;
    type_in(&terminal, "echo \"is <$0>\"\n");
    output_with(&terminal, "is <-").await;
    terminal.close();
    terminal.ended().await;
}

#[tokio::test]
async fn what_cannot_be_spawned_is_named() {
    let terminals = terminals(Spawner::Shell);
    let no_directory =
        terminals.create(1, SpawnSpec { cwd: Some("/no/such/place".into()), ..spec() }).await.unwrap_err();
    assert!(no_directory.to_string().contains("/no/such/place"), "{no_directory}");
    let no_command = SpawnSpec { command: Some(vec!["no-such-program".into()]), ..spec() };
    let no_command = terminals.create(1, no_command).await.unwrap_err();
    assert!(no_command.to_string().contains("no-such-program"), "{no_command}");
    assert!(terminals.get(1).is_none());
}

#[tokio::test]
async fn a_shell_starts_where_and_as_large_as_asked() {
    let (output, _) = output_of(SpawnSpec { cwd: Some("/usr/bin".into()), ..run("pwd; stty size; tty") }).await;
    assert!(output.starts_with("/usr/bin\r\n24 80\r\n/dev/"), "{output}");
}

#[tokio::test]
async fn the_environment_holds_only_what_is_allowed() {
    // cargo sets dozens of variables for this test; none is the shell's business.
    assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO_")));
    let (output, _) = output_of(SpawnSpec { env: vec![("EXTRA".into(), "1".into())], ..run("env") }).await;
    let names: BTreeSet<&str> = output.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let allowed =
        ["HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LANGUAGE", "TZ", "TERM", "COLORTERM", "TERM_PROGRAM"];
    // The shell sets three of its own.
    let known = |name: &str| name.starts_with("LC_") || ["EXTRA", "PWD", "OLDPWD", "SHLVL", "_"].contains(&name);
    assert!(names.iter().all(|name| allowed.contains(name) || known(name)), "{names:?}");
    assert!(names.contains("EXTRA") && names.contains("PATH") && output.contains("TERM=xterm-256color"), "{output}");
}

#[tokio::test]
async fn signals_and_descriptors_are_not_inherited() {
    let (output, _) = output_of(run("grep -E 'Sig(Ign|Blk)' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '")).await;
    let masks = output.lines().filter_map(|line| line.strip_prefix("Sig")?.split_once(":\t"));
    let masks: HashMap<_, _> = masks.map(|(name, mask)| (name, u64::from_str_radix(mask, 16).unwrap())).collect();
    // Signal 32 is the C library's own, whoever started this test may have it ignored.
    assert_eq!((masks["Blk"], masks["Ign"] & 0x7fff_ffff), (0, 0), "{output}");
    assert!(output.contains("0 1 2 3 ") && !output.contains("4 "), "{output}");
}

#[tokio::test]
async fn the_end_says_how() {
    let (_, exited) = output_of(run("exit 3")).await;
    assert_eq!(exited, Ended { exit_code: Some(3), signal: None, reason: EndReason::Exited });
    let (_, killed) = output_of(run("kill -9 $$")).await;
    assert_eq!(killed, Ended { exit_code: None, signal: Some("SIGKILL".into()), reason: EndReason::Exited });
}

#[tokio::test]
async fn the_end_comes_after_all_output() {
    for _ in 0..20 {
        let (output, _) = output_of(run("seq 5000; echo last")).await;
        assert!(output.ends_with("5000\r\nlast\r\n"), "{:?}", &output[output.len().saturating_sub(50)..]);
    }
}

#[tokio::test]
async fn a_background_job_does_not_hold_back_the_end() {
    let (output, ended) = output_of(run("trap '' HUP; sleep 1000 & echo pid=$!")).await;
    assert_eq!(ended.exit_code, Some(0));
    let left = number_after(&output, "pid=");
    rustix::process::kill_process(Pid::from_raw(left).unwrap(), rustix::process::Signal::KILL).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn input_arrives_in_the_order_it_was_given() {
    let terminal = terminals(Spawner::Echo).create(1, spec()).await.unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let terminal = terminal.clone();
            tokio::spawn(async move {
                for n in 0..500 {
                    let line = Bytes::from(format!("{writer} {n}\n"));
                    while terminal.input(line.clone(), &Span::none()) == Err(InputError::Busy) {
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    type_in(&terminal, "done");
    let output = output_with(&terminal, "done").await;
    let mut next: HashMap<&str, u32> = HashMap::new();
    for (writer, n) in output.lines().filter_map(|line| line.split_once(' ')) {
        let expected = next.entry(writer).or_default();
        assert_eq!(n, expected.to_string());
        *expected += 1;
    }
    assert!(next.len() == 4 && next.values().all(|count| *count == 500), "{next:?}");
}

#[tokio::test]
async fn a_mebibyte_of_input_arrives_complete() {
    let terminal = spawn(run("stty raw -echo; echo ready; head -c 1048576 | cksum")).await;
    output_with(&terminal, "ready").await;
    let input: Vec<u8> = (0u32..1 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for piece in input.chunks(60_000) {
        while terminal.input(Bytes::copy_from_slice(piece), &Span::none()) == Err(InputError::Busy) {
            sleep(Duration::from_millis(1)).await;
        }
    }
    timeout(PATIENCE, terminal.ended()).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &input).unwrap();
    let (expected, _) = output_of(run(&format!("cksum < {}", file.path().display()))).await;
    let output = String::from_utf8_lossy(&all(&terminal)).into_owned();
    assert!(output.contains(expected.trim()), "{output:?} has {expected:?}");
}

#[tokio::test]
async fn a_program_that_does_not_read_makes_input_busy() {
    let terminal = spawn(run("stty raw -echo; echo ready; exec sleep 1000")).await;
    output_with(&terminal, "ready").await;
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    let taken = (0..100).take_while(|_| terminal.input(piece.clone(), &Span::none()).is_ok()).count();
    assert!((15..=17).contains(&taken), "{taken} pieces were taken");
    terminal.close();
    assert_eq!(timeout(PATIENCE, terminal.ended()).await.unwrap().reason, EndReason::Closed);
}

#[tokio::test]
async fn a_new_size_takes_its_place_between_the_input() {
    let terminal = spawn(run("stty -echo; echo ready; while read line; do stty size; done")).await;
    let mut size = terminal.size();
    output_with(&terminal, "ready").await;
    type_in(&terminal, "\n");
    output_with(&terminal, "24 80").await;
    terminal.resize(Size::clamped(5000, 50)).unwrap();
    type_in(&terminal, "\n");
    output_with(&terminal, "50 1000").await;
    assert_eq!(*size.borrow_and_update(), Size::clamped(1000, 50));
    assert_eq!(terminal.snapshot().await.snapshot.size, Size::clamped(1000, 50));
    terminal.close();
    terminal.ended().await;
}

#[tokio::test]
async fn closing_ends_every_process_of_the_terminal() {
    let script = "echo shell=$$; (trap '' HUP; echo deaf=$(exec sh -c 'echo $PPID'); sleep 1000; sleep 1000) & \
                  sleep 1000 & echo job=$!; set -m; sleep 1000 & echo group=$!; echo ready; sleep 1000";
    let terminal = spawn(run(script)).await;
    output_with(&terminal, "deaf=").await;
    let output = output_with(&terminal, "ready").await;
    let pids = ["shell=", "deaf=", "job=", "group="].map(|label| number_after(&output, label));
    let session = Processes::of(Pid::from_raw(pids[0]).unwrap());
    assert!(pids.iter().all(|pid| alive(*pid)), "{output}");
    assert!(session.living().len() >= 5);
    terminal.close();
    let ended = timeout(PATIENCE, terminal.ended()).await.unwrap();
    assert_eq!(ended.reason, EndReason::Closed);
    assert!(pids.iter().all(|pid| !alive(*pid)), "{output}");
    assert!(session.living().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_terminals_leave_neither_processes_nor_descriptors() {
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let terminals = terminals(Spawner::Shell);
    let before = descriptors();
    let mut shells = Vec::new();
    for round in 0..10 {
        let ids = (0..20).map(|n| round * 20 + n);
        for id in ids.clone() {
            terminals.create(id, run("echo pid=$$.; read line")).await.unwrap();
        }
        for id in ids {
            let terminal = terminals.get(id).unwrap();
            shells.push(number_after(&output_with(&terminal, ".").await, "pid="));
            terminals.remove(id).unwrap();
            drop(terminal);
        }
    }
    assert_eq!(terminals.close_all(PATIENCE).await, 0);
    assert!(terminals.ids().is_empty());
    // Reaped, not only dead: a zombie would still be listed.
    assert!(shells.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists()));
    // Other tests of this process may hold some at this moment; 200 terminals that leak would hold 200.
    until("the descriptors are closed", || descriptors() < before + 100).await;
}

#[tokio::test]
async fn closing_all_leaves_no_shell() {
    let terminals = terminals(Spawner::Shell);
    let mut shells = Vec::new();
    for id in 0..5 {
        let terminal =
            terminals.create(id, run("trap '' HUP TERM INT; echo pid=$$.; while :; do sleep 1; done")).await.unwrap();
        shells.push(number_after(&output_with(&terminal, ".").await, "pid="));
    }
    assert_eq!(terminals.close_all(Duration::from_secs(5)).await, 0);
    assert!(shells.iter().all(|pid| !alive(*pid)));
    assert!(matches!(terminals.create(9, run("true")).await, Err(CreateError::ShuttingDown)));
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

/// Waits until the end of the output stands still.
async fn standstill(terminal: &Terminal) -> u64 {
    let mut end = terminal.subscribe();
    while timeout(Duration::from_millis(300), end.changed()).await.is_ok() {}
    *end.borrow()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pty_waits_for_a_viewer_and_not_for_a_hidden_one() {
    let terminal = spawn(run("yes")).await;
    let viewer = terminal.viewer(0);
    let stopped = standstill(&terminal).await;
    assert!((READ_AHEAD..READ_AHEAD + 128 * 1024).contains(&stopped), "{stopped}");

    // An ack lets it go on by as much.
    viewer.sent(CREDIT);
    viewer.acked(CREDIT);
    let stopped = standstill(&terminal).await;
    assert!((READ_AHEAD + CREDIT..READ_AHEAD + CREDIT + 128 * 1024).contains(&stopped), "{stopped}");

    viewer.set_visible(false);
    let end = terminal.subscribe();
    until("the output runs on", || *end.borrow() > 5 * READ_AHEAD).await;
    viewer.set_visible(true);
    standstill(&terminal).await;
    drop(viewer);
    let stopped = *end.borrow();
    until("the output runs on", || *end.borrow() > stopped + 5 * READ_AHEAD).await;
    terminal.close();
    terminal.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_that_never_acks_is_given_up() {
    let terminal = spawn(run("yes")).await;
    let viewer = terminal.viewer(0);
    viewer.sent(CREDIT);
    let end = terminal.subscribe();
    until("the output runs on", || *end.borrow() > 5 * READ_AHEAD).await;
    terminal.close();
    terminal.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_the_output_after_it_make_the_screen() {
    let terminal =
        spawn(run("for n in $(seq 30); do seq 3000; printf '\\033[3%dm漢字\\033[2;5Hx' $((n % 8)); done")).await;
    let mut end = terminal.subscribe();
    end.wait_for(|end| *end > 100_000).await.unwrap();
    let taken = terminal.snapshot().await;
    timeout(PATIENCE, terminal.ended()).await.unwrap();

    let mut late = AvtScreen::new(taken.snapshot.size, 10_000);
    late.feed(&taken.snapshot.bytes);
    if let Read::Data(rest) = terminal.read(taken.seq, usize::MAX) {
        late.feed(&rest);
    }
    let mut early = AvtScreen::new(taken.snapshot.size, 10_000);
    early.feed(&all(&terminal));
    let last = terminal.snapshot().await;
    assert_eq!(last.seq, *end.borrow());
    assert_eq!(String::from_utf8_lossy(&last.snapshot.bytes), String::from_utf8_lossy(&early.snapshot().bytes));
    assert_eq!(String::from_utf8_lossy(&last.snapshot.bytes), String::from_utf8_lossy(&late.snapshot().bytes));
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
    let attribute = |name: &str| {
        write.attributes.iter().find(|attribute| attribute.key.as_str() == name).unwrap().value.to_string()
    };
    assert_eq!((attribute("socketio.terminal_id"), attribute("socketio.data_size_bytes")), ("1".into(), "7".into()));
    assert!(!format!("{write:?}").contains("\"sampled\""), "no content in a span");
    assert_eq!(terminal.answer_at(&(0..17)).as_ref(), Some(&write.span_context));
    assert_eq!(terminal.answer_at(&(11..17)), None);
    assert!(spans.iter().any(|span| span.name == "terminal.spawn"));
}
