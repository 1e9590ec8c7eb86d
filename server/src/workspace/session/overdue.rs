//! What has been waited for long enough.

use std::time::Instant;

use app::protocol::workspace::MemberRole;

use super::Session;
use crate::{
    share::is_guest,
    workspace::patience::{Overdue, Patience},
};

impl Session {
    /// What is to be done now because people have been away for so long.
    pub(in crate::workspace) fn overdue(&self, now: Instant, patience: Patience) -> Vec<Overdue> {
        let away = |since: Option<Instant>, time| since.is_some_and(|since| now.duration_since(since) >= time);
        let gone = self.members.iter().filter(|member| is_guest(&member.user_id));
        let gone = gone.filter(|guest| away(guest.away_since, patience.guest));
        let mut overdue: Vec<_> = gone.map(|guest| Overdue::Guest(self.id, guest.user_id.clone())).collect();

        let owner_since = self.members.owner().and_then(|owner| owner.away_since);
        if self.settings.auto_close_on_owner_disconnect && away(owner_since, patience.owner) {
            let others = self.members.iter().filter(|member| member.role != MemberRole::Owner);
            let others: Vec<_> = others.map(|member| member.user_id.clone()).collect();
            if !others.is_empty() {
                overdue.push(Overdue::Owner(self.id, others));
            }
        }

        let minutes = self.settings.session_timeout_minutes;
        // The last who went is the one that counts; `None` is somebody who is here.
        let empty_since = self.members.iter().map(|member| member.away_since).try_fold(None, |latest, since| {
            let since = since?;
            Some(latest.max(Some(since)))
        });
        let terminals: Vec<_> = self.living().collect();
        if minutes > 0 && !terminals.is_empty() && away(empty_since.flatten(), patience.minute.saturating_mul(minutes))
        {
            overdue.push(Overdue::Idle(terminals));
        }
        overdue
    }
}
