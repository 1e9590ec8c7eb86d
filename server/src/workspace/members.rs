//! The people of a session.

use std::{sync::Arc, time::Instant};

use app::protocol::{
    PaneId, TabId, TerminalId,
    workspace::{self as view, MemberRole},
};

use crate::share::is_guest;

/// How many colours there are to mark people with.
const COLORS: u8 = 8;

#[derive(Debug)]
pub(super) struct Member {
    pub(super) user_id: String,
    pub(super) name: String,
    pub(super) role: MemberRole,
    /// Which of the colours; theirs for as long as they are a member.
    pub(super) color: u8,
    /// The one terminal they see, for who was given no more.
    pub(super) only: Option<TerminalId>,
    /// Since when they have no window open.
    pub(super) away_since: Option<Instant>,
    /// The tab they were last shown.
    pub(super) tab: Option<TabId>,
    /// The pane that each of their windows is in, the one they turned to last at the end.
    pub(super) panes: Vec<(Arc<str>, PaneId)>,
}

/// Everybody in a session, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Members(Vec<Member>);

impl Members {
    /// Brings somebody in.
    pub(super) fn add(&mut self, user_id: String, name: String, role: MemberRole) {
        let color = self.free_color();
        self.put_back(Member { color, ..Member::new(user_id, name, role) });
    }

    /// Brings somebody in who was there before.
    pub(super) fn put_back(&mut self, member: Member) {
        self.0.push(member);
    }

    /// Takes somebody out.
    pub(super) fn remove(&mut self, user_id: &str) -> Option<Member> {
        let at = self.iter().position(|member| member.user_id == user_id)?;
        Some(self.0.remove(at))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn of(&self, user_id: &str) -> Option<&Member> {
        self.iter().find(|member| member.user_id == user_id)
    }

    pub(super) fn of_mut(&mut self, user_id: &str) -> Option<&mut Member> {
        self.iter_mut().find(|member| member.user_id == user_id)
    }

    pub(super) fn owner(&self) -> Option<&Member> {
        self.iter().find(|member| member.role == MemberRole::Owner)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.0.iter_mut()
    }

    /// The lowest of the colours that the fewest have.
    fn free_color(&self) -> u8 {
        let having = |color: u8| self.iter().filter(|member| member.color == color).count();
        (0..COLORS).min_by_key(|&color| having(color)).unwrap_or_default()
    }
}

impl Member {
    /// Somebody who has a window and sees everything, and is in no pane yet.
    pub(super) fn new(user_id: String, name: String, role: MemberRole) -> Self {
        Self { user_id, name, role, color: 0, only: None, away_since: None, tab: None, panes: Vec::new() }
    }

    /// Notes that they have turned to a pane in a window of theirs.
    pub(super) fn turn_to(&mut self, pane: PaneId, window: Arc<str>) {
        self.turn_from(&window);
        self.panes.push((window, pane));
    }

    /// Notes that a window of theirs shows the session no more; returns whether it was in a pane.
    pub(super) fn turn_from(&mut self, window: &str) -> bool {
        let before = self.panes.len();
        self.panes.retain(|(other, _)| **other != *window);
        self.panes.len() < before
    }

    /// Notes that panes are gone.
    pub(super) fn clear(&mut self, gone: &[PaneId]) {
        self.panes.retain(|(_, pane)| !gone.contains(pane));
    }

    /// The member as others see them, with the windows they have open.
    pub(super) fn view(&self, windows: &[Arc<str>]) -> view::Member {
        let online = !windows.is_empty();
        view::Member {
            user_id: self.user_id.clone(),
            name: self.name.clone(),
            role: self.role,
            color: self.color,
            online,
            pane_id: self.panes.last().map(|(_, pane)| *pane).filter(|_| online),
            client_ids: windows.iter().map(ToString::to_string).collect(),
            is_guest: is_guest(&self.user_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_has_the_lowest_colour_that_the_fewest_have() {
        let mut members = Members::default();
        let mut come = |name: &str| {
            members.add(name.to_owned(), name.to_owned(), MemberRole::Viewer);
            members.of(name).unwrap().color
        };
        let colors: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(&mut come).into();
        assert_eq!(colors, [0, 1, 2, 3, 4, 5, 6, 7, 0]);
        members.0.retain(|member| member.user_id != "c");
        members.add("j".to_owned(), "j".to_owned(), MemberRole::Viewer);
        assert_eq!(members.of("j").unwrap().color, 2);
    }

    #[test]
    fn who_has_no_window_is_in_no_pane() {
        let mut ada = Member::new("ada".to_owned(), "Ada".to_owned(), MemberRole::Owner);
        let pane = PaneId::from_random(1);
        ada.turn_to(pane, "c_1".into());
        let (here, gone) = (ada.view(&["c_1".into()]), ada.view(&[]));
        assert_eq!((here.online, here.pane_id, here.client_ids), (true, Some(pane), vec!["c_1".to_owned()]));
        assert_eq!((gone.online, gone.pane_id, gone.client_ids.len()), (false, None, 0));
    }

    #[test]
    fn somebody_is_where_they_turned_last_with_a_window_that_is_still_there() {
        let mut ada = Member::new("ada".to_owned(), "Ada".to_owned(), MemberRole::Owner);
        let [first, second] = [1, 2].map(PaneId::from_random);
        let shown = |ada: &Member| ada.view(&["c_1".into(), "c_2".into()]).pane_id;
        ada.turn_to(first, "c_1".into());
        ada.turn_to(second, "c_2".into());
        assert_eq!(shown(&ada), Some(second));
        ada.turn_to(first, "c_1".into());
        assert_eq!(shown(&ada), Some(first));
        assert!(ada.turn_from("c_1") && !ada.turn_from("c_1"));
        assert_eq!(shown(&ada), Some(second));
        ada.clear(&[first, second]);
        assert_eq!(shown(&ada), None);
    }
}
