//! Who comes in: the identity behind a request, by cookie, by bearer token or by a share link, and whether its page is ours.

mod cookie;
mod ingest;
mod origin;
mod token;

use std::time::Duration;

use app::protocol::session::{UserRole, UserView};
use http::{HeaderMap, header};
use tokio::sync::oneshot;

use self::cookie::SignedCookie;
pub use self::{
    cookie::{COOKIE_LIFETIME, CookieKey},
    ingest::Ingest,
    origin::{BadOrigin, Host, Origin},
    token::{BadToken, Token},
};
use crate::{
    config::{Access, BasePath},
    share::{self, Guest, NoEntry, Shares},
};

/// Who a request acts for, and how that was known. The gate puts it into the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub user: UserView,
    /// What told us.
    pub credential: Credential,
}

/// What told us who a request acts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A cookie, which a browser sends without being asked, so that the request's Origin matters.
    Cookie,
    /// A token in the `Authorization` header, which only a program that knows it can send.
    Bearer,
    /// Nothing: the server does not ask.
    Open,
}

/// The id of the one user of a server with a token or none.
const OWNER: &str = "owner";

/// Knows credentials and grants them.
#[derive(Debug)]
pub struct Auth {
    access: Access,
    /// What opens the metrics and nothing else.
    metrics: Option<Token>,
    owner: UserView,
    cookie: SignedCookie,
    ingest: Ingest,
    shares: Shares,
}

/// What the secret of a share link is to who brings it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// They need it no more: they are somebody here, or came by this very link.
    Needless,
    /// It makes them a guest.
    New,
    /// It opens nothing.
    Void(NoEntry),
}

impl Auth {
    /// The port names the cookie, because browsers share cookies between the ports of a host.
    pub fn new(
        access: Access,
        owner_name: String,
        key: CookieKey,
        port: u16,
        base_path: &BasePath,
        shares: Shares,
    ) -> Self {
        Self {
            access,
            metrics: None,
            shares,
            owner: UserView { id: OWNER.to_owned(), name: owner_name, role: UserRole::Admin },
            ingest: Ingest::new(key.clone()),
            cookie: SignedCookie::new(key, format!("aetherterm_{port}"), base_path.cookie_path().to_owned()),
        }
    }

    /// The same with a token that opens the metrics and nothing else.
    #[must_use]
    pub fn with_metrics_token(self, token: Option<Token>) -> Self {
        Self { metrics: token, ..self }
    }

    /// Whether these headers bring the token that opens the metrics.
    pub fn may_scrape(&self, headers: &HeaderMap) -> bool {
        self.metrics.as_ref().zip(bearer(headers)).is_some_and(|(token, given)| token.matches(given))
    }

    /// Returns who a request with these headers acts for. A bearer token is looked at before the cookie, and a wrong one
    /// is not made good by a cookie.
    pub fn identify(&self, headers: &HeaderMap) -> Option<Identity> {
        let owner = |credential| Identity { user: self.owner.clone(), credential };
        match &self.access {
            Access::Open => Some(owner(Credential::Open)),
            Access::Token(token) => match bearer(headers) {
                Some(given) => token.matches(given).then(|| owner(Credential::Bearer)),
                None => match self.cookie.user(headers, now())? {
                    id if id == OWNER => Some(owner(Credential::Cookie)),
                    id => Some(Identity { user: self.guest(&id)?.user, credential: Credential::Cookie }),
                },
            },
        }
    }

    /// Whether these headers are those of a guest whose visit is over.
    pub fn was_guest(&self, headers: &HeaderMap) -> bool {
        let is_over = |id: String| share::is_guest(&id) && self.guest(&id).is_none();
        self.cookie.user(headers, now()).is_some_and(is_over)
    }

    /// What the secret of a share link is to somebody.
    pub fn invite(&self, identity: Option<&Identity>, secret: &str) -> Invitation {
        let link = self.shares.open(secret, share::now());
        match identity.map(|identity| &identity.user) {
            Some(user) if user.role != UserRole::Guest => Invitation::Needless,
            Some(user) if self.guest(&user.id).is_some_and(|guest| link == Ok(guest.link)) => Invitation::Needless,
            Some(_) | None => link.map_or_else(Invitation::Void, |_| Invitation::New),
        }
    }

