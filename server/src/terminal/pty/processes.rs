//! Everything that runs on one terminal: the shell, its foreground group and its background jobs.

use std::io;
use std::sync::Mutex;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::terminal::lock;

/// The processes of one session. Its id is that of its leader, the shell, and stays taken while any of them lives.
#[derive(Clone, Copy, Debug)]
pub struct Processes {
    session: Pid,
}

impl Processes {
    pub(in crate::terminal) fn of(session: Pid) -> Self {
        Self { session }
    }

    /// Sends a signal to every process of the session. Reads the process table, so it blocks for some milliseconds.
    pub(in crate::terminal) fn signal(self, signal: Signal) {
        // Where the table cannot be read, the shell's own group is all that can be reached.
        let group = kill_process_group(self.session, signal);
        let members = self.living().into_iter().map(|process| kill_process(process, signal));
        for error in members.chain([group]).filter_map(Result::err) {
            // One that is already gone is what was wanted.
            if error != rustix::io::Errno::SRCH {
                tracing::warn!(session = self.session.as_raw_pid(), ?signal, %error, "cannot signal a process");
            }
        }
    }

    /// The processes of the session that have not ended. Reads the process table, so it blocks for some milliseconds.
    pub(in crate::terminal) fn living(self) -> Vec<Pid> {
        let session = self.session.as_raw_pid();
        let asked = Instant::now();
        let mut table = lock(&TABLE);
        // When many terminals close at once, one reading begun after all had asked serves all.
        if table.as_ref().is_none_or(|table| table.read < asked) {
            *table = Some(Table { read: Instant::now(), processes: read_table().unwrap_or_default() });
        }
        let processes = table.iter().flat_map(|table| &table.processes);
        processes.filter(|process| process.session == session).filter_map(|process| Pid::from_raw(process.id)).collect()
    }
}

/// The last reading of the process table.
static TABLE: Mutex<Option<Table>> = Mutex::new(None);

struct Table {
    read: Instant,
    processes: Vec<Process>,
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    id: i32,
    session: i32,
}

fn read_table() -> io::Result<Vec<Process>> {
    let entries = std::fs::read_dir("/proc")?.flatten();
    let numbered = entries.filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit());
    // A process may end between being listed and being read.
    Ok(numbered
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter_map(|stat| living(&stat))
        .collect())
}

/// Reads a line of `/proc/PID/stat` (proc(5)): `id (name) state parent group session …`, where a name may hold anything.
/// None for one that has ended and only waits to be reaped.
fn living(stat: &str) -> Option<Process> {
    let (id, _) = stat.split_once(' ')?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    let session = fields.nth(2)?;
    let process = Process { id: id.parse().ok()?, session: session.parse().ok()? };
    (!matches!(state, "Z" | "X")).then_some(process)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn check(stat: &str, expected: Option<(i32, i32)>) {
        assert_eq!(living(stat), expected.map(|(id, session)| Process { id, session }), "{stat}");
    }

    #[test]
    fn a_process_is_read_with_its_session() {
        check("12 (sh) S 1 12 7 34816 12 4194304", Some((12, 7)));
        check("12 (a) b (c) R 1 12 7 34816", Some((12, 7)));
        check("12 (sh) Z 1 12 7 0", None);
        check("12 (sh", None);
        check("", None);
    }

    #[test]
    fn a_session_is_found_while_it_lives() {
        // Our own would not do: its leader may be outside our process namespace, where it has no number.
        let mut leader = std::process::Command::new("setsid").args(["sleep", "60"]).spawn().unwrap();
        let pid = Pid::from_child(&leader);
        let session = Processes::of(pid);
        let deadline = Instant::now() + Duration::from_secs(10);
        while session.living() != [pid] {
            assert!(Instant::now() < deadline, "{:?}", session.living());
        }

        session.signal(Signal::KILL);
        leader.wait().unwrap();
        assert_eq!(session.living(), []);
    }
}
