//! The binary as a process: its start line, its end, and what it says when it cannot start.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{client::Client, site};

/// The contract of the end.
const END: Duration = Duration::from_secs(5);

/// A home with a site in it, and nothing of our environment.
struct Home {
    home: tempfile::TempDir,
    site: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), site: site::make() }
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aetherterm"));
        command.args(words).current_dir(self.path()).env_clear().env("HOME", self.path());
        command.env("AETHERTERM_LISTEN", "127.0.0.1:0").env("AETHERTERM_SITE_ROOT", self.site.path());
        // No process is to outlive these tests.
        command.env("AETHERTERM_PTY_HOST", "in-process");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The exit code and the standard error of a start that fails.
    fn failure(&self, command: &mut Command) -> (i32, String) {
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    #[track_caller]
    fn check_failure(&self, command: &mut Command, parts: &[&str]) {
        let (code, error) = self.failure(command);
        assert_ne!(code, 0);
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.strip_prefix("aetherterm listening on ") else {
            let mut error = String::new();
            child.stderr.as_mut().unwrap().read_to_string(&mut error).unwrap();
            panic!("no start line: {line:?} {error}");
        };
        Self { url: url.trim_end().to_owned(), child }
    }

    fn client(&self) -> Client {
        let rest = self.url.strip_prefix("http://").unwrap();
        Client(rest.split('/').next().unwrap().parse().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// The exit code, once the process has ended by itself.
    fn ended(mut self, within: Duration) -> Option<i32> {
        let (send, receive) = mpsc::channel();
        let pid = Pid::from_child(&self.child);
        thread::spawn(move || send.send(self.child.wait()));
        match receive.recv_timeout(within) {
            Ok(status) => status.unwrap().code(),
            Err(_) => {
                kill_process(pid, Signal::KILL).unwrap();
                panic!("the process did not end within {within:?}");
            }
        }
    }
}

#[test]
fn the_start_line_opens_the_page() {
    let home = Home::new();
    let running = Running::start(&mut home.command(&[]));
    let client = running.client();
    let path = running.url.split(&client.0.to_string()).nth(1).unwrap();
    assert!(path.starts_with("/?token=") && path.len() > "/?token=".len() + 20, "{path}");
    let cookie = client.sign_in(path);
    assert_eq!(client.get("/", &[("Cookie", &cookie)]).status, 200);
    running.signal(Signal::TERM);
    assert_eq!(running.ended(END), Some(0));
}

#[test]
fn a_signal_ends_it_in_time_whoever_is_connected() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let running = Running::start(&mut home.command(&["serve", "--token", "test"]));
        let client = running.client();
        let bearer = ("Authorization", "Bearer test");
        assert_eq!(client.upgrade("/socket.io/?EIO=4&transport=websocket", &[bearer]).status, 101);
        let idle = std::net::TcpStream::connect(client.0).unwrap();
        let start = Instant::now();
        running.signal(signal);
        assert_eq!(running.ended(END), Some(0));
        assert!(start.elapsed() < END);
        drop(idle);
    }
}

#[test]
fn the_settings_of_a_dotenv_file_count() {
    let home = Home::new();
    std::fs::write(home.path().join(".env"), "AETHERTERM_BASE_PATH=/term\nAETHERTERM_TOKEN=fixed\n").unwrap();
    std::fs::set_permissions(home.path().join(".env"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let running = Running::start(&mut home.command(&[]));
    assert!(running.url.ends_with("/term/?token=fixed"), "{}", running.url);
    running.signal(Signal::TERM);
    assert_eq!(running.ended(END), Some(0));
}

#[test]
fn the_propagators_say_which_headers_carry_a_trace() {
    let (of_b3, of_w3c) = ("80f198ee56343ba864fe8b2a57d3eff7", "4bf92f3577b34da6a3ce929d0e0e4736");
    let (b3, traceparent) = (format!("{of_b3}-e457b5a2e4d86bd1-1"), format!("00-{of_w3c}-00f067aa0ba902b7-01"));
    let headers = [("Authorization", "Bearer test"), ("b3", &*b3), ("traceparent", &*traceparent)];
    // Either name of B3 takes both of its forms.
    for (setting, joined) in [("tracecontext", Some(of_w3c)), ("b3multi,tracecontext", Some(of_b3)), ("baggage", None)]
    {
        let home = Home::new();
        let running = Running::start(home.command(&["--token", "test"]).env("OTEL_PROPAGATORS", setting));
        let answer = running.client().get("/", &headers);
        let trace = answer.header("traceparent").and_then(|context| context.split('-').nth(1)).unwrap();
        let expected = [of_b3, of_w3c].into_iter().find(|known| *known == trace);
        assert_eq!(expected, joined, "{setting}: {trace}");
        running.signal(Signal::TERM);
        assert_eq!(running.ended(END), Some(0));
    }
}

#[test]
fn an_unknown_variable_is_a_warning() {
    let home = Home::new();
    let mut running = Running::start(home.command(&[]).env("AETHERTERM_COLOUR", "red"));
    let mut error = running.child.stderr.take().unwrap();
    running.signal(Signal::TERM);
    assert_eq!(running.ended(END), Some(0));
    let mut text = String::new();
    error.read_to_string(&mut text).unwrap();
    assert!(text.contains("AETHERTERM_COLOUR"), "{text}");
}

#[test]
fn a_start_that_fails_says_why() {
    let home = Home::new();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    let file = home.path().join("wrong.toml");
    std::fs::write(&file, "colour = 'red'").unwrap();
    let file = file.to_str().unwrap();

    home.check_failure(&mut home.command(&["--colour"]), &["--colour", "--help"]);
    home.check_failure(&mut home.command(&["--listen", "here"]), &["--listen", "here"]);
    home.check_failure(&mut home.command(&["--listen", &address]), &["cannot listen on", &address]);
    home.check_failure(&mut home.command(&["--config", "/does/not/exist"]), &["/does/not/exist"]);
    home.check_failure(&mut home.command(&["--config", file]), &["`colour`", file]);
    home.check_failure(home.command(&[]).env("AETHERTERM_DEBUG", "maybe"), &["AETHERTERM_DEBUG", "maybe"]);
    home.check_failure(
        &mut home.command(&["--site-root", "/does/not"]),
        &["/does/not", "pkg/aetherterm.js", "make build"],
    );
    home.check_failure(&mut home.command(&["--data-dir", "/proc/x"]), &["/proc/x"]);
    let open = ["--auth", "none", "--listen", "0.0.0.0:0"];
    home.check_failure(&mut home.command(&open), &["--allow-unauthenticated"]);
    home.check_failure(home.command(&[]).env("RUST_LOG", "server=loud"), &["RUST_LOG"]);
}

#[test]
fn a_data_directory_in_use_is_named_with_its_user() {
    let home = Home::new();
    let running = Running::start(&mut home.command(&[]));
    let pid = running.child.id().to_string();
    home.check_failure(&mut home.command(&[]), &[".local/share/aetherterm", &format!("in use by pid {pid}")]);
    running.signal(Signal::TERM);
    assert_eq!(running.ended(END), Some(0));
}

#[test]
fn a_dotenv_file_that_others_can_write_stops_the_start() {
    let home = Home::new();
    let file = home.path().join(".env");
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    home.check_failure(&mut home.command(&[]), &[".env", "others can write", "chmod go-w"]);
}

#[test]
fn help_and_version_are_no_failures() {
    let home = Home::new();
    for (word, part) in [("--help", "--allow-origin"), ("--version", env!("CARGO_PKG_VERSION"))] {
        let output = home.command(&[word]).output().unwrap();
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains(part));
    }
}