    /// Makes a guest of who has the secret of a share link, and returns the `Set-Cookie` value that says so.
    ///
    /// # Errors
    ///
    /// The secret opens nothing, or nothing any more.
    pub async fn visit(&self, secret: &str) -> Result<String, NoEntry> {
        let (made, is_made) = oneshot::channel();
        // Who has gone meanwhile needs no cookie.
        let then = move |guest: Guest| drop(made.send(guest));
        self.shares.visit(secret, share::now(), then)?;
        let Guest { user, link, .. } = is_made.await.map_err(|_| NoEntry::Unknown)?;
        let left =
            link.expires_at.map_or(COOKIE_LIFETIME, |end| Duration::from_micros(end.saturating_sub(share::now())));
        Ok(self.cookie.grant_for(&user.id, now(), left))
    }

    /// The links by which guests come.
    #[cfg(test)]
    pub(crate) fn shares(&self) -> &Shares {
        &self.shares
    }

    fn guest(&self, id: &str) -> Option<Guest> {
        self.shares.guest(id, share::now())
    }

    /// Returns what sets one sender's requests apart from another's: its cookie, or the token; nothing where nobody is asked.
    pub fn sender(&self, credential: Credential, headers: &HeaderMap) -> Option<String> {
        match credential {
            Credential::Cookie => self.cookie.session(headers, now()),
            Credential::Bearer => Some(OWNER.to_owned()),
            Credential::Open => None,
        }
    }

    /// Returns the terminal whose programs may post telemetry with these headers, as its id is written.
    pub fn program<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        self.ingest.terminal(bearer(headers)?)
    }

    /// Whether this is the start token; `None` if the server has none and so exchanges nothing.
    pub fn accepts(&self, token: &str) -> Option<bool> {
        match &self.access {
            Access::Token(expected) => Some(expected.matches(token)),
            Access::Open => None,
        }
    }

    /// Returns the `Set-Cookie` value that signs the owner in.
    pub fn sign_in(&self) -> String {
        self.cookie.grant(OWNER, now())
    }

    /// Returns the `Set-Cookie` value that signs out.
    pub fn sign_out(&self) -> String {
        self.cookie.revoke()
    }
}

/// The token of an `Authorization: Bearer` header; other schemes belong to proxies in front of us.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Seconds since the epoch.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(access: Access, port: u16) -> Auth {
        let key = CookieKey::new([7; 32]);
        Auth::new(access, "Ada".to_owned(), key, port, &BasePath::default(), Shares::for_tests())
    }

    fn with_token() -> Access {
        Access::Token("secret".parse().unwrap())
    }

    fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn cookie_of(auth: &Auth) -> String {
        auth.sign_in().split(';').next().unwrap().to_owned()
    }

    #[track_caller]
    fn check(auth: &Auth, pairs: &[(http::HeaderName, &str)], expected: Option<Credential>) {
        assert_eq!(auth.identify(&headers(pairs)).map(|identity| identity.credential), expected);
    }

    #[test]
    fn a_token_a_cookie_or_an_open_door_lets_in() {
        let auth = auth(with_token(), 1);
        let cookie = cookie_of(&auth);
        check(&auth, &[], None);
        check(&auth, &[(header::AUTHORIZATION, "Bearer secret")], Some(Credential::Bearer));
        check(&auth, &[(header::AUTHORIZATION, "bearer secret")], Some(Credential::Bearer));
        check(&auth, &[(header::COOKIE, &format!("other=1; {cookie}"))], Some(Credential::Cookie));
        check(&self::auth(Access::Open, 1), &[], Some(Credential::Open));
    }

    #[test]
    fn a_wrong_bearer_is_not_made_good_by_a_cookie() {
        let auth = auth(with_token(), 1);
        let cookie = cookie_of(&auth);
        check(&auth, &[(header::AUTHORIZATION, "Bearer wrong"), (header::COOKIE, &cookie)], None);
        check(&auth, &[(header::AUTHORIZATION, "Basic eDp5"), (header::COOKIE, &cookie)], Some(Credential::Cookie));
    }

    #[test]
    fn a_cookie_of_another_port_is_not_ours() {
        let cookie = cookie_of(&auth(with_token(), 1));
        check(&auth(with_token(), 2), &[(header::COOKIE, &cookie)], None);
        let renamed = cookie.replace("aetherterm_1", "aetherterm_2");
        check(&auth(with_token(), 2), &[(header::COOKIE, &renamed)], None);
    }

    #[test]
    fn the_one_user_is_the_owner_and_an_admin() {
        let user = auth(Access::Open, 1).identify(&HeaderMap::new()).unwrap().user;
        assert_eq!(user, UserView { id: "owner".to_owned(), name: "Ada".to_owned(), role: UserRole::Admin });
    }
}
