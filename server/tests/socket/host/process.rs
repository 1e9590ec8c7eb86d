//! A machine on which the binary is started, ended and started again.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::net::UnixStream;

use crate::site;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

const PROGRAM: &str = env!("CARGO_BIN_EXE_aetherterm");

/// A home that outlives its servers; its shells end with it.
pub struct Machine {
    home: tempfile::TempDir,
    site: tempfile::TempDir,
    program: PathBuf,
}

/// A server that is killed with this value; its shells are not.
pub struct Running {
    pub address: SocketAddr,
    child: Child,
}

impl Machine {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), site: site::make(), program: PROGRAM.into() }
    }

    /// The binary is installed here, as it is by an upgrade: another file under the same name.
    pub fn install(&mut self) {
        self.program = self.home.path().join("aetherterm");
        let new = self.program.with_extension("new");
        std::fs::copy(PROGRAM, &new).unwrap();
        std::fs::rename(new, &self.program).unwrap();
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn socket(&self) -> PathBuf {
        self.data_dir().join("pty-host.1.sock")
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.at_home(&self.program);
        command.args(words);
        command
    }

    /// A server whose disk takes no file larger than so many blocks of 512 bytes, which it is told as it is of a full one: by
    /// writes that fail. Whoever started it may make room.
    pub fn cramped(&self, blocks: u32) -> Command {
        self.after(&format!("trap '' XFSZ; ulimit -S -f {blocks}"))
    }

    /// A server that is started by a shell after this has been done in it.
    pub fn after(&self, script: &str) -> Command {
        let mut command = self.at_home("/bin/sh");
        self.serving(command.args(["-c", &format!("{script}; exec {PROGRAM}")]));
        command
    }

    pub fn serving<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("AETHERTERM_LISTEN", "127.0.0.1:0").env("AETHERTERM_SITE_ROOT", self.site.path());
        command.env("AETHERTERM_TOKEN", "test")
    }

    fn at_home(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.home.path()).env_clear().env("HOME", self.home.path());
        command.env("AETHERTERM_DATA_DIR", self.data_dir()).env("SHELL", "/bin/sh").env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn start(&self, words: &[&str]) -> Running {
        self.start_saying(words, Stdio::inherit())
    }

    /// The same; what it says goes elsewhere.
    pub fn start_saying(&self, words: &[&str], log: impl Into<Stdio>) -> Running {
        Running::of(self.serving(&mut self.command(words)).stderr(log))
    }

    /// A server with variables beside the usual ones, without a process that holds its shells; what it says can be read.
    pub fn start_with(&self, variables: &[(&str, &str)]) -> Running {
        let mut command = self.command(&["--pty-host", "in-process"]);
        command.envs(variables.iter().copied());
        Running::of(self.serving(&mut command))
    }

    pub fn stop(&self, words: &[&str]) -> Output {
        self.command(&[&["stop"], words].concat()).output().unwrap()
    }

    /// The process that holds the shells, once it is there.
    pub async fn host(&self) -> i32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(connection) = UnixStream::connect(self.socket()).await {
                return connection.peer_cred().unwrap().pid().unwrap();
            }
            assert!(Instant::now() < deadline, "no host");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let ended = self.stop(&["--all"]);
        if !std::thread::panicking() {
            assert!(ended.status.success(), "{ended:?}");
        }
    }
}

impl Running {
    /// Waits for the start line.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("aetherterm listening on http://").and_then(|rest| rest.split('/').next());
        Self { address: address.unwrap_or_else(|| panic!("no start line: {line:?}")).parse().unwrap(), child }
    }

    /// Ends the server; after SIGTERM it must have ended well.
    pub fn end(mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.success(), signal == Signal::TERM, "{status:?}");
    }

    /// Ends the server by SIGTERM and returns what it has said, if nobody else hears it.
    pub fn last_words(mut self) -> String {
        let mut log = self.child.stderr.take().unwrap();
        self.end(Signal::TERM);
        let mut said = String::new();
        log.read_to_string(&mut said).unwrap();
        said
    }

    pub fn pid(&self) -> i32 {
        Pid::from_child(&self.child).as_raw_pid()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already needs no more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

pub fn is_alive(pid: i32) -> bool {
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
        && std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// The processes that one has started and not reaped, each as the system describes it.
pub fn children(parent: i32) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let stats = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    let of_parent = |stat: &String| {
        let rest = stat.rsplit_once(") ")?.1;
        (rest.split(' ').nth(1)? == parent.to_string()).then(|| stat.clone())
    };
    stats.filter_map(|stat| of_parent(&stat)).collect()
}

/// Waits for a condition.
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
