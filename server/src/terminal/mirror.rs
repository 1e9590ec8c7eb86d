//! The screen model kept in step with the ring without slowing it down.
//!
//! A model parses slower than a PTY produces, so it reads the ring at its own pace: a little output is fed by the task
//! that read it, a flood by the thread that reads it or a job on the blocking pool, and reading only waits once the model is
//! [`LAG`] behind.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

use tokio::sync::watch;

use super::output::Output;
use super::ring::Read;
use super::screen::{Heard, ScreenModel, Snapshot};
use super::{Size, lock};

/// How far the model may fall behind the ring, in bytes: far less than the ring holds, and parsed within 100 ms.
pub(super) const LAG: u64 = 1024 * 1024;

/// This much is fed where it was read: at most some 300 µs of parsing, and what a PTY hands out at a time even in a flood.
/// Handing it over to another thread would cost more than it takes.
const AT_ONCE: u64 = 16 * 1024;

/// One step of catching up, after which others may have the model.
const STEP: usize = 64 * 1024;

/// Sizes that may wait for their place in the output; beyond it the newest replaces the last.
const RESIZES: usize = 32;

/// Makes a blank model of a size.
pub(super) type Blank = Box<dyn Fn(Size) -> Box<dyn ScreenModel> + Send + Sync>;

pub(super) struct Mirror {
    state: Mutex<State>,
    /// Held by who waits for the state, so that who asks for the screen gets it although a flood is fed without a pause.
    turn: Mutex<()>,
    /// A copy of the state's, readable while the model is busy.
    fed: AtomicU64,
    /// Sizes by the offset they take effect at.
    resizes: Mutex<VecDeque<(u64, Size)>>,
    /// Whether a job is catching up.
    job: AtomicBool,
    pub(super) title: watch::Sender<String>,
    pub(super) bells: watch::Sender<u64>,
}

struct State {
    blank: Blank,
    model: Box<dyn ScreenModel>,
    size: Size,
    fed: u64,
}

impl Mirror {
    pub(super) fn new(size: Size, blank: Blank) -> Self {
        Self {
            state: Mutex::new(State { model: blank(size), blank, size, fed: 0 }),
            turn: Mutex::default(),
            fed: AtomicU64::new(0),
            resizes: Mutex::default(),
            job: AtomicBool::new(false),
            title: watch::Sender::default(),
            bells: watch::Sender::default(),
        }
    }

    /// How many bytes the model has been fed.
    pub(super) fn fed(&self) -> u64 {
        self.fed.load(Ordering::Acquire)
    }

    /// Changes the model's size once it has been fed everything before `at`.
    pub(super) fn resize(&self, at: u64, size: Size) {
        let mut resizes = lock(&self.resizes);
        if resizes.len() == RESIZES {
            resizes.pop_back();
        }
        resizes.push_back((at, size));
    }

    /// Feeds a little output here and now. False if there is more to do than that, for which a job is needed:
    /// the caller starts one that calls [`Mirror::catch_up`].
    pub(super) fn follow(&self, output: &Mutex<Output>) -> bool {
        let behind = lock(output).ring.end() - self.fed();
        let little = behind <= AT_ONCE && lock(&self.resizes).is_empty();
        if little
            && let Some(_turn) = now(&self.turn)
            && let Some(mut state) = now(&self.state)
        {
            while self.step(&mut state, output) {}
            return true;
        }
        // The job that is running sees this output too: it looks once more after it has said that it is done.
        self.job.swap(true, Ordering::AcqRel)
    }

    /// Feeds everything there is; `progress` is called after each step. Blocks: not for the runtime's threads.
    pub(super) fn catch_up(&self, output: &Mutex<Output>, progress: impl Fn()) {
        loop {
            while self.step(&mut self.in_turn(), output) {
                progress();
            }
            self.job.store(false, Ordering::Release);
            let done = self.fed() == lock(output).ring.end() && lock(&self.resizes).is_empty();
            if done || self.job.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }

    /// The screen as it is at an exact offset, the end of the output at this moment or a little later. Blocks as
    /// [`Mirror::catch_up`] does.
    pub(super) fn snapshot(&self, output: &Mutex<Output>) -> (u64, Snapshot) {
        let end = lock(output).ring.end();
        let mut state = self.in_turn();
        while (state.fed < end || !lock(&self.resizes).is_empty()) && self.step(&mut state, output) {}
        (state.fed, state.model.snapshot())
    }

    /// Waits for the state behind those who waited before.
    fn in_turn(&self) -> MutexGuard<'_, State> {
        let _turn = lock(&self.turn);
        lock(&self.state)
    }

    /// Does the next piece of work, if there is any.
    fn step(&self, state: &mut State, output: &Mutex<Output>) -> bool {
        let next_resize = lock(&self.resizes).front().copied();
        let max = match next_resize {
            Some((at, size)) if at <= state.fed => {
                lock(&self.resizes).pop_front();
                state.size = size;
                state.guarded(|model| model.resize(size));
                return true;
            }
            Some((at, _)) => STEP.min((at - state.fed) as usize),
            None => STEP,
        };
        let read = lock(output).ring.read(state.fed, max);
        match read {
            Read::Data(bytes) => {
                state.fed += bytes.len() as u64;
                let heard = state.guarded(|model| model.feed(&bytes));
                self.tell(heard.unwrap_or_default());
            }
            Read::UpToDate => return false,
            // Reading waits for the model long before the ring moves on, so this is only for safety.
            Read::Gone => state.fed = lock(output).ring.start(),
        }
        self.fed.store(state.fed, Ordering::Release);
        true
    }

