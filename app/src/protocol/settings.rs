//! What of a session's settings is to be another.

use serde::{Deserialize, Serialize};

use super::workspace::SessionSettings;

/// Settings that are to be others; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SettingsChange {
    /// Whether viewers may be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_observers: Option<bool>,
    /// Whether collaborators may be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_collaborators: Option<bool>,
    /// Whether the owner is asked before somebody comes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_approval_for_join: Option<bool>,
    /// Whether it ends for everybody when its owner's last window has gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_close_on_owner_disconnect: Option<bool>,
    /// After how many minutes without a window its shells end; 0 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_timeout_minutes: Option<u32>,
    /// The most people in it, the owner included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_users: Option<u32>,
}

impl SettingsChange {
    /// What makes of some settings others; none where they are the same.
    #[must_use]
    pub fn between(before: SessionSettings, after: SessionSettings) -> Option<Self> {
        fn other<T: Copy + PartialEq>(before: T, after: T) -> Option<T> {
            (before != after).then_some(after)
        }
        let change = Self {
            allow_observers: other(before.allow_observers, after.allow_observers),
            allow_collaborators: other(before.allow_collaborators, after.allow_collaborators),
            require_approval_for_join: other(before.require_approval_for_join, after.require_approval_for_join),
            auto_close_on_owner_disconnect: other(
                before.auto_close_on_owner_disconnect,
                after.auto_close_on_owner_disconnect,
            ),
            session_timeout_minutes: other(before.session_timeout_minutes, after.session_timeout_minutes),
            max_users: other(before.max_users, after.max_users),
        };
        (change != Self::default()).then_some(change)
    }

    /// The settings with this change.
    #[must_use]
    pub fn over(self, before: SessionSettings) -> SessionSettings {
        SessionSettings {
            allow_observers: self.allow_observers.unwrap_or(before.allow_observers),
            allow_collaborators: self.allow_collaborators.unwrap_or(before.allow_collaborators),
            require_approval_for_join: self.require_approval_for_join.unwrap_or(before.require_approval_for_join),
            auto_close_on_owner_disconnect: self
                .auto_close_on_owner_disconnect
                .unwrap_or(before.auto_close_on_owner_disconnect),
            session_timeout_minutes: self.session_timeout_minutes.unwrap_or(before.session_timeout_minutes),
            max_users: self.max_users.unwrap_or(before.max_users),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: SessionSettings = SessionSettings {
        allow_observers: false,
        allow_collaborators: false,
        require_approval_for_join: true,
        auto_close_on_owner_disconnect: true,
        session_timeout_minutes: 7,
        max_users: 3,
    };

    #[test]
    fn what_is_between_two_takes_one_to_the_other() {
        let usual = SessionSettings::default();
        assert_eq!(SettingsChange::between(usual, usual), None);
        for (before, after) in [(usual, OTHERS), (OTHERS, usual), (usual, SessionSettings { max_users: 2, ..usual })] {
            assert_eq!(SettingsChange::between(before, after).map(|change| change.over(before)), Some(after));
        }
    }

    #[test]
    fn only_what_changes_is_on_the_wire_and_what_is_absent_stays() {
        let after = SessionSettings { max_users: 2, ..OTHERS };
        let change = SettingsChange::between(OTHERS, after);
        assert_eq!(serde_json::to_string(&change).ok().as_deref(), Some(r#"{"maxUsers":2}"#));
        let read: SettingsChange = serde_json::from_str(r#"{"sessionTimeoutMinutes":0}"#).unwrap_or_default();
        assert_eq!(read.over(OTHERS), SessionSettings { session_timeout_minutes: 0, ..OTHERS });
    }
}
