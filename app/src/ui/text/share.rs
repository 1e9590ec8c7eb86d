//! Share links.

texts! {
    Share: "Share", "共有";
    Links: "Share links", "共有リンク";
    NewLink: "New share link", "新しい共有リンク";
    MakeLink: "Make the link", "リンクを作成";
    NoLinks: "Nobody can come in by a link.", "有効なリンクはありません。";
    GuestsMay: "Who opens it comes in as", "参加時の役割";
    LinkLetsLook: "They see the terminals and chat; they cannot type.", "端末の閲覧とチャットができます。入力はできません。";
    LinkLetsType: "They type into your shells, as you.", "あなたの権限でシェルに入力できます。";
    LinkWorks: "It works for", "有効期間";
    OneHour: "one hour", "1 時間";
    OneDay: "one day", "1 日";
    OneWeek: "one week", "1 週間";
    OneMonth: "30 days", "30 日";
    UntilRevoked: "until I revoke it", "取り消すまで";
    OnlyThisTerminal: "This terminal only", "この端末だけ";
    OnlyThisTerminalHint: "Guests see nothing else of the session.", "ゲストにはほかの部分が見えません。";
    ApprovalHint: "You are asked before each guest comes in.", "ゲストの参加前に確認されます。";
    LinkOnce: "Copy it now: it is shown this once. Whoever has it can come in.",
        "今すぐコピーしてください。表示は今回限りです。リンクを持つ人は誰でも参加できます。";
    Address: "Address", "アドレス";
    WholeSession: "whole session", "セッション全体";
    OneTerminal: "one terminal", "端末 1 つ";
    EndsIn: "ends in {}", "残り {}";
    EndsNever: "until revoked", "無期限";
    NoGuests: "no guests", "ゲストなし";
    GuestsHere: "guests: {}", "ゲスト: {}";
    Revoke: "Revoke", "取り消す";
    RevokeTitle: "Revoke the link?", "リンクを取り消しますか?";
    RevokeWhy: "Guests who came by it are put out at once: {}.", "このリンクのゲストは直ちに退出します: {}。";
}
