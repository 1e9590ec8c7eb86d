//! Which of our languages a browser prefers.

use app::ui::Language;
use axum::http::{HeaderMap, header};

/// The language of a page for these request headers: the one we speak that `Accept-Language` gives the greatest weight
/// (RFC 9110 §12.5.4), else English.
pub fn preferred(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0, Language::default());
    for range in wanted.split(',') {
        let (tag, weight) =
            range.split_once(";q=").map_or((range, 1.0), |(tag, q)| (tag, q.trim().parse().unwrap_or(0.0)));
        let language = Language::from_tag(tag.trim());
        let is_ours = tag.trim().to_ascii_lowercase().starts_with(language.tag());
        // Among equals the first counts.
        if is_ours && weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Language) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, header.parse().unwrap())]);
        assert_eq!(preferred(&headers), expected, "{header}");
    }

    #[test]
    fn the_language_with_the_greatest_weight_is_taken() {
        check("ja", Language::Japanese);
        check("ja-JP,ja;q=0.9,en;q=0.8", Language::Japanese);
        check("en-US,en;q=0.9,ja;q=0.8", Language::English);
        check("fr,en;q=0.5,ja;q=0.7", Language::Japanese);
        check("en;q=0.2, ja;q=0.3", Language::Japanese);
    }

    #[test]
    fn a_language_that_we_do_not_speak_leaves_english() {
        check("fr-FR,fr;q=0.9", Language::English);
        check("*", Language::English);
        check("ja;q=loud", Language::English);
        assert_eq!(preferred(&HeaderMap::new()), Language::English);
    }
}
