//! Which traces begun in this page are recorded: decided once, at the root, and sent along.

use std::collections::{BTreeMap, VecDeque};

use app::{
    page::PageTelemetry,
    protocol::{Recording, TerminalId},
    trace::Sampling,
};

/// A second and a little, in microseconds: the server counts too, and what it sees bunched by the network must still fit.
const SECOND: u64 = 1_050_000;
/// How many terminals are counted at once; beyond that the last second is forgotten.
const MAX_COUNTED: usize = 256;

/// Decides for each root.
#[derive(Debug)]
pub struct Sampler {
    rate: f64,
    tail_keeping: bool,
    /// How many traces of one terminal's keys, sizes and acks begin in a second.
    input_rate: usize,
    /// When the last sampled messages of each terminal left, oldest first.
    sampled: BTreeMap<Option<TerminalId>, VecDeque<u64>>,
}

impl Sampler {
    /// A sampler that records a share of all roots; with tail keeping also what ends badly of the others.
    pub fn new(settings: &PageTelemetry) -> Self {
        let PageTelemetry { sample_rate: rate, tail_keeping, input_rate, .. } = *settings;
        let input_rate = usize::try_from(input_rate).unwrap_or(usize::MAX);
        Self { rate, tail_keeping, input_rate, sampled: BTreeMap::new() }
    }

    /// Whether a message is written down while it is under way. What is rejected is too, where all of its kind is recorded: it is
    /// kept when it ends badly. Of keys, sizes and acks there are too many.
    pub fn follows(&self, recording: Recording, sampling: Sampling) -> bool {
        sampling.is_sampled() || self.tail_keeping && recording == Recording::Always
    }

    /// Decides for a request about `terminal` at `now`, in microseconds; `random` is in 0…1, one excluded.
    pub fn decide(&mut self, recording: Recording, terminal: Option<TerminalId>, now: u64, random: f64) -> Sampling {
        if random < self.rate && self.admits(recording, terminal, now) { Sampling::Accept } else { Sampling::Deny }
    }

    /// Decides for a request that belongs to what has been decided about already.
    pub fn follow(
        &mut self,
        parent: Sampling,
        recording: Recording,
        terminal: Option<TerminalId>,
        now: u64,
    ) -> Sampling {
        if parent.is_sampled() && self.admits(recording, terminal, now) { parent } else { Sampling::Deny }
    }

    fn admits(&mut self, recording: Recording, terminal: Option<TerminalId>, now: u64) -> bool {
        match recording {
            Recording::Always => true,
            Recording::Sparsely => self.has_room(terminal, now),
            Recording::Never => false,
        }
    }

    /// Whether one more may be sampled: in no second of time, wherever it begins, are there more than the limit.
    fn has_room(&mut self, terminal: Option<TerminalId>, now: u64) -> bool {
        if self.sampled.len() > MAX_COUNTED {
            self.sampled.clear();
        }
        let sampled = self.sampled.entry(terminal).or_default();
        if sampled.len() >= self.input_rate {
            if sampled.front().is_none_or(|oldest| now.saturating_sub(*oldest) < SECOND) {
                return false;
            }
            sampled.pop_front();
        }
        sampled.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::protocol::{
        Request,
        clock::ClockProbe,
        terminal::{TerminalAck, TerminalCreate, TerminalInput, TerminalResize},
    };

    fn sampler(sample_rate: f64, tail_keeping: bool) -> Sampler {
        Sampler::new(&PageTelemetry { sample_rate, tail_keeping, ..PageTelemetry::default() })
    }

    fn accepted(sampler: &mut Sampler, recording: Recording, terminal: u64, now: u64, times: usize) -> usize {
        let terminal = Some(TerminalId::from_random(terminal));
        (0..times).filter(|_| sampler.decide(recording, terminal, now, 0.0) == Sampling::Accept).count()
    }

    #[test]
    fn keys_are_limited_per_second_and_terminal() {
        let mut sampler = sampler(1.0, true);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, 0, 30), 20);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, SECOND - 1, 30), 0);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 2, 0, 30), 20);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, SECOND, 30), 20);
    }

    #[test]
    fn no_second_holds_more_wherever_it_begins() {
        let mut sampler = sampler(1.0, true);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, SECOND / 2, 10), 10);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, SECOND, 30), 10);
        assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, SECOND * 3 / 2, 30), 10);
    }

    #[test]
    fn the_settings_say_how_many() {
        for input_rate in [0, 1, 25] {
            let mut sampler = Sampler::new(&PageTelemetry { input_rate, ..PageTelemetry::default() });
            let expected = input_rate as usize;
            assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, 0, 30), expected);
            assert_eq!(accepted(&mut sampler, Recording::Sparsely, 1, SECOND, 30), expected);
        }
    }

    #[test]
    fn other_requests_are_not_limited() {
        assert_eq!(accepted(&mut sampler(1.0, true), Recording::Always, 1, 0, 300), 300);
    }

    #[test]
    fn the_clock_probe_is_never_sampled() {
        assert_eq!(accepted(&mut sampler(1.0, true), ClockProbe::RECORDING, 1, 0, 8), 0);
    }

    #[test]
    fn the_rate_decides_by_chance() {
        let mut quarter = sampler(0.25, true);
        assert_eq!(quarter.decide(Recording::Always, None, 0, 0.24), Sampling::Accept);
        assert_eq!(quarter.decide(Recording::Always, None, 0, 0.25), Sampling::Deny);
        assert_eq!(sampler(0.0, true).decide(Recording::Always, None, 0, 0.0), Sampling::Deny);
    }

    #[test]
    fn what_belongs_to_an_action_goes_with_it_as_far_as_there_is_room() {
        let mut sampler = sampler(0.0, true);
        let mut follow = |parent, recording| sampler.follow(parent, recording, None, 0);
        assert_eq!(follow(Sampling::Accept, Recording::Always), Sampling::Accept);
        assert_eq!(follow(Sampling::Deny, Recording::Always), Sampling::Deny);
        assert_eq!(follow(Sampling::Accept, Recording::Never), Sampling::Deny);
        let pieces = (0..30).filter(|_| follow(Sampling::Accept, Recording::Sparsely).is_sampled());
        assert_eq!(pieces.count(), 20);
    }

    #[test]
    fn what_is_not_sampled_is_followed_unless_there_is_too_much_of_it() {
        let (keeping, plain) = (sampler(0.0, true), sampler(0.0, false));
        let followed = |recording| keeping.follows(recording, Sampling::Deny);
        assert!(followed(TerminalCreate::RECORDING));
        assert!(!plain.follows(TerminalCreate::RECORDING, Sampling::Deny), "tail keeping is off");
        for recording in
            [TerminalInput::RECORDING, TerminalResize::RECORDING, TerminalAck::RECORDING, ClockProbe::RECORDING]
        {
            assert!(!followed(recording), "{recording:?}");
            assert!(plain.follows(recording, Sampling::Accept), "{recording:?}");
        }
    }
}
