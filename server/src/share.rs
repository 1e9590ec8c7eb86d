//! Share links and the guests who come by them. A link's secret is told once and kept nowhere: only its SHA-256 is.

mod books;
mod guest;
mod secret;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use app::{
    monitor::Timestamp,
    protocol::{SessionId, ShareId, TerminalId, workspace::MemberRole},
    tracking::Micros,
};
use thiserror::Error;

use self::{
    books::{Books, Kept},
    guest::Visitor,
};
pub use self::{guest::Guest, secret::Secret};
use crate::store::{Change, GuestRecord, ShareRecord, Store};

/// Now, in microseconds since 1970: the clock that links expire by.
pub fn now() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Micros::try_from(since.as_micros()).unwrap_or(Micros::MAX)
}

/// A moment as it stands on the wire.
pub fn timestamp(at: Micros) -> String {
    Timestamp(at).to_string()
}

/// Whether an id is that of a guest, of whatever link.
pub fn is_guest(user_id: &str) -> bool {
    user_id.starts_with(guest::PREFIX)
}

/// The most links into a session, the expired ones that are still remembered included: more than an owner keeps in view.
pub const MAX_LINKS: usize = 100;

/// All links of a server and their guests. Clones are the same.
#[derive(Clone, Debug)]
pub struct Shares {
    /// Locked for a few lines at a time, never across an await.
    books: Arc<Mutex<Books>>,
    store: Store,
}

/// A link, without its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: ShareId,
    /// Into which session it leads.
    pub session: SessionId,
    /// The one terminal it shows.
    pub terminal: Option<TerminalId>,
    /// What its holders may do; never to own.
    pub role: MemberRole,
    /// When it was made.
    pub created_at: Micros,
    /// Until when it works.
    pub expires_at: Option<Micros>,
}

/// What a link is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Into which session it leads.
    pub session: SessionId,
    /// The one terminal it shows.
    pub terminal: Option<TerminalId>,
    /// What its holders may do.
    pub role: MemberRole,
    /// Until when it works.
    pub expires_at: Option<Micros>,
}

/// Why a secret opens nothing.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoEntry {
    /// No link has it, or none has it any more.
    #[error("there is no such link")]
    Unknown,
    /// The link's time is over.
    #[error("the link has expired")]
    Expired,
}

/// There are as many links into the session as there may be.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a session has at most {MAX_LINKS} share links")]
pub struct TooManyLinks;

/// A link that has ended, and who was here by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The link.
    pub link: Link,
    /// The ids of its guests.
    pub guests: Vec<String>,
}

impl Shares {
    /// The links and guests that were there before.
    pub fn new(store: Store, shares: Vec<ShareRecord>, guests: Vec<GuestRecord>) -> Self {
        let mut books = Books::default();
        for ShareRecord { id, session, terminal, role, hash, created_at, expires_at } in shares {
            let link = Link { id, session, terminal, role, created_at, expires_at };
            books.ids.insert(hash, id);
            books.links.insert(id, Kept { link, hash, has_ended: false, guests: Vec::new() });
        }
        for GuestRecord { id, share, name, is_admitted, role } in guests {
            if let Some(kept) = books.links.get_mut(&share) {
                kept.guests.push(Visitor { id, name, is_admitted, role, windows: 0 });
            }
        }
        Self { books: Arc::new(Mutex::new(books)), store }
    }

    /// Makes a link; `then` is told of it once it is stored, with the secret that nobody is told again, or at once that there are
    /// too many.
    pub fn create(
        &self,
        wanted: Wanted,
        now: Micros,
        then: impl FnOnce(Result<(Link, Secret), TooManyLinks>) + Send + 'static,
    ) {
        let Wanted { session, terminal, role, expires_at } = wanted;
        let mut books = self.books();
        let mut changes = match books.make_room(session, now) {
            Ok(changes) => changes,
            Err(too_many) => {
                drop(books);
                return then(Err(too_many));
            }
        };
        let id = ShareId::from_random(getrandom::u64().expect("the system's random source works from boot on"));
        let (secret, link) = (Secret::mint(), Link { id, session, terminal, role, created_at: now, expires_at });
        let hash = secret.hash();
        books.ids.insert(hash, id);
        books.links.insert(id, Kept { link, hash, has_ended: false, guests: Vec::new() });
        changes.push(Change::Share(ShareRecord { id, session, terminal, role, hash, created_at: now, expires_at }));
        // Queued under the lock, so that the store has the changes in the order of the books.
        self.store.save(changes, move || then(Ok((link, secret))));
    }

    /// All links and their guests, as they are stored.
    pub fn records(&self) -> Vec<Change> {
        self.books().links.values().flat_map(Kept::records).collect()
    }

    /// The links into a session that work, the newest first, each with the number of its guests who are here.
    pub fn of_session(&self, session: SessionId, now: Micros) -> Vec<(Link, usize)> {
        let books = self.books();
        let works = |kept: &&Kept| kept.link.session == session && kept.link.works(now);
        let here = |kept: &Kept| kept.guests.iter().filter(|guest| guest.windows > 0).count();
        let mut links: Vec<_> = books.links.values().filter(works).map(|kept| (kept.link, here(kept))).collect();
        links.sort_by_key(|(link, _)| std::cmp::Reverse((link.created_at, link.id)));
        links
    }

