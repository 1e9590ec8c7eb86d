//! A real process on a real pseudo-terminal.
//!
//! `portable-pty` opens and forks: new session, controlling terminal, default signals, no inherited descriptors. The
//! master is then driven without blocking by the runtime's poller, so that an idle terminal costs no thread, reading
//! stops the moment nobody polls, and no thread is left in `read` when a background job keeps the terminal open.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::task::{Context, Poll, ready};

use filedescriptor::FileDescriptor;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::io::{Interest, unix::AsyncFd};
use tokio::signal::unix::{Signal as SignalStream, SignalKind, signal};

use super::environment::{directory, environment, program, runnable};
use super::integration::Start;
use super::{Exit, Processes, Pty, SpawnError, SpawnSpec};
use crate::descriptors;
use crate::terminal::Size;
use crate::terminal::watched::watched;

/// A process that has been started and the master of its terminal, not yet known to the runtime.
pub(super) struct Opened {
    master: FileDescriptor,
    process: Process,
}

/// Starts the process. Blocks: looks at files and forks.
pub(super) fn open(spec: &SpawnSpec) -> Result<Opened, SpawnError> {
    let home = std::env::home_dir();
    let cwd = directory(spec.cwd.as_deref(), home.as_deref())?;
    let mut variables = environment(std::env::vars_os(), &spec.env);
    if let Some(home) = home {
        variables.entry("HOME".into()).or_insert(home.into());
    }
    let mut command = match &spec.command {
        Some(words) => given(words, &cwd, &variables["PATH".as_ref() as &std::ffi::OsStr])?,
        None => CommandBuilder::new_default_prog(),
    };
    command.env_clear();
    variables.iter().for_each(|(name, value)| command.env(name, value));
    // `$SHELL` if it can be run, else the account's in the user database, else /bin/sh; argv[0] is `-` and its name.
    let shell = command.get_shell();
    runnable(shell.as_ref()).map_err(|source| SpawnError::Command { command: shell.clone(), source })?;
    command.env("SHELL", &shell);
    let (program, arguments) = spec.command.as_deref().and_then(<[String]>::split_first).unwrap_or((&shell, &[]));
    let integrated = spec.integration.as_ref();
    if let Some(start) = integrated.and_then(|it| it.start(Path::new(program), arguments, &variables)) {
        integrate(&mut command, program, &start);
    }
    command.cwd(&cwd);

    let size = PtySize { cols: spec.size.cols(), rows: spec.size.rows(), pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).map_err(|error| SpawnError::Pty(io::Error::other(error)))?;
    let master = pair.master.as_raw_fd().ok_or(Errno::BADF).map_err(io::Error::from).and_then(nonblocking);
    let master = master.map_err(SpawnError::Pty)?;
    let child: Box<dyn portable_pty::Child> = pair.slave.spawn_command(command).map_err(|error| {
        if is_starved(&error) {
            return SpawnError::Pty(io::Error::other(error));
        }
        let command = spec.command.as_ref().and_then(|words| words.first()).unwrap_or(&shell).clone();
        SpawnError::Command { command, source: io::Error::other(error) }
    })?;
    let child = child.downcast::<Child>();
    let child = child.map_err(|_| SpawnError::Pty(io::Error::other("portable-pty gave no process of this system")))?;
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        descriptors::lower(pid);
    }
    Ok(Opened { master, process: Process::new(*child) })
}

/// Whether it is the system that has no more of something, whatever the command.
fn is_starved(error: &anyhow::Error) -> bool {
    let starved = [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM].map(Errno::raw_os_error);
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.raw_os_error().is_some_and(|code| starved.contains(&code)))
}

fn given(words: &[String], cwd: &Path, path: &std::ffi::OsStr) -> Result<CommandBuilder, SpawnError> {
    let empty = || SpawnError::Command { command: String::new(), source: io::ErrorKind::InvalidInput.into() };
    let (first, arguments) = words.split_first().ok_or_else(empty)?;
    let mut command = CommandBuilder::new(program(first, cwd, path)?);
    command.args(arguments);
    Ok(command)
}

/// Starts the shell as its integration wants it.
fn integrate(command: &mut CommandBuilder, shell: &str, start: &Start) {
    let argv = command.get_argv_mut();
    if argv.is_empty() && !start.arguments.is_empty() {
        // A login shell is one by its name alone, which leaves no room for arguments: this one is told in words.
        argv.extend([shell.into(), "-l".into()]);
    }
    let place = argv.len().min(1);
    argv.splice(place..place, start.arguments.iter().map(Into::into));
    start.variables.iter().for_each(|(name, value)| command.env(name, value));
}

/// A descriptor of our own: the writer that portable-pty offers types a newline and `^D` when dropped, and may block.
fn nonblocking(master: std::os::fd::RawFd) -> io::Result<FileDescriptor> {
    let mut master = FileDescriptor::dup(&master).map_err(io::Error::other)?;
    master.set_non_blocking(true).map_err(io::Error::other)?;
    Ok(master)
}

