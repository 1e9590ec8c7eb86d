//! A session as it is stored, and as it comes back.

use std::time::Instant;

use app::protocol::{TerminalId, workspace::TabKind};

use super::Session;
use crate::{
    store::{MemberRecord, SessionRecord},
    workspace::{members::Member, tab::Tab},
};

impl Session {
    /// What is to be stored, if that has changed since it was asked for last.
    pub(in crate::workspace) fn unsaved(&mut self) -> Option<SessionRecord> {
        std::mem::take(&mut self.is_unsaved).then(|| self.record())
    }

    /// What is stored of it.
    pub(in crate::workspace) fn record(&self) -> SessionRecord {
        let member = |member: &Member| MemberRecord {
            user_id: member.user_id.clone(),
            name: member.name.clone(),
            role: member.role,
            color: member.color,
            only: member.only,
            active_tab: member.tab,
        };
        SessionRecord {
            id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            settings: self.settings,
            revision: self.revision,
            members: self.members.iter().map(member).collect(),
            tabs: self.tabs.iter().map(Tab::record).collect(),
        }
    }

    /// A session as it was stored, in which nobody has a window yet. Of its terminals those are there that somebody holds.
    pub(in crate::workspace) fn restored(record: SessionRecord, is_held: impl Fn(TerminalId) -> bool) -> Self {
        let SessionRecord { id, name, description, settings, revision, members, tabs } = record;
        let session = Self { description, settings, revision, is_unsaved: false, ..Self::empty(id, name) };
        // What changed when is not stored.
        let mut session = Self { known_since: revision, ..session };
        let away_since = Some(Instant::now());
        for MemberRecord { user_id, name, role, color, only, active_tab: tab } in members {
            session.members.put_back(Member { color, only, away_since, tab, ..Member::new(user_id, name, role) });
        }
        session.tabs = tabs.into_iter().filter_map(|tab| Tab::restored(tab, &is_held)).collect();
        if session.tabs.is_empty() {
            session.tabs.push(Tab::new(TabKind::Terminal));
            session.change();
        }
        session
    }

    /// The terminals in its panes, alive or ended.
    pub(in crate::workspace) fn terminals(&self) -> Vec<TerminalId> {
        self.tabs.iter().flat_map(Tab::terminals).collect()
    }
}
