//! What every request passes first: is the host ours, is the page ours, who is it. Everything is closed unless a rule here
//! opens it.

use std::sync::Arc;

use app::protocol::session::UserRole;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};

use super::{
    answer::{self, Wanted},
    entrance, language,
    place::{Place, Places},
    text::{self, Text},
};
use crate::auth::{Auth, Credential, Host, Identity, Invitation, Origin};
use crate::share::NoEntry;
use crate::telemetry::{FromTerminal, Handshake, Metrics, RelayKey, lower_debug, refuse_post};

/// Whether a terminal, by its id, is there.
pub type IsThere = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Decides which requests go on, and as whom.
pub struct Gate {
    auth: Auth,
    allow_origins: Vec<Origin>,
    places: Places,
    is_there: IsThere,
    metrics: Metrics,
}

/// What the gate decided about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// It goes on, as somebody or as nobody.
    Pass(Option<Identity>),
    /// It goes on as one of a terminal's programs.
    PassProgram(String),
    /// It named a host that is not ours.
    ForeignHost,
    /// It comes, or may come, from somebody else's page.
    ForeignOrigin,
    /// It brought the right token: the browser gets a cookie and comes again.
    Exchange,
    /// It brought a wrong token.
    WrongToken,
    /// It brought the secret of a share link: the browser gets a guest's cookie and comes again.
    Visit(String),
    /// It brought the secret of a share link and needs it no more.
    GoOn,
    /// It brought a secret that opens nothing.
    NoEntry(NoEntry),
    /// It comes from a guest whose link works no more.
    VisitOver,
    /// It comes from a guest, and leads where guests have no business.
    NotForGuests,
    /// It came by a link on somebody else's page, where browsers leave our cookie out: it may come again by ours.
    ComeAgain,
    /// It has no credential and needs one.
    Unknown,
}

impl Gate {
    /// Origins are those besides the server's own addresses; `is_there` tells whose programs may still post.
    pub fn new(auth: Auth, allow_origins: Vec<Origin>, places: Places, is_there: IsThere) -> Self {
        Self { auth, allow_origins, places, is_there, metrics: Metrics::default() }
    }

    /// The same, counting the handshakes that it refuses.
    #[must_use]
    pub fn counting(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// Returns who grants credentials.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// Returns what is where.
    pub fn places(&self) -> &Places {
        &self.places
    }

    fn judge(&self, request: &Parts) -> Verdict {
        let Some(host) = Host::of(&request.uri, &request.headers).filter(|host| host.is_ours(&self.allow_origins))
        else {
            return Verdict::ForeignHost;
        };
        let place = self.places.of(request.uri.path());
        let identity = self.auth.identify(&request.headers);
        if !self.comes_from_our_page(request, &host, place, identity.as_ref()) {
            return Verdict::ForeignOrigin;
        }
        if place == Place::Page
            && let Some(token) = entrance::token_in(request.uri.query())
            && let Some(right) = self.auth.accepts(&token)
        {
            return if right { Verdict::Exchange } else { Verdict::WrongToken };
        }
        let is_elsewhere = fetch_site(&request.headers) == Some("cross-site");
        if place == Place::Page
            && let Some(secret) = entrance::share_in(request.uri.query())
            // Who is somebody here is to stay that: the browser has left our cookie out.
            && !(identity.is_none() && is_elsewhere)
        {
            return match self.auth.invite(identity.as_ref(), &secret) {
                Invitation::Needless => Verdict::GoOn,
                Invitation::New => Verdict::Visit(secret),
                Invitation::Void(why) => Verdict::NoEntry(why),
            };
        }
        // Before the identity: an open server lets everybody in, and is to know its terminals' programs all the same.
        if place == Place::Telemetry
            && let Some(terminal) = self.auth.program(&request.headers).filter(|terminal| (self.is_there)(terminal))
        {
            return Verdict::PassProgram(terminal.to_owned());
        }
        if place == Place::Metrics && !acts(request) && self.auth.may_scrape(&request.headers) {
            return Verdict::Pass(None);
        }
        match place {
            Place::Open | Place::Login => Verdict::Pass(identity),
            Place::Closed | Place::Metrics
                if identity.as_ref().is_some_and(|identity| identity.user.role == UserRole::Guest) =>
            {
                Verdict::NotForGuests
            }
            _ if identity.is_some() => Verdict::Pass(identity),
            Place::Page if is_elsewhere => Verdict::ComeAgain,
            Place::Page if self.auth.was_guest(&request.headers) => Verdict::VisitOver,
            Place::Page | Place::Socket | Place::Telemetry | Place::Metrics | Place::Own | Place::Closed => {
                Verdict::Unknown
            }
        }
    }

    /// Counts a handshake that ends here; one that goes on is counted where it ends.
    fn count(&self, request: &Parts, verdict: &Verdict) {
        let result = match verdict {
            Verdict::ForeignHost | Verdict::ForeignOrigin => Handshake::Forbidden,
            Verdict::Unknown => Handshake::Unauthenticated,
            Verdict::Pass(_)
            | Verdict::PassProgram(_)
            | Verdict::Exchange
            | Verdict::WrongToken
            | Verdict::Visit(_)
            | Verdict::GoOn
            | Verdict::NoEntry(_)
            | Verdict::VisitOver
            | Verdict::NotForGuests
            | Verdict::ComeAgain => return,
        };
        // Polling goes on by requests of its own, each with the session's id.
        let begins = || {
            form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes()).all(|(name, _)| name != "sid")
        };
        if self.places.of(request.uri.path()) == Place::Socket && begins() {
            self.metrics.handshake(result);
        }
    }

