//! Coming in and going out: the token exchanged for a cookie, the form that takes it, and the way out.

use std::sync::Arc;

use app::ui::Language;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::Deserialize;

use super::{
    answer::{self, SmallPage, Wanted},
    gate::Gate,
    language,
    text::{self, Text},
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
pub fn exchange(gate: &Gate, uri: &Uri, language: Language) -> Response {
    signed_in(gate, leading(gate, uri, TOKEN, language))
}

/// Makes the browser a guest's and sends it to the same page without the secret, in the same way.
pub async fn visit(gate: &Gate, uri: &Uri, secret: &str, headers: &HeaderMap) -> Response {
    let wanted = Wanted::by(headers);
    match gate.auth().visit(secret).await {
        Ok(cookie) => with_cookie(leading(gate, uri, SHARE, language::preferred(headers)), &cookie),
        Err(why) => no_entry(why, wanted),
    }
}

/// Sends the browser to the same page without the secret of a share link.
pub fn go_on(gate: &Gate, uri: &Uri, language: Language) -> Response {
    leading(gate, uri, SHARE, language)
}

/// Sends the browser to the same page again, this time from a page of ours.
pub fn come_again(gate: &Gate, uri: &Uri, language: Language) -> Response {
    leading(gate, uri, TOKEN, language)
}

/// Says that a share link opens nothing. Whether it ever did is nobody's business.
pub fn no_entry(why: NoEntry, wanted: Wanted) -> Response {
    let (status, title, sentence) = match why {
        NoEntry::Unknown => (StatusCode::NOT_FOUND, text::LINK_UNKNOWN, text::LINK_UNKNOWN_HINT),
        NoEntry::Expired => (StatusCode::GONE, text::LINK_EXPIRED, text::LINK_EXPIRED_HINT),
    };
    told(wanted, status, title, sentence)
}

/// Says that a guest's link works no more.
pub fn visit_over(wanted: Wanted) -> Response {
    challenging(told(wanted, StatusCode::UNAUTHORIZED, text::VISIT_OVER, text::VISIT_OVER_HINT))
}

fn told(wanted: Wanted, status: StatusCode, title: Text, sentence: Text) -> Response {
    match wanted {
        Wanted::Page(language) => SmallPage::new(language, title).saying(sentence).respond(status),
        Wanted::Json => answer::refuse_program(status, &format!("{}. {}", title.english, sentence.english)),
    }
}

/// A page that leads to the same one without a parameter.
fn leading(gate: &Gate, uri: &Uri, without: &str, language: Language) -> Response {
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
    SmallPage::new(language, text::OPENING).leading_to(&target).respond(StatusCode::OK)
}

/// Says that the token is not, or no longer, the right one.
pub fn wrong_token(gate: &Gate, wanted: Wanted) -> Response {
    refused(gate, wanted, text::WRONG_TOKEN)
}

/// Says that a credential is needed.
pub fn unknown(gate: &Gate, wanted: Wanted) -> Response {
    refused(gate, wanted, text::NOT_SIGNED_IN)
}

/// `GET /login`: the form.
pub async fn form(State(gate): State<Arc<Gate>>, headers: HeaderMap) -> Response {
    token_form(&gate, language::preferred(&headers), text::SIGN_IN, None).respond(StatusCode::OK)
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Entry {
    #[serde(default)]
    token: String,
}

/// `POST /login`: the cookie for the right token, the form again for a wrong one.
pub async fn sign_in(State(gate): State<Arc<Gate>>, headers: HeaderMap, Form(entry): Form<Entry>) -> Response {
    // People paste the whole printed address as often as the token in it.
    let pasted = entry.token.trim();
    let token = pasted.parse::<Uri>().ok().and_then(|uri| token_in(uri.query())).unwrap_or_else(|| pasted.to_owned());
    if gate.auth().accepts(&token) == Some(false) {
        return wrong_token(&gate, Wanted::Page(language::preferred(&headers)));
    }
    signed_in(&gate, Redirect::to(&gate.places().base_path().join("/")).into_response())
}

/// `GET /logout`: the browser forgets.
pub async fn sign_out(State(gate): State<Arc<Gate>>, headers: HeaderMap) -> Response {
    let page = token_form(&gate, language::preferred(&headers), text::SIGNED_OUT, Some(text::SIGNED_OUT_HINT));
    with_cookie(page.respond(StatusCode::OK), &gate.auth().sign_out())
}

fn refused(gate: &Gate, wanted: Wanted, why: Text) -> Response {
    challenging(match wanted {
        Wanted::Page(language) => {
            token_form(gate, language, text::SIGN_IN, Some(why)).respond(StatusCode::UNAUTHORIZED)
        }
        Wanted::Json => answer::refuse(wanted, StatusCode::UNAUTHORIZED, why),
    })
}

/// Says with an answer of 401 which credential would do.
pub fn challenging(mut response: Response) -> Response {
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"aetherterm\""));
    response
}

fn token_form(gate: &Gate, language: Language, title: Text, why: Option<Text>) -> SmallPage {
    let mut page = SmallPage::new(language, title);
    if let Some(why) = why {
        page = page.saying(why);
    }
    page.saying(text::SIGN_IN_HINT).asking_for_token(&gate.places().base_path().join("/login"))
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
