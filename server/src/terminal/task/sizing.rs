//! A program is told a new size at most so often: a window that is dragged sends dozens a second, and each makes a
//! full-screen program draw anew. The last size always wins, and input never overtakes one.

use std::time::Duration;

use tokio::time::Instant;

use super::Task;
use crate::terminal::Size;
use crate::terminal::model::Model;
use crate::terminal::shared::Command;

/// The shortest time between two sizes.
const PAUSE: Duration = Duration::from_millis(50);

/// The size that waits for its time.
#[derive(Default)]
pub(super) struct Sizing {
    last: Option<Instant>,
    waiting: Option<Size>,
    /// What was typed after it.
    behind: Option<Command>,
}

impl Sizing {
    /// When the waiting size may be told.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.and(self.last).map(|last| last + PAUSE)
    }

    /// Whether commands have to wait.
    pub(super) fn holds_back(&self) -> bool {
        self.behind.is_some()
    }

    /// Takes a size; returns the one to tell now.
    fn offer(&mut self, size: Size, now: Instant) -> Option<Size> {
        self.waiting = Some(size);
        self.take(now)
    }

    fn take(&mut self, now: Instant) -> Option<Size> {
        if self.due().is_some_and(|due| now < due) {
            return None;
        }
        let size = self.waiting.take()?;
        self.last = Some(now);
        Some(size)
    }
}

impl Task {
    /// Takes a command that came in its turn.
    pub(super) fn begin(&mut self, command: Command) {
        match command {
            Command::Resize(size) => {
                if let Some(size) = self.sizing.offer(size, Instant::now()) {
                    self.resize(size);
                }
            }
            input if self.sizing.waiting.is_some() => self.sizing.behind = Some(input),
            Command::Input { bytes, parent } => self.write(bytes, parent),
        }
    }

    /// Tells a size whose time has come, and goes on with what waited behind it.
    pub(super) fn resize_in_time(&mut self) {
        if let Some(size) = self.sizing.take(Instant::now()) {
            self.resize(size);
        }
        if self.sizing.waiting.is_none()
            && let Some(behind) = self.sizing.behind.take()
        {
            self.begin(behind);
        }
    }

    fn resize(&mut self, size: Size) {
        if *self.shared.size.borrow() == size {
            return;
        }
        if let Err(error) = self.pty.resize(size) {
            tracing::warn!(terminal = %self.shared.name, %size, %error, "cannot resize the pseudo-terminal");
            return;
        }
        // Output that is not told of yet came before.
        self.shared.tell(Instant::now());
        if let Model::Here(mirror) = &self.shared.model {
            mirror.resize(*self.shared.end.borrow(), size);
        }
        self.shared.size.send_replace(size);
        self.follow();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(cols: u32) -> Size {
        Size::clamped(cols, 24)
    }

    #[test]
    fn the_first_size_is_told_at_once_and_then_the_last_of_each_pause() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut sizing = Sizing::default();
        assert_eq!(sizing.offer(size(80), at(0)), Some(size(80)));
        assert_eq!(sizing.offer(size(81), at(10)), None);
        assert_eq!(sizing.offer(size(82), at(20)), None);
        assert_eq!(sizing.due(), Some(at(50)));
        assert_eq!(sizing.take(at(49)), None);
        assert_eq!(sizing.take(at(50)), Some(size(82)));
        assert_eq!((sizing.due(), sizing.take(at(60))), (None, None));
        assert_eq!(sizing.offer(size(83), at(101)), Some(size(83)));
    }
}
