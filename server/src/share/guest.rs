//! Somebody who came by a share link: each visit is a guest of its own.

use std::collections::HashSet;

use app::protocol::{
    ShareId,
    session::{UserRole, UserView},
    workspace::MemberRole,
};

use super::Link;
use crate::store::GuestRecord;

/// What a guest's id begins with, so that it is nobody else's.
pub(super) const PREFIX: &str = "guest_";

/// What guests are called, in this order.
const NAMES: [&str; 24] = [
    "Amber", "Birch", "Cedar", "Dune", "Ember", "Fern", "Grove", "Heron", "Iris", "Juniper", "Kestrel", "Lotus",
    "Maple", "Nova", "Opal", "Pine", "Quartz", "Robin", "Sage", "Tern", "Umber", "Violet", "Willow", "Zephyr",
];

/// A guest whose link works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Who others see.
    pub user: UserView,
    /// By which link.
    pub link: Link,
    /// What they may do: what the link says, until the owner says something else.
    pub role: MemberRole,
    /// Whether the owner has let them in, where the owner is asked.
    pub is_admitted: bool,
}

/// A guest as the books have them.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_admitted: bool,
    /// What the owner has said that they may do, in place of what the link says.
    pub(super) role: Option<MemberRole>,
    /// How many windows they have open.
    pub(super) windows: usize,
}

impl Visitor {
    pub(super) fn new(name: String) -> Self {
        let bits = getrandom::u64().expect("the system's random source works from boot on");
        Self { id: format!("{PREFIX}{bits:016x}"), name, is_admitted: false, role: None, windows: 0 }
    }

    pub(super) fn record(&self, share: ShareId) -> GuestRecord {
        let Self { id, name, is_admitted, role, .. } = self;
        GuestRecord { id: id.clone(), share, name: name.clone(), is_admitted: *is_admitted, role: *role }
    }

    pub(super) fn guest(&self, link: Link) -> Guest {
        let user = UserView { id: self.id.clone(), name: self.name.clone(), role: UserRole::Guest };
        Guest { user, link, role: self.role.unwrap_or(link.role), is_admitted: self.is_admitted }
    }
}

/// The first name that is not taken; once all are, they get numbers.
pub(super) fn free_name(taken: &HashSet<&str>) -> String {
    let rounds = (1_usize..).flat_map(|round| NAMES.iter().map(move |name| (round, name)));
    let mut names = rounds.map(|(round, name)| match round {
        1 => format!("Guest {name}"),
        _ => format!("Guest {name} {round}"),
    });
    names.find(|name| !taken.contains(&**name)).expect("there are more names than guests")
}