    /// The link of that id, if it works.
    pub fn get(&self, id: ShareId, now: Micros) -> Option<Link> {
        self.books().links.get(&id).map(|kept| kept.link).filter(|link| link.works(now))
    }

    /// The link that a secret opens.
    ///
    /// # Errors
    /// [`NoEntry`] says why it opens none.
    pub fn open(&self, secret: &str, now: Micros) -> Result<Link, NoEntry> {
        let books = self.books();
        let link = books.find(secret).ok_or(NoEntry::Unknown)?.link;
        if link.works(now) { Ok(link) } else { Err(NoEntry::Expired) }
    }

    /// Makes a guest of somebody who has a link's secret; `then` is told once that is stored.
    ///
    /// # Errors
    /// [`NoEntry`] says why not.
    pub fn visit(&self, secret: &str, now: Micros, then: impl FnOnce(Guest) + Send + 'static) -> Result<(), NoEntry> {
        let mut books = self.books();
        let id = books.find(secret).ok_or(NoEntry::Unknown)?.link.id;
        let name = books.free_name(id);
        let kept = books.links.get_mut(&id).filter(|kept| kept.link.works(now)).ok_or(NoEntry::Expired)?;
        let visitor = Visitor::new(name);
        let mut changes: Vec<_> = kept.make_room().into_iter().map(Change::GuestGone).collect();
        changes.push(Change::Guest(visitor.record(id)));
        let guest = visitor.guest(kept.link);
        kept.guests.push(visitor);
        self.store.save(changes, move || then(guest));
        Ok(())
    }

    /// The guest of that id, as long as their link works.
    pub fn guest(&self, id: &str, now: Micros) -> Option<Guest> {
        let books = self.books();
        let (link, visitor) = books.visitor(id)?;
        link.works(now).then(|| visitor.guest(link))
    }

    /// Notes that a window of a guest has come.
    pub fn came(&self, guest: &str) {
        if let Some(visitor) = self.books().visitor_mut(guest) {
            visitor.windows += 1;
        }
    }

    /// Notes that a window of a guest is gone.
    pub fn went(&self, guest: &str) {
        if let Some(visitor) = self.books().visitor_mut(guest) {
            visitor.windows = visitor.windows.saturating_sub(1);
        }
    }

    /// Remembers that the owner has let a guest in: nobody is asked again.
    pub fn admit(&self, guest: &str) {
        self.change(guest, |visitor| visitor.is_admitted = true);
    }

    /// Remembers what the owner lets a guest do, or does not any more: who goes away does not come back as somebody else.
    pub fn appoint(&self, guest: &str, role: MemberRole) {
        self.change(guest, |visitor| visitor.role = Some(role));
    }

    /// Ends the visit of a guest: their cookie is worth nothing from now on.
    pub fn dismiss(&self, guest: &str) {
        let mut books = self.books();
        for kept in books.links.values_mut() {
            kept.guests.retain(|visitor| visitor.id != guest);
        }
        self.store.save(vec![Change::GuestGone(guest.to_owned())], || {});
    }

    /// Ends a link; `then` is called once that is stored. What it was and whose visits end with it is returned at once.
    pub fn revoke(&self, id: ShareId, then: impl FnOnce() + Send + 'static) -> Option<Ended> {
        let mut books = self.books();
        let ended = books.remove(id)?;
        self.store.save(vec![Change::ShareGone(id)], then);
        Some(ended)
    }

    /// Ends all links into a session that is no more; the store forgets them with it.
    pub fn forget(&self, session: SessionId) -> Vec<Ended> {
        let mut books = self.books();
        let ids: Vec<_> = books.links.values().map(|kept| kept.link).filter(|link| link.session == session).collect();
        ids.into_iter().filter_map(|link| books.remove(link.id)).collect()
    }

    /// The links whose time has come since this was asked last; it is remembered that they have expired.
    pub fn expired(&self, now: Micros) -> Vec<Ended> {
        let mut books = self.books();
        let is_over = |kept: &&mut Kept| !kept.has_ended && !kept.link.works(now);
        let ended = books.links.values_mut().filter(is_over).map(|kept| {
            kept.has_ended = true;
            let guests = std::mem::take(&mut kept.guests).into_iter().map(|visitor| visitor.id).collect();
            Ended { link: kept.link, guests }
        });
        let ended: Vec<_> = ended.collect();
        let gone = ended.iter().flat_map(|ended| &ended.guests).cloned().map(Change::GuestGone).collect::<Vec<_>>();
        if !gone.is_empty() {
            self.store.save(gone, || {});
        }
        ended
    }

    /// When the next link expires.
    pub fn next_expiry(&self) -> Option<Micros> {
        let books = self.books();
        books.links.values().filter(|kept| !kept.has_ended).filter_map(|kept| kept.link.expires_at).min()
    }

    /// No links, and nothing that is kept.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self::new(Store::in_memory(Box::new(|_, _| {})).unwrap(), Vec::new(), Vec::new())
    }

    /// Changes what is kept of a guest whose visit is not over.
    fn change(&self, guest: &str, change: impl FnOnce(&mut Visitor)) {
        let mut books = self.books();
        if let Some((link, _)) = books.visitor(guest)
            && let Some(visitor) = books.visitor_mut(guest)
        {
            change(visitor);
            self.store.save(vec![Change::Guest(visitor.record(link.id))], || {});
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Every change leaves the books whole at each step, so those of a panicked thread are still good.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    /// Whether it works at a time.
    pub fn works(&self, now: Micros) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests;
