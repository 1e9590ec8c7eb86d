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

/// The query parameter that carries the token.
const TOKEN: &str = "token";

/// Returns the token in a query, if there is one.
pub fn token_in(query: Option<&str>) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes()).find(|(name, _)| name == TOKEN).map(|(_, token)| token.into_owned())
}

/// Signs the browser in and sends it to the same page without the token. This is a page and no redirect, because a
/// browser that came by a link elsewhere would leave a `SameSite=Strict` cookie out of the redirected request.
pub fn exchange(gate: &Gate, uri: &Uri) -> Response {
    signed_in(gate, come_again(gate, uri))
}

/// Sends the browser to the same page again, this time from a page of ours.
pub fn come_again(gate: &Gate, uri: &Uri) -> Response {
    let page = gate.places().base_path().strip(uri.path()).unwrap_or("/");
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != TOKEN {
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
