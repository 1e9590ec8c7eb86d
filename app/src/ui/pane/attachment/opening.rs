//! The way to a shell: attach to the one that is there, create one where there is none, and yield to another window that
//! was faster.

use std::time::Duration;

use leptos::prelude::{GetUntracked, Set, set_timeout};

use crate::{
    client::{Failure, Link},
    protocol::{
        RefusalCode, TerminalId,
        terminal::{TerminalAttach, TerminalCreate},
    },
};

use super::{Attachment, Phase, with};

/// When a pane is looked at again that another window is opening, for a server that does not say.
const AGAIN_MS: u64 = 200;
/// Attach, find it gone, create, find another window was faster, attach: no honest opening takes more steps.
const MAX_STEPS: usize = 4;

/// How to get to a shell.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Attach(TerminalId),
    Create,
}

impl Attachment {
    /// Takes `way`, and whatever other way the server's answers point to.
    pub(super) async fn step(&self, mut way: Way, opening: u64, link: Link) {
        for _ in 0..MAX_STEPS {
            let answer = match way {
                Way::Attach(terminal) => self.attach(terminal, &link).await,
                Way::Create => self.create(opening, &link).await,
            };
            if self.opening.get() != opening {
                return;
            }
            way = match (answer, way) {
                (Ok(terminal), _) => {
                    link.go_on();
                    return self.live(terminal);
                }
                // The pane has one already: another window was faster.
                (Err(Failure::Refused(refusal)), Way::Create) if refusal.terminal_id.is_some() => {
                    refusal.terminal_id.map_or(way, Way::Attach)
                }
                (Err(Failure::Refused(refusal)), Way::Attach(_)) if refusal.code == RefusalCode::NotFound => {
                    self.typist.lost();
                    Way::Create
                }
                // Another window is opening one at this moment.
                (Err(Failure::Refused(refusal)), Way::Create) if refusal.code == RefusalCode::Conflict => {
                    return self.open_after(refusal.retry_after_ms.unwrap_or(AGAIN_MS), opening);
                }
                // The end of the link is told separately.
                (Err(Failure::Disconnected), _) => return,
                (Err(failure), _) => return self.phase.set(Phase::Failed(failure)),
            };
        }
        self.phase.set(Phase::Failed(Failure::Timeout));
    }

    /// Opens again in a while, unless something else has happened by then.
    fn open_after(&self, delay_ms: u64, opening: u64) {
        let this = self.this.clone();
        let open = move || {
            with(&this, |attachment| {
                if attachment.opening.get() == opening {
                    attachment.open();
                }
            });
        };
        set_timeout(open, Duration::from_millis(delay_ms));
    }

    async fn attach(&self, terminal_id: TerminalId, link: &Link) -> Result<TerminalId, Failure> {
        let from_seq = {
            let screen = self.screen.borrow();
            let screen = screen.as_ref().ok_or(Failure::Disconnected)?;
            let resumes = self.held.replace(Some(terminal_id)) == Some(terminal_id);
            let from_seq = screen.seq().filter(|_| resumes);
            screen.show(terminal_id, None);
            from_seq
        };
        let attached = link.emit(&TerminalAttach { terminal_id, from_seq }).await?;
        Ok(attached.terminal_id)
    }

    async fn create(&self, opening: u64, link: &Link) -> Result<TerminalId, Failure> {
        let (cols, rows) = {
            let screen = self.screen.borrow();
            let screen = screen.as_ref().ok_or(Failure::Disconnected)?;
            let (cols, rows) = screen.fit();
            screen.resize(cols, rows);
            (cols, rows)
        };
        let create = TerminalCreate {
            session_id: None,
            tab_id: None,
            pane_id: Some(self.pane),
            cols: i64::from(cols),
            rows: i64::from(rows),
            cwd: None,
            shell: None,
        };
        let created = link.emit(&create).await?;
        if self.opening.get() == opening {
            self.held.set(Some(created.terminal_id));
            // Whoever attaches first leads, and whoever creates is attached first: nobody is told what follows from that.
            let me = link.status().client_id.get_untracked();
            self.around.workspace.terminal(created.terminal_id).leader.set(me);
            self.with_screen(|screen| screen.show(created.terminal_id, Some(0)));
        }
        Ok(created.terminal_id)
    }
}
