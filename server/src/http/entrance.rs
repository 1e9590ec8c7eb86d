//! Coming in and going out: the token exchanged for a cookie, the form that takes it, and the way out.

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, StatusCode, Uri, header};
use serde::Deserialize;

use super::{
    answer::{self, SmallPage, Wanted},
    gate::Gate,
};
use crate::share::NoEntry;

/// The query parameter that carries the token.
const TOKEN: &str = "token";

/// The query parameter that carries the secret of a share link.
const SHARE: &str = "share";

/// Returns the token in a query, if there is one.
pub fn token_in(query: Option<&str>) -> Option<String> {
    parameter(query, TOKEN)
}

/// Returns the secret of a share link in a query, if there is one.
pub fn share_in(query: Option<&str>) -> Option<String> {
    parameter(query, SHARE)
}

fn parameter(query: Option<&str>, wanted: &str) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

/// Signs the browser in and sends it to the same page without the token. This is a page and no redirect, because a
/// browser that came by a link elsewhere would leave a `SameSite=Strict` cookie out of the redirected request.
pub fn exchange(gate: &Gate, uri: &Uri) -> Response {
    signed_in(gate, leading(gate, uri, TOKEN))
}

/// Makes the browser a guest's and sends it to the same page without the secret, in the same way.
pub async fn visit(gate: &Gate, uri: &Uri, secret: &str, wanted: Wanted) -> Response {
    match gate.auth().visit(secret).await {
        Ok(cookie) => with_cookie(leading(gate, uri, SHARE), &cookie),
        Err(why) => no_entry(why, wanted),
    }
}

/// Sends the browser to the same page without the secret of a share link.
pub fn go_on(gate: &Gate, uri: &Uri) -> Response {
    leading(gate, uri, SHARE)
}

/// Sends the browser to the same page again, this time from a page of ours.
pub fn come_again(gate: &Gate, uri: &Uri) -> Response {
    leading(gate, uri, TOKEN)
}

/// Says that a share link opens nothing. Whether it ever did is nobody's business.
pub fn no_entry(why: NoEntry, wanted: Wanted) -> Response {
    let (status, title, sentence) = match why {
        NoEntry::Unknown => (
            StatusCode::NOT_FOUND,
            "This link does not work",
            "It is incomplete, or has been revoked. Check that the whole address was copied, or ask for a new link.",
        ),
        NoEntry::Expired => {
            (StatusCode::GONE, "This link has expired", "Its time is over. Ask whoever sent it to you for a new one.")
        }
    };
    told(wanted, status, title, sentence)
}

/// Says that a guest's link works no more.
pub fn visit_over(wanted: Wanted) -> Response {
    let (title, sentence) =
        ("Your visit has ended", "The link you came by works no more. Ask for a new one to come back.");
    challenging(told(wanted, StatusCode::UNAUTHORIZED, title, sentence))
}

fn told(wanted: Wanted, status: StatusCode, title: &str, sentence: &str) -> Response {
    match wanted {
        Wanted::Page => SmallPage::new(title).saying(sentence).respond(status),
        Wanted::Json => answer::refuse(wanted, status, &format!("{title}. {sentence}")),
    }
}

/// A page that leads to the same one without a parameter.
fn leading(gate: &Gate, uri: &Uri, without: &str) -> Response {
    let page = gate.places().base_path().strip(uri.path()).unwrap_or("/");
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != without {
            query.append_pair(&name, &value);
        }
    }
    let query = query.finish();
    let separator = if query.is_empty() { "" } else { "?" };
    let target = format!("{}{separator}{query}", gate.places().base_path().join(page));
    SmallPage::new("Opening AetherTerm").leading_to(&target).respond(StatusCode::OK)
}

/// Says that the token is not, or no longer, the right one.
pub fn wrong_token(gate: &Gate, wanted: Wanted) -> Response {
    refused(gate, wanted, "This token is not valid. A token lasts as long as the server that printed it.")
}

/// Says that a credential is needed.
pub fn unknown(gate: &Gate, wanted: Wanted) -> Response {
    refused(gate, wanted, "You are not signed in.")
}

/// `GET /login`: the form.
pub async fn form(State(gate): State<Arc<Gate>>) -> Response {
    token_form(&gate, "Sign in to AetherTerm", None).respond(StatusCode::OK)
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Entry {
    #[serde(default)]
    token: String,
}

/// `POST /login`: the cookie for the right token, the form again for a wrong one.
pub async fn sign_in(State(gate): State<Arc<Gate>>, Form(entry): Form<Entry>) -> Response {
    // People paste the whole printed address as often as the token in it.
    let pasted = entry.token.trim();
    let token = pasted.parse::<Uri>().ok().and_then(|uri| token_in(uri.query())).unwrap_or_else(|| pasted.to_owned());
    if gate.auth().accepts(&token) == Some(false) {
        return wrong_token(&gate, Wanted::Page);
    }
    signed_in(&gate, Redirect::to(&gate.places().base_path().join("/")).into_response())
}

/// `GET /logout`: the browser forgets.
pub async fn sign_out(State(gate): State<Arc<Gate>>) -> Response {
    let page =
        token_form(&gate, "Signed out", Some("The terminals go on. To come back, use the printed URL or its token."));
    with_cookie(page.respond(StatusCode::OK), &gate.auth().sign_out())
}

fn refused(gate: &Gate, wanted: Wanted, why: &str) -> Response {
    challenging(match wanted {
        Wanted::Page => token_form(gate, "Sign in to AetherTerm", Some(why)).respond(StatusCode::UNAUTHORIZED),
        Wanted::Json => answer::refuse(wanted, StatusCode::UNAUTHORIZED, why),
    })
}

/// Says with an answer of 401 which credential would do.
pub fn challenging(mut response: Response) -> Response {
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"aetherterm\""));
    response
}

fn token_form(gate: &Gate, title: &str, why: Option<&str>) -> SmallPage {
    let mut page = SmallPage::new(title);
    if let Some(why) = why {
        page = page.saying(why);
    }
    page.saying("Open the URL that aetherterm printed when it started, or paste it or its token here.")
        .asking_for_token(&gate.places().base_path().join("/login"))
}

fn signed_in(gate: &Gate, response: Response) -> Response {
    with_cookie(response, &gate.auth().sign_in())
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    let cookie = HeaderValue::from_str(cookie).expect("names, base64 and paths that we checked are visible ASCII");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_wherever_it_stands_in_the_query() {
        assert_eq!(token_in(None), None);
        assert_eq!(token_in(Some("")), None);
        assert_eq!(token_in(Some("x=1&mytoken=2")), None);
        assert_eq!(token_in(Some("x=1&token=a%26b&y=2")).as_deref(), Some("a&b"));
        assert_eq!(token_in(Some("token")).as_deref(), Some(""));
    }
}
