//! Sessions.

texts! {
    Sessions: "Sessions", "セッション";
    SessionNamed: "Session: {}", "セッション: {}";
    NewSession: "New session", "新しいセッション";
    EditSession: "Name and settings", "名前と設定";
    SessionSettings: "Session settings", "セッションの設定";
    LeaveSession: "Leave the session", "セッションを退出";
    DeleteSessionAsk: "Delete the session", "セッションを削除";
    InNoSession: "You are in no session.", "参加しているセッションはありません。";
    ChooseSession: "Choose a session", "セッションを選択";
    ShowSessions: "Show the sessions", "セッションの一覧を表示";
    CreateSession: "Create", "作成";
    Save: "Save", "保存";
    Name: "Name", "名前";
    NameHint: "named after you", "あなたの名前が使われます";
    Description: "What it is for", "説明";
    DescriptionHint: "seen by everybody in it", "参加者全員に表示されます";
    AllowObservers: "Viewers may be in it", "閲覧者の参加を許可";
    AllowObserversHint: "They see everything and type nothing. Off: viewers who are here are put out.",
        "すべて見えますが入力はできません。オフにすると、参加中の閲覧者は退出します。";
    AllowCollaborators: "Collaborators may be in it", "共同作業者の参加を許可";
    AllowCollaboratorsHint: "They type, and arrange tabs and panes. Off: collaborators who are here are put out.",
        "入力とタブ・ペインの操作ができます。オフにすると、参加中の共同作業者は退出します。";
    RequireApproval: "Ask me before somebody comes in", "参加の前に確認する";
    RequireApprovalHint: "Whoever comes by a link waits until you let them in.", "リンクで来た人は、あなたが許可するまで待ちます。";
    AutoClose: "End it when my last window goes", "自分のウィンドウがなくなったら終了";
    AutoCloseHint: "Everybody else is put out, and the shells end.", "ほかの参加者は退出し、シェルも終了します。";
    SessionTimeout: "End idle shells after minutes", "無人のシェルを終了するまでの分数";
    SessionTimeoutHint: "Counted while no window shows the session; 0 for never.", "誰も見ていない間だけ数えます。0 で終了しません。";
    MaxUsers: "The most people in it", "最大人数";
    MaxUsersHint: "You included. Whoever comes later is turned away.", "あなたを含みます。超えた人は参加できません。";
    Leave: "Leave", "退出";
    LeaveTitle: "Leave “{}”?", "「{}」を退出しますか?";
    LeaveWhy: "To come back you need a new link, or its owner.", "戻るには新しいリンクか、所有者の招待が必要です。";
    LeaveAsGuest: "Your visit ends. To come back, open the link again.", "訪問を終了します。戻るにはリンクをもう一度開いてください。";
    DeleteTitle: "Delete “{}” for everybody?", "「{}」を全員から削除しますか?";
    DeleteTabs: "Its tabs go: {}.", "タブが失われます: {}。";
    DeleteShells: "Their shells end, with what runs in them: {}.", "シェルと実行中のプログラムが終了します: {}。";
    DeleteWords: "Its chat is lost, and its share links end.", "チャットは失われ、共有リンクは無効になります。";
    DeleteOthers: "Others who lose it: {}.", "ほかに失う人: {}。";
    DeleteSession: "Delete", "削除";
    SessionDeleted: "“{}” was deleted by its owner.", "「{}」は所有者により削除されました。";
    RemovedFrom: "You are no longer in “{}”: its owner has decided so.", "所有者の判断により「{}」から退出しました。";
    UnreadMessages: "unread messages", "件の未読メッセージ";
}
