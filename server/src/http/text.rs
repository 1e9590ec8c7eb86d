//! What the small pages say, in each language. It stands here and not in the page's catalogue, so that no browser loads it.

use app::ui::Language;
use http::StatusCode;

/// A text in each language.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// English, which programs are told, too.
    pub english: &'static str,
    /// 日本語.
    pub japanese: &'static str,
}

impl Text {
    /// The text in a language.
    pub const fn to(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

macro_rules! texts {
    ($($name:ident: $english:literal, $japanese:literal;)+) => {
        $(pub const $name: Text = Text { english: $english, japanese: $japanese };)+

        /// All of them.
        #[cfg(test)]
        const ALL: &[Text] = &[$($name),+];
    };
}

texts! {
    // Share links.
    LINK_UNKNOWN: "This link does not work", "このリンクは使えません";
    LINK_UNKNOWN_HINT:
        "It is incomplete, or has been revoked. Check that the whole address was copied, or ask for a new link.",
        "リンクが途中で切れているか、取り消されています。アドレス全体をコピーしたか確認するか、新しいリンクを頼んでください。";
    LINK_EXPIRED: "This link has expired", "このリンクは期限切れです";
    LINK_EXPIRED_HINT:
        "Its time is over. Ask whoever sent it to you for a new one.",
        "有効期限が過ぎました。送ってくれた人に新しいリンクを頼んでください。";
    VISIT_OVER: "Your visit has ended", "閲覧は終了しました";
    VISIT_OVER_HINT:
        "The link you came by works no more. Ask for a new one to come back.",
        "お使いのリンクは無効になりました。戻るには新しいリンクを頼んでください。";
    NOT_FOR_GUESTS:
        "Guests see what was shared with them, and nothing else.",
        "ゲストが見られるのは、共有されたものだけです。";

    // Coming in.
    OPENING: "Opening AetherTerm", "AetherTerm を開いています";
    CONTINUE: "Continue", "続ける";
    SIGN_IN: "Sign in to AetherTerm", "AetherTerm にサインイン";
    SIGN_IN_HINT:
        "Open the URL that aetherterm printed when it started, or paste it or its token here.",
        "起動時に aetherterm が表示した URL を開くか、その URL またはトークンをここに貼り付けてください。";
    SIGN_IN_BUTTON: "Sign in", "サインイン";
    TOKEN: "Token", "トークン";
    WRONG_TOKEN:
        "This token is not valid. A token lasts as long as the server that printed it.",
        "このトークンは無効です。トークンは、それを表示したサーバーが動いている間だけ有効です。";
    NOT_SIGNED_IN: "You are not signed in.", "サインインしていません。";
    SIGNED_OUT: "Signed out", "サインアウトしました";
    SIGNED_OUT_HINT:
        "The terminals go on. To come back, use the printed URL or its token.",
        "ターミナルは動き続けます。戻るには、表示された URL またはトークンを使ってください。";

    // What is not answered.
    FOREIGN_HOST:
        "This server does not answer to that host name. If the name is yours, start aetherterm with --allow-origin and \
         the address that browsers use.",
        "このサーバーはそのホスト名には応答しません。ご自身のホスト名なら、ブラウザーで使うアドレスを --allow-origin に指定して \
         aetherterm を起動してください。";
    FOREIGN_ORIGIN:
        "This request does not come from a page of this server. Programs send `Authorization: Bearer` and the token; \
         another address of the page is permitted with --allow-origin.",
        "このリクエストは、このサーバーのページからのものではありません。プログラムは `Authorization: Bearer` \
         とトークンを送ってください。別のアドレスのページは --allow-origin で許可できます。";
    NO_BEARER:
        "Send `Authorization: Bearer` and a token.",
        "`Authorization: Bearer` とトークンを送ってください。";
    NOTHING_HERE: "There is nothing at this address.", "このアドレスには何もありません。";
    NO_SITE:
        "The page is missing: this server was started without a built site (`site`, --site-root). Everything else works.",
        "ページがありません。このサーバーは、ビルド済みのサイト(`site`、--site-root)なしで起動されました。ほかの機能は使えます。";
    FOR_ADMINS: "The tracker is shown to admins.", "トラッカーを見られるのは管理者だけです。";

    // Headings of answers.
    FORBIDDEN: "Forbidden", "アクセスできません";
    NOT_FOUND: "Not Found", "見つかりません";
    UNAVAILABLE: "Service Unavailable", "利用できません";
    REFUSED: "Refused", "拒否されました";
}

/// The heading of a page with a status.
pub const fn heading(status: StatusCode) -> Text {
    match status {
        StatusCode::FORBIDDEN => FORBIDDEN,
        StatusCode::NOT_FOUND => NOT_FOUND,
        StatusCode::SERVICE_UNAVAILABLE => UNAVAILABLE,
        _ => REFUSED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages_and_ends_alike() {
        for text in ALL {
            assert!(text.english.is_ascii() && !text.japanese.is_ascii(), "{text:?}");
            assert_eq!(text.english.ends_with('.'), text.japanese.ends_with('。'), "{text:?}");
        }
    }
}
