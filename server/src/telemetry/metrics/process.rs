//! What this process takes of the machine, as the kernel says it in `/proc`.

use std::fs;

use rustix::param::{clock_ticks_per_second, page_size};

/// One look at the process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Process {
    /// Seconds of processor time so far.
    pub(super) cpu: f64,
    /// Bytes of memory that are not swapped out.
    pub(super) memory: u64,
    /// Threads.
    pub(super) threads: u64,
    /// Open file descriptors; none where they cannot be counted.
    pub(super) descriptors: Option<u64>,
    /// When it began, in seconds since 1970.
    pub(super) started: f64,
}

impl Process {
    /// Looks at this process; `None` on a system without `/proc`.
    pub(super) fn look() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let system = fs::read_to_string("/proc/stat").ok()?;
        let process = Self::read(&stat, booted(&system)?, clock_ticks_per_second() as f64, page_size() as u64)?;
        // Listing them opens one more.
        let descriptors = fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count().saturating_sub(1) as u64);
        Some(Self { descriptors, ..process })
    }

    /// Reads the line of `/proc/[pid]/stat` (proc_pid_stat(5)), whose fields are numbered from 1.
    fn read(stat: &str, booted: f64, ticks: f64, page: u64) -> Option<Self> {
        // The second field is the program's name, which may hold anything but ends with the last parenthesis.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu: (field(14)? + field(15)?) as f64 / ticks,
            threads: field(20)?,
            started: booted + field(22)? as f64 / ticks,
            memory: field(24)? * page,
            descriptors: None,
        })
    }
}

/// When the machine began, in seconds since 1970.
fn booted(system: &str) -> Option<f64> {
    system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_read_whatever_the_program_is_called() {
        let stat =
            "42 (a) R (b) S 1 42 42 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 7 0 12345 99999999 300 18446744073709551615";
        let system = "cpu  1 2 3\nbtime 1790000000\nprocesses 5\n";
        let expected =
            Process { cpu: 2.0, memory: 1_228_800, threads: 7, descriptors: None, started: 1_790_000_123.45 };
        assert_eq!(Process::read(stat, booted(system).unwrap(), 100.0, 4_096), Some(expected));
        assert_eq!(Process::read("42 (short) S 1", 0.0, 100.0, 4_096), None);
    }

    #[test]
    fn this_process_is_there() {
        let process = Process::look().expect("the tests run on Linux");
        assert!(process.memory > 1 << 20 && process.threads > 0 && process.descriptors > Some(2), "{process:?}");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
        assert!((now - 3_600.0..now + 1.0).contains(&process.started), "{process:?} at {now}");
    }
}
