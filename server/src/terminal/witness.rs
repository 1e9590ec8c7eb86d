//! Who is told how much goes through terminals and how fast, in figures: what they mean, and to whom, is decided elsewhere.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

/// Output later than this after input is not taken for its answer.
const WINDOW: Duration = Duration::from_secs(1);

/// Hears of every terminal of a registry. It is called where terminals work, so that it must never wait.
pub trait Witness: fmt::Debug + Send + Sync {
    /// So many bytes of input were taken.
    fn input(&self, bytes: usize);

    /// So many bytes of output came.
    fn output(&self, bytes: usize);

    /// The first output after some input came so long after the input was taken.
    fn echo(&self, latency: Duration);

    /// Output was not read for so long, because those who look had not come on.
    fn paused(&self, time: Duration);

    /// So many blocks of the oldest output made room in a ring.
    fn evicted(&self, blocks: u64);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nobody;

impl Witness for Nobody {
    fn input(&self, _: usize) {}
    fn output(&self, _: usize) {}
    fn echo(&self, _: Duration) {}
    fn paused(&self, _: Duration) {}
    fn evicted(&self, _: u64) {}
}

/// From input to the first output after it, whoever typed and whether or not it is traced.
#[derive(Debug, Default)]
pub(super) struct Echo {
    waiting: Option<Instant>,
}

impl Echo {
    /// Notes input. Of several that wait for output, the first is the one it answers.
    pub(super) fn typed(&mut self, now: Instant) {
        if self.waiting.is_none_or(|since| now - since > WINDOW) {
            self.waiting = Some(now);
        }
    }

    /// Takes back the input noted at that moment: it was refused.
    pub(super) fn refused(&mut self, at: Instant) {
        self.waiting.take_if(|since| *since == at);
    }

    /// Notes output; returns how long after the input it came that it answers.
    pub(super) fn answered(&mut self, now: Instant) -> Option<Duration> {
        // Input that was taken after this output came is not yet answered.
        let since = self.waiting.take_if(|since| *since <= now)?;
        Some(now - since).filter(|latency| *latency <= WINDOW)
    }
}

/// How long output has not been read, looked at each time the owner of a PTY decides about reading on.
#[derive(Debug, Default)]
pub(super) struct Pause {
    since: Option<Instant>,
}

impl Pause {
    /// Notes whether reading waits from now on; returns how long it has waited since the last look.
    pub(super) fn look(&mut self, waits: bool, now: Instant) -> Option<Duration> {
        let before = std::mem::replace(&mut self.since, waits.then_some(now));
        before.map(|since| now - since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn the_first_output_answers_the_first_input_that_waits() {
        let (mut echo, start) = (Echo::default(), Instant::now());
        echo.typed(start);
        echo.typed(start + ms(3));
        assert_eq!(echo.answered(start + ms(5)), Some(ms(5)));
        assert_eq!(echo.answered(start + ms(6)), None, "it has been answered");
    }

    #[test]
    fn output_does_not_answer_what_was_typed_after_it() {
        let (mut echo, start) = (Echo::default(), Instant::now());
        echo.typed(start + ms(1));
        assert_eq!(echo.answered(start), None);
        assert_eq!(echo.answered(start + ms(3)), Some(ms(2)));
    }

    #[test]
    fn output_long_after_input_is_not_its_echo() {
        let (mut echo, start) = (Echo::default(), Instant::now());
        echo.typed(start);
        assert_eq!(echo.answered(start + ms(1_001)), None);
        echo.typed(start);
        echo.typed(start + ms(1_002));
        assert_eq!(echo.answered(start + ms(1_003)), Some(ms(1)));
    }

    #[test]
    fn refused_input_is_not_answered() {
        let (mut echo, start) = (Echo::default(), Instant::now());
        echo.typed(start);
        echo.typed(start + ms(1));
        echo.refused(start + ms(1));
        assert_eq!(echo.answered(start + ms(2)), Some(ms(2)), "the one before it was taken");
        echo.typed(start);
        echo.refused(start);
        assert_eq!(echo.answered(start), None);
    }

    #[test]
    fn a_pause_lasts_from_the_look_that_began_it() {
        let (mut pause, start) = (Pause::default(), Instant::now());
        let mut look = |waits, at| pause.look(waits, start + ms(at));
        assert_eq!([look(false, 0), look(true, 1)], [None, None]);
        assert_eq!([look(true, 4), look(false, 9)], [Some(ms(3)), Some(ms(5))]);
        assert_eq!(look(true, 20), None);
    }
}