    /// Whether the request comes from a page of ours, or from a program that proved itself. Browsers name the Origin of
    /// every websocket handshake, every POST and every request to another origin, but not of a plain GET to their own.
    fn comes_from_our_page(&self, request: &Parts, host: &Host, place: Place, identity: Option<&Identity>) -> bool {
        let mut origins = request.headers.get_all(header::ORIGIN).iter();
        if let Some(origin) = origins.next() {
            let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Origin>().ok());
            let ours = |origin: &Origin| *origin == Origin::ours(host) || self.allow_origins.contains(origin);
            return origins.next().is_none() && origin.as_ref().is_some_and(ours);
        }
        let site = fetch_site(&request.headers);
        let credential = identity.map(|identity| identity.credential);
        if acts(request) {
            // Only a browser has the cookie, and only a person at our page has the form.
            return credential != Some(Credential::Cookie) && (place != Place::Login || credential.is_some());
        }
        match (place, credential) {
            (_, Some(Credential::Bearer)) | (Place::Page | Place::Open | Place::Login, _) => true,
            (Place::Socket, _) => matches!(site, None | Some("same-origin")),
            (Place::Telemetry | Place::Metrics | Place::Own | Place::Closed, _) => {
                matches!(site, None | Some("same-origin" | "none"))
            }
        }
    }
}

/// Lets a request through, as the gate decides, with its [`Identity`] in the extensions.
pub async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let wanted = Wanted::by(&parts.headers);
    let verdict = gate.judge(&parts);
    gate.count(&parts, &verdict);
    let posts = gate.places.of(parts.uri.path()) == Place::Telemetry;
    let language = language::preferred(&parts.headers);
    let refuse = |status, why: Text| {
        // Exporters read the form of OTLP.
        if posts { refuse_post(&parts.headers, status, why.english) } else { answer::refuse(wanted, status, why) }
    };
    match verdict {
        Verdict::Pass(identity) => {
            if identity.as_ref().is_none_or(|identity| identity.user.role != UserRole::Admin) {
                lower_debug(&mut parts.headers);
            }
            if let Some(identity) = identity {
                if let Some(sender) = gate.auth.sender(identity.credential, &parts.headers).filter(|_| posts) {
                    parts.extensions.insert(RelayKey(sender));
                }
                parts.extensions.insert(identity);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Verdict::PassProgram(terminal) => {
            parts.extensions.insert(FromTerminal(terminal));
            next.run(Request::from_parts(parts, body)).await
        }
        Verdict::ForeignHost => refuse(StatusCode::FORBIDDEN, text::FOREIGN_HOST),
        Verdict::ForeignOrigin => refuse(StatusCode::FORBIDDEN, text::FOREIGN_ORIGIN),
        Verdict::Exchange => entrance::exchange(&gate, &parts.uri, language),
        Verdict::ComeAgain => entrance::come_again(&gate, &parts.uri, language),
        Verdict::Visit(secret) => entrance::visit(&gate, &parts.uri, &secret, &parts.headers).await,
        Verdict::GoOn => entrance::go_on(&gate, &parts.uri, language),
        Verdict::NoEntry(why) => entrance::no_entry(why, wanted),
        Verdict::VisitOver => entrance::visit_over(wanted),
        Verdict::NotForGuests => refuse(StatusCode::FORBIDDEN, text::NOT_FOR_GUESTS),
        Verdict::WrongToken => entrance::wrong_token(&gate, wanted),
        Verdict::Unknown if posts => entrance::challenging(refuse(StatusCode::UNAUTHORIZED, text::NO_BEARER)),
        Verdict::Unknown => entrance::unknown(&gate, wanted),
    }
}

/// Whether the request can change something: a websocket handshake, or any method that is not made for reading.
fn acts(request: &Parts) -> bool {
    !matches!(request.method, Method::GET | Method::HEAD) || request.headers.contains_key(header::UPGRADE)
}

fn fetch_site(headers: &HeaderMap) -> Option<&str> {
    // A value that is no text is not `same-origin` either.
    headers.get("sec-fetch-site").map(|site| site.to_str().unwrap_or("unreadable"))
}

#[cfg(test)]
mod tests;