/// A shell, driven by the runtime.
pub(super) struct Shell {
    /// For input and sizes.
    master: AsyncFd<FileDescriptor>,
    /// The same master for output: apart, because while it is lent, no output is to wake the runtime.
    output: Option<AsyncFd<FileDescriptor>>,
    process: Process,
    children: SignalStream,
    /// Whether to look before the first signal: the process may have ended before we listened.
    looked: bool,
}

impl Shell {
    /// Hands the terminal to the current runtime.
    pub(super) fn new(opened: Opened) -> Result<Self, SpawnError> {
        let Opened { master, process } = opened;
        let children = signal(SignalKind::child()).map_err(SpawnError::Pty)?;
        let output = master.try_clone().map_err(|error| SpawnError::Pty(io::Error::other(error)))?;
        let output = watched(output, Interest::READABLE).map_err(SpawnError::Pty)?;
        let master = watched(master, Interest::WRITABLE).map_err(SpawnError::Pty)?;
        Ok(Self { master, output: Some(output), process, children, looked: false })
    }
}

impl Pty for Shell {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        // Whoever takes it back looks again.
        let Some(output) = &self.output else { return Poll::Pending };
        // The kernel hands out 4 KiB at most; what is there already is taken together.
        let mut filled = 0;
        while filled < buffer.len() {
            let mut guard = match output.poll_read_ready(cx) {
                Poll::Ready(guard) => guard?,
                Poll::Pending if filled > 0 => break,
                Poll::Pending => return Poll::Pending,
            };
            match guard.try_io(|output| Ok(rustix::io::read(output.get_ref(), &mut buffer[filled..])?)) {
                Ok(Ok(0)) => break,
                Ok(Ok(read)) => filled += read,
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // Linux says EIO once the last process has let go of the terminal. It says so again when asked again.
                Ok(Err(error)) if filled > 0 || error.raw_os_error() == Some(Errno::IO.raw_os_error()) => break,
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => {}
            }
        }
        Poll::Ready(Ok(filled))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.master.poll_write_ready(cx))?;
            match guard.try_io(|master| Ok(rustix::io::write(master.get_ref(), bytes)?)) {
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nobody is left to read it, which the end is about to say.
                Ok(Err(error)) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => {
                    return Poll::Ready(Ok(bytes.len()));
                }
                Ok(result) => return Poll::Ready(result),
                Err(_would_block) => {}
            }
        }
    }

    fn poll_exit(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
        loop {
            if std::mem::replace(&mut self.looked, true) {
                // Some child of ours has ended; which one is not said.
                ready!(self.children.poll_recv(cx));
            }
            if let Some(exit) = self.process.ended() {
                return Poll::Ready(exit);
            }
        }
    }

    fn resize(&mut self, size: Size) -> io::Result<()> {
        let size = Winsize { ws_col: size.cols(), ws_row: size.rows(), ws_xpixel: 0, ws_ypixel: 0 };
        Ok(tcsetwinsize(self.master.get_ref(), size)?)
    }

    fn processes(&self) -> Option<Processes> {
        Some(Processes::of(self.process.session))
    }

    fn hang_up(&mut self) {}

    fn lend(&mut self) -> Option<FileDescriptor> {
        self.output.take().map(AsyncFd::into_inner)
    }

    fn take_back(&mut self, lent: FileDescriptor) -> io::Result<()> {
        self.output = Some(watched(lent, Interest::READABLE)?);
        Ok(())
    }
}

/// A process that is reaped in the end, whatever happens.
struct Process {
    /// It leads a session of its own.
    session: Pid,
    /// None once it has been reaped.
    child: Option<Child>,
}

impl Process {
    fn new(child: Child) -> Self {
        Self { session: Pid::from_child(&child), child: Some(child) }
    }

    fn ended(&mut self) -> Option<Exit> {
        let exit = match self.child.as_mut()?.try_wait() {
            Ok(status) => Exit::from(status?),
            // Somebody else has reaped it: how it ended is lost, that it ended is not.
            Err(_) => Exit { code: None, signal: None },
        };
        self.child = None;
        Some(exit)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Left over only where the owning task was cut off, or the kernel does not let go of the process.
        if let Some(mut child) = self.child.take() {
            Processes::of(self.session).signal(Signal::KILL);
            // Detached: it waits for one process that has been killed, and this thread may belong to the runtime.
            std::thread::spawn(move || child.wait());
        }
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        // An exit code is a byte, so it is never negative.
        Self { code: status.code().map(i32::cast_unsigned), signal: status.signal().map(signal_name) }
    }
}

fn signal_name(number: i32) -> String {
    let name = match number {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        _ => return format!("SIG{number}"),
    };
    format!("SIG{name}")
}