    fn tell(&self, heard: Heard) {
        if let Some(title) = heard.title {
            self.title.send_if_modified(|current| {
                let changed = *current != title;
                *current = title;
                changed
            });
        }
        if heard.bells > 0 {
            self.bells.send_modify(|bells| *bells += heard.bells);
        }
    }
}

/// Locks what nobody has locked.
fn now<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl State {
    /// Runs the emulator; one that panics over a program's output is replaced by a blank screen.
    fn guarded<T>(&mut self, run: impl FnOnce(&mut dyn ScreenModel) -> T) -> Option<T> {
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut *self.model)));
        if result.is_err() {
            tracing::error!(offset = self.fed, "the screen model panicked and starts from a blank screen");
            self.model = (self.blank)(self.size);
        }
        result.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use tokio::time::Instant;

    /// A model that writes down what it is told.
    struct Script(Vec<u8>);

    impl ScreenModel for Script {
        fn feed(&mut self, bytes: &[u8]) -> Heard {
            assert!(!bytes.contains(&b'!'), "a model may panic");
            self.0.extend_from_slice(bytes);
            Heard { bells: bytes.iter().filter(|byte| **byte == 7).count() as u64, title: None }
        }

        fn resize(&mut self, size: Size) {
            self.0.extend_from_slice(format!("<{size}>").as_bytes());
        }

        fn snapshot(&self) -> Snapshot {
            Snapshot { size: Size::clamped(1, 1), bytes: self.0.clone() }
        }
    }

    fn mirror() -> (Mirror, Mutex<Output>) {
        let mirror = Mirror::new(Size::clamped(80, 24), Box::new(|_| Box::new(Script(Vec::new()))));
        (mirror, Mutex::new(Output::new(4 << 20)))
    }

    fn append(output: &Mutex<Output>, bytes: &[u8]) -> u64 {
        lock(output).append(bytes, Instant::now())
    }

    fn check(mirror: &Mirror, output: &Mutex<Output>, seq: u64, bytes: &[u8]) {
        let (at, snapshot) = mirror.snapshot(output);
        assert_eq!((at, snapshot.bytes.as_slice()), (seq, bytes));
    }

    #[test]
    fn a_little_output_is_fed_at_once() {
        let (mirror, output) = mirror();
        append(&output, b"hello\x07");
        assert!(mirror.follow(&output));
        assert_eq!((mirror.fed(), *mirror.bells.borrow()), (6, 1));
    }

    #[test]
    fn much_output_is_left_to_one_job() {
        let (mirror, output) = mirror();
        let end = append(&output, &vec![b'x'; 50_000]);
        assert!(!mirror.follow(&output), "the first is asked to start a job");
        assert!(mirror.follow(&output), "the next is not");
        mirror.catch_up(&output, || {});
        assert_eq!(mirror.fed(), end);
        append(&output, &vec![b'x'; 50_000]);
        assert!(!mirror.follow(&output), "a finished job is followed by a new one");
    }

    /// A model whose program writes a step for each that it is fed.
    struct Endless {
        output: Arc<Mutex<Output>>,
        goes_on: Arc<AtomicBool>,
    }

    impl ScreenModel for Endless {
        fn feed(&mut self, _: &[u8]) -> Heard {
            std::thread::sleep(Duration::from_micros(200));
            if self.goes_on.load(Ordering::Relaxed) {
                append(&self.output, &[b'x'; STEP]);
            }
            Heard::default()
        }

        fn resize(&mut self, _: Size) {}

        fn snapshot(&self) -> Snapshot {
            Snapshot { size: Size::clamped(1, 1), bytes: Vec::new() }
        }
    }

    #[test]
    fn who_asks_for_the_screen_does_not_wait_for_the_end_of_a_flood() {
        let output = Arc::new(Mutex::new(Output::new(4 << 20)));
        let goes_on = Arc::new(AtomicBool::new(true));
        let endless = (Arc::clone(&output), Arc::clone(&goes_on));
        let blank = move |_| -> Box<dyn ScreenModel> {
            Box::new(Endless { output: Arc::clone(&endless.0), goes_on: Arc::clone(&endless.1) })
        };
        let mirror = Mirror::new(Size::clamped(80, 24), Box::new(blank));
        append(&output, &[b'x'; STEP]);
        std::thread::scope(|scope| {
            scope.spawn(|| mirror.catch_up(&output, || ()));
            let mut waited: Vec<u64> = std::iter::repeat_with(|| {
                let asked = lock(&output).ring.end();
                (mirror.snapshot(&output).0 - asked) / STEP as u64
            })
            .take(21)
            .collect();
            goes_on.store(false, Ordering::Relaxed);
            waited.sort_unstable();
            // Half of them, as this thread, too, is put aside now and then.
            assert!(waited[10] <= 3, "steps that were fed meanwhile: {waited:?}");
        });
    }

    #[test]
    fn sizes_take_effect_at_their_offset() {
        let (mirror, output) = mirror();
        let end = append(&output, b"before");
        mirror.resize(end, Size::clamped(10, 5));
        append(&output, b"after");
        check(&mirror, &output, 11, "before<10×5>after".as_bytes());
    }

    #[test]
    fn a_snapshot_is_taken_at_the_end() {
        let (mirror, output) = mirror();
        let bytes = vec![b'x'; 200_000];
        append(&output, &bytes);
        check(&mirror, &output, 200_000, &bytes);
    }

    #[test]
    fn a_panic_in_the_model_costs_only_the_screen() {
        let (mirror, output) = mirror();
        append(&output, b"lost!");
        mirror.follow(&output);
        append(&output, b"kept");
        mirror.follow(&output);
        check(&mirror, &output, 9, b"kept");
    }
}
