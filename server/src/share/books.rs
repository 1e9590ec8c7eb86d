//! Which links there are, and who came by them.

use std::{collections::HashMap, iter};

use app::{
    protocol::{SessionId, ShareId},
    tracking::Micros,
};

use super::{
    Ended, Link, MAX_LINKS, TooManyLinks,
    guest::{self, Visitor},
    secret::Secret,
};
use crate::store::{Change, ShareRecord};

/// The most guests of a link who are remembered. Whoever opens a link is one, programs that look at every address included.
pub(super) const MAX_GUESTS: usize = 256;

/// How long it is remembered that a link has expired, so that who comes late is told so.
const REMEMBERED: Micros = 30 * 24 * 3_600 * 1_000_000;

#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) links: HashMap<ShareId, Kept>,
    /// By the hash of their secret. Who guesses learns nothing from the time that the search takes, since it is not the secret that
    /// is compared.
    pub(super) ids: HashMap<[u8; 32], ShareId>,
}

/// What is known of a link.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) link: Link,
    pub(super) hash: [u8; 32],
    /// Whether its guests have been told that it has expired.
    pub(super) has_ended: bool,
    /// The oldest first.
    pub(super) guests: Vec<Visitor>,
}

impl Books {
    pub(super) fn find(&self, secret: &str) -> Option<&Kept> {
        self.links.get(self.ids.get(&Secret::hash_of(secret))?)
    }

    pub(super) fn visitor(&self, id: &str) -> Option<(Link, &Visitor)> {
        let found = |kept: &'_ Kept| kept.guests.iter().position(|visitor| visitor.id == id);
        self.links.values().find_map(|kept| Some((kept.link, &kept.guests[found(kept)?])))
    }

    pub(super) fn visitor_mut(&mut self, id: &str) -> Option<&mut Visitor> {
        self.links.values_mut().flat_map(|kept| &mut kept.guests).find(|visitor| visitor.id == id)
    }

    /// A name that no other guest of the link's session has.
    pub(super) fn free_name(&self, id: ShareId) -> String {
        let session = self.links.get(&id).map(|kept| kept.link.session);
        let others = self.links.values().filter(|kept| Some(kept.link.session) == session);
        guest::free_name(&others.flat_map(|kept| &kept.guests).map(|visitor| &*visitor.name).collect())
    }

    pub(super) fn remove(&mut self, id: ShareId) -> Option<Ended> {
        let Kept { link, hash, guests, .. } = self.links.remove(&id)?;
        self.ids.remove(&hash);
        Some(Ended { link, guests: guests.into_iter().map(|visitor| visitor.id).collect() })
    }

    /// Forgets links into a session that expired long ago or, where there are too many, the first of those that have.
    pub(super) fn make_room(&mut self, session: SessionId, now: Micros) -> Result<Vec<Change>, TooManyLinks> {
        let of_session = self.links.values().filter(|kept| kept.link.session == session);
        let mut gone: Vec<_> = of_session.clone().filter(|kept| kept.has_ended).map(|kept| kept.link).collect();
        gone.sort_by_key(|link| link.expires_at);
        let excess = (of_session.count() + 1).saturating_sub(MAX_LINKS);
        if gone.len() < excess {
            return Err(TooManyLinks);
        }
        let long_ago = now.saturating_sub(REMEMBERED);
        let goes = |(at, link): &(usize, Link)| *at < excess || link.expires_at.is_some_and(|end| end < long_ago);
        let gone = gone.into_iter().enumerate().filter(goes).map(|(_, link)| link.id);
        Ok(gone.filter_map(|id| self.remove(id)).map(|ended| Change::ShareGone(ended.link.id)).collect())
    }
}

impl Kept {
    /// What is stored of it.
    pub(super) fn records(&self) -> impl Iterator<Item = Change> {
        let (Link { id, session, terminal, role, created_at, expires_at }, hash) = (self.link, self.hash);
        let share = ShareRecord { id, session, terminal, role, hash, created_at, expires_at };
        iter::once(Change::Share(share)).chain(self.guests.iter().map(move |guest| Change::Guest(guest.record(id))))
    }

    /// Forgets the first guest who is not here, where there are too many.
    pub(super) fn make_room(&mut self) -> Option<String> {
        let is_full = self.guests.len() >= MAX_GUESTS;
        let away = self.guests.iter().position(|visitor| visitor.windows == 0).filter(|_| is_full)?;
        Some(self.guests.remove(away).id)
    }
}
