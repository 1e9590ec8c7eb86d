//! Answers that are not the application: small pages for people, small JSON for programs.

use std::fmt::Write;

use app::{
    protocol::{Refusal, RefusalCode},
    ui::Language,
};
use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use leptos::nonce::Nonce;
use serde::Serialize;

use super::{
    language,
    security::Policy,
    text::{self, Text},
};

/// What the asker can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// HTML, because a person looks at it, who reads this language.
    Page(Language),
    /// JSON, because a program does.
    Json,
}

impl Wanted {
    /// Browsers ask for HTML by name when they open a page; nobody else does.
    pub fn by(headers: &HeaderMap) -> Self {
        let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if accepts.contains("text/html") { Self::Page(language::preferred(headers)) } else { Self::Json }
    }
}

/// Refuses with a status and a sentence.
pub fn refuse(wanted: Wanted, status: StatusCode, why: Text) -> Response {
    match wanted {
        Wanted::Page(language) => SmallPage::new(language, text::heading(status)).saying(why).respond(status),
        Wanted::Json => refuse_program(status, why.english),
    }
}

/// Refuses a program with a status and what a person may make of it.
pub fn refuse_program(status: StatusCode, why: &str) -> Response {
    #[derive(Serialize)]
    struct Refused {
        error: Refusal,
    }
    (status, Json(Refused { error: Refusal::new(code(status), why) })).into_response()
}

/// Answers where there is nothing.
pub async fn not_found(headers: HeaderMap) -> Response {
    refuse(Wanted::by(&headers), StatusCode::NOT_FOUND, text::NOTHING_HERE)
}

fn code(status: StatusCode) -> RefusalCode {
    match status {
        StatusCode::UNAUTHORIZED => RefusalCode::Unauthenticated,
        StatusCode::FORBIDDEN => RefusalCode::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::GONE => RefusalCode::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => RefusalCode::NotConfigured,
        _ => RefusalCode::Internal,
    }
}

/// A page of a few sentences, which needs neither the site nor a script to be read.
pub struct SmallPage {
    language: Language,
    nonce: Nonce,
    title: &'static str,
    head: String,
    body: String,
}

impl SmallPage {
    /// Begins with a title, which is the heading as well.
    pub fn new(language: Language, title: Text) -> Self {
        let title = title.to(language);
        Self { language, nonce: Nonce::new(), title, head: String::new(), body: String::new() }
    }

    /// Adds a paragraph.
    pub fn saying(mut self, sentence: Text) -> Self {
        self.body.push_str("<p>");
        self.body.push_str(&escape(sentence.to(self.language)));
        self.body.push_str("</p>");
        self
    }

    /// Goes on to a path of ours at once, with the fragment it came with, by script or without.
    pub fn leading_to(mut self, path: &str) -> Self {
        let Self { language, nonce, head, body, .. } = &mut self;
        let go_on = text::CONTINUE.to(*language);
        let script = serde_json::Value::from(path).to_string().replace('<', "\\u003c");
        let html = escape(path);
        write!(
            head,
            "<script nonce=\"{nonce}\">location.replace({script} + location.hash)</script>\
             <noscript><meta http-equiv=\"refresh\" content=\"0;url={html}\"></noscript>"
        )
        .and_then(|()| write!(body, "<p><a href=\"{html}\">{go_on}</a></p>"))
        .expect("a string takes any text");
        self
    }

    /// Adds the form that takes a token.
    pub fn asking_for_token(mut self, action: &str) -> Self {
        let (token, sign_in) = (text::TOKEN.to(self.language), text::SIGN_IN_BUTTON.to(self.language));
        write!(
            self.body,
            "<form method=\"post\" action=\"{}\"><label for=\"token\">{token}</label>\
             <input id=\"token\" name=\"token\" type=\"password\" autocomplete=\"off\" required autofocus>\
             <button>{sign_in}</button></form>",
            escape(action)
        )
        .expect("a string takes any text");
        self
    }

    /// Finishes the page, under the same policy as the application's.
    pub fn respond(self, status: StatusCode) -> Response {
        let Self { language, nonce, title, head, body } = self;
        let (title, tag) = (escape(title), language.tag());
        let html = format!(
            "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
             <style nonce=\"{nonce}\">{STYLE}</style>{head}</head><body><main><h1>{title}</h1>{body}</main></body></html>"
        );
        let policy = Policy::default().with_nonce(&nonce);
        (
            status,
            [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, super::security::NO_STORE)],
            Html(html),
        )
            .into_response()
    }
}

const STYLE: &str = ":root{color-scheme:light dark}\
    body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif}\
    main{box-sizing:border-box;width:min(30rem,100%);padding:1.5rem}h1{font-size:1.25rem;margin:0 0 .75rem}\
    form{display:grid;gap:.5rem;margin-top:1.25rem}input,button{font:inherit;padding:.5rem .75rem}";

/// Makes text safe between tags and inside quoted attributes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asks_for_html_gets_it() {
        let wanted = |accept: &str| Wanted::by(&[(header::ACCEPT, accept.parse().unwrap())].into_iter().collect());
        assert_eq!(wanted("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), Wanted::Page(Language::English));
        assert_eq!(wanted("*/*"), Wanted::Json);
        assert_eq!(wanted("application/json"), Wanted::Json);
        assert_eq!(Wanted::by(&HeaderMap::new()), Wanted::Json);
    }

    #[test]
    fn no_path_can_break_out_of_the_page_that_leads_to_it() {
        let page = SmallPage::new(Language::English, text::OPENING).leading_to("/?a=\"</script><b>'&c");
        assert_eq!(page.head.matches("</script>").count(), 1, "{}", page.head);
        assert!(page.head.contains(r#"location.replace("/?a=\"\u003c/script>"#), "{}", page.head);
        assert!(page.head.contains("url=/?a=&quot;&lt;/script&gt;"), "{}", page.head);
    }
}
