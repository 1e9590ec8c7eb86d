//! Every text of the page, in English and Japanese, side by side: a message without both does not compile.

mod language;

use leptos::prelude::{Get, GetUntracked, RwSignal, expect_context};

pub use language::Language;

/// The page's texts in the language of the moment.
#[derive(Clone, Copy)]
pub struct Texts(pub RwSignal<Language>);

impl Texts {
    /// The text now; reading it in a view follows the language.
    #[must_use]
    pub fn now(self, message: Message) -> &'static str {
        message.text(self.0.get())
    }

    /// The text now, for an event handler: nothing follows it.
    #[must_use]
    pub fn once(self, message: Message) -> &'static str {
        message.text(self.0.get_untracked())
    }

    /// The text with `value` in its gap.
    #[must_use]
    pub fn filled(self, message: Message, value: impl std::fmt::Display) -> String {
        self.now(message).replace(GAP, &value.to_string())
    }

    /// The text as a view keeps it: it changes with the language.
    pub fn of(self, message: Message) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || self.now(message)
    }
}

/// The texts of the page; there from the root component on.
#[must_use]
pub fn use_texts() -> Texts {
    expect_context()
}

/// Where a text has a gap for one value.
const GAP: &str = "{}";

macro_rules! catalogue {
    ($($name:ident: $english:literal, $japanese:literal;)+) => {
        /// A text of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each message is documented by its own text")]
        pub enum Message { $($name),+ }

        impl Message {
            /// The text in `language`.
            #[must_use]
            pub const fn text(self, language: Language) -> &'static str {
                let (english, japanese) = TEXTS[self as usize];
                match language {
                    Language::English => english,
                    Language::Japanese => japanese,
                }
            }
        }

        /// The texts in the order of the messages.
        static TEXTS: &[(&str, &str)] = &[$(($english, $japanese)),+];

        #[cfg(test)]
        const ALL: &[Message] = &[$(Message::$name),+];
    };
}

catalogue! {
    // The frame.
    SkipToTerminal: "Skip to the terminal", "端末へ移動";
    Tabs: "Tabs", "タブ";
    Dock: "Tools", "ツール";
    ShowDock: "Show tools", "ツールを表示";
    HideDock: "Hide tools", "ツールを隠す";
    Commands: "Commands", "コマンド";
    FindCommand: "Find a command", "コマンドを検索";
    NoSuchCommand: "No command fits.", "該当するコマンドがありません。";
    Theme: "Colours: {}", "配色: {}";
    ThemeSystem: "system", "システム";
    ThemeDark: "dark", "ダーク";
    ThemeLight: "light", "ライト";
    ToggleDock: "Show or hide the tools", "ツールの表示を切り替え";
    ShowMonitor: "Show the Socket Monitor", "ソケットモニターを表示";
    ShowTraces: "Show the traces", "トレースを表示";
    PauseMonitor: "Pause or resume the monitor", "モニターの一時停止を切り替え";
    ClearMonitor: "Clear the monitor", "モニターを消去";
    SwitchTheme: "Switch the colours", "配色を切り替え";
    SwitchLanguage: "日本語で表示", "Show in English";
    FocusTerminal: "Focus the terminal", "端末にフォーカス";
    Reconnect: "Connect again now", "今すぐ再接続";
    StatusBar: "Status", "ステータス";
    Close: "Close", "閉じる";
    Dismiss: "Dismiss", "閉じる";
    Notices: "Notices", "お知らせ";
    NoSession: "Waiting for the session", "セッションを待っています";

    // A pane.
    Terminal: "Terminal", "端末";
    ShellOpening: "Opening the shell…", "シェルを開いています…";
    ShellExited: "The shell ended with code {}.", "シェルはコード {} で終了しました。";
    ShellSignalled: "The shell was ended by {}.", "シェルは {} により終了しました。";
    ShellEnded: "The shell has ended.", "シェルは終了しました。";
    ShellRefused: "No shell: {}", "シェルを開けません: {}";
    ShellTimeout: "No shell: the server did not answer in time.", "シェルを開けません: サーバーが時間内に応答しませんでした。";
    NewShell: "New shell", "新しいシェル";
    ShellDetached: "The shell was ended because nobody came back to it.", "戻ってくる人がいなかったため、シェルを終了しました。";
    ShellIdled: "The shell was ended because nothing happened in it.", "操作も出力もなかったため、シェルを終了しました。";
    ShellLost: "The shell is lost: what ran it has failed.", "シェルを動かしていたプロセスが停止したため、シェルは失われました。";
    ShellIdle: "Nothing happens in this shell: it ends in {} s unless you type.", "このシェルには動きがありません。何も入力しなければ {} 秒後に終了します。";
    InputWaits: "{} typed bytes wait for the shell.", "入力 {} バイトがシェルを待っています。";
    InputFull: "No more is kept until the shell can take it.", "シェルが受け取れるまで、これ以上は保持されません。";
    InputUncertain: "The connection broke while {} bytes were under way. They may not have arrived, and are not sent again.",
        "送信中の {} バイトの途中で接続が切れました。届いていない可能性がありますが、再送はしません。";
    InputRefused: "The input was not taken: {}", "入力は受け付けられませんでした: {}";
    InputNotRead: "The program does not read its input; the rest waits.", "プログラムが入力を読んでいません。残りは待機しています。";

    LinkOpens: "Ctrl+click opens it", "Ctrl+クリックで開きます";
    Progress: "Progress", "進行状況";
    RendererFailed: "WebGL is not available here: the page draws the letters itself.",
        "WebGL を利用できないため、ページ自身が文字を描画します。";

    // Paste and clipboard.
    PasteLine: "Paste and run a line?", "1 行を貼り付けて実行しますか?";
    PasteLines: "Paste {} lines?", "{} 行を貼り付けますか?";
    PasteRuns: "The program has not asked for pastes as a whole: each line end acts as Enter.",
        "このプログラムは貼り付けをまとめて受け取りません。改行ごとに Enter として実行されます。";
    PasteTooLong: "A line is longer than 4,095 bytes. A program that reads by lines gets only its beginning.",
        "4,095 バイトを超える行があります。行単位で読むプログラムには先頭しか届きません。";
    PastePreview: "How it begins", "先頭部分";
    PasteNeverAsk: "Do not ask again", "今後は確認しない";
    Cancel: "Cancel", "キャンセル";
    Pasting: "Pasting {}", "貼り付け中 {}";
    CancelPaste: "Cancel the paste", "貼り付けを中止";
    CopySelection: "Copy the selection", "選択範囲をコピー";
    CopyOutput: "Copy the last command's output", "最後のコマンドの出力をコピー";
    NoOutput: "The shell has marked no finished command.", "シェルが印を付けた終了済みコマンドがありません。";
    PreviousCommand: "Go to the previous command", "前のコマンドへ移動";
    NextCommand: "Go to the next command", "次のコマンドへ移動";
    LastCommand: "Last command", "最後のコマンド";
    Exit: "exit {}", "終了 {}";
    Running: "running", "実行中";
    ClipboardAsked: "A program wants to copy {} characters to the clipboard.",
        "プログラムがクリップボードに {} 文字をコピーしようとしています。";
    ClipboardNeedsClick: "The browser wants a click before {} characters are copied.",
        "{} 文字をコピーするにはクリックが必要です。";
    ClipboardOnce: "Copy", "コピー";
    ClipboardAlways: "Always allow", "常に許可";
    ClipboardNever: "Never", "許可しない";
    ClipboardWritten: "A program copied {} characters to the clipboard.", "プログラムが {} 文字をコピーしました。";
    ClipboardDenied: "A program wanted to copy; the settings forbid it.", "プログラムのコピーは設定により拒否されました。";
    ClipboardTooLarge: "A program wanted to copy more than 1 MiB; nothing was copied.",
        "プログラムが 1 MiB を超えるコピーを試みたため、拒否しました。";

    // Search.
    FindCommandName: "Find in the terminal", "端末内を検索";
    FindInTerminal: "Find in the terminal", "端末内を検索";
    FindPrevious: "Previous match", "前の一致";
    FindPreviousKeys: "Previous match (Enter)", "前の一致 (Enter)";
    FindNext: "Next match", "次の一致";
    FindNextKeys: "Next match (Shift+Enter)", "次の一致 (Shift+Enter)";
    MatchCase: "Match case", "大文字と小文字を区別";
    RegularExpression: "Regular expression", "正規表現";
    FoundNothing: "none", "なし";
    FoundMalformed: "not a pattern", "正規表現が不正";
    FindUnavailable: "unavailable", "利用不可";

    // Settings.
    Settings: "Settings", "設定";
    RestoreDefaults: "Restore the defaults", "初期設定に戻す";
    Done: "Done", "完了";
    Appearance: "Appearance", "外観";
    Behaviour: "Behaviour", "動作";
    ProgramsMay: "Programs in the terminal may", "端末内のプログラムへの許可";
    Colours: "Colours", "配色";
    Language: "Language", "言語";
    FontSize: "Font size", "文字サイズ";
    FontFamily: "Font family", "フォント";
    FontFamilyHint: "the page's own", "ページの既定";
    CursorShape: "Cursor", "カーソル";
    CursorBlock: "block", "ブロック";
    CursorUnderline: "underline", "下線";
    CursorBar: "bar", "縦線";
    CursorBlink: "Cursor blinks", "カーソルの点滅";
    Contrast: "Least contrast", "最小コントラスト";
    ContrastAsIs: "as the program says", "プログラムのまま";
    ContrastReadable: "readable (4.5)", "読みやすい (4.5)";
    ContrastHigh: "high (7)", "高い (7)";
    Renderer: "Drawn by", "描画方式";
    RendererAuto: "what is fastest", "自動";
    RendererWebGl: "WebGL", "WebGL";
    RendererDom: "the document", "DOM";
    Scrollback: "Lines kept above the screen", "スクロールバックの行数";
    CopyOnSelect: "Copy what is selected", "選択と同時にコピー";
    PasteWarning: "Ask before lines are pasted into a prompt", "複数行の貼り付け前に確認";
    BellSound: "Audible bell", "ベル音";
    ScreenReader: "Tell output to screen readers", "出力をスクリーンリーダーに通知";
    ClipboardWrite: "write the clipboard", "クリップボードへの書き込み";
    ClipboardRead: "read the clipboard", "クリップボードの読み取り";
    PermissionAsk: "after asking", "確認する";
    PermissionAllow: "always", "常に許可";
    PermissionDeny: "never", "許可しない";
    LargerText: "Larger text", "文字を大きく";
    SmallerText: "Smaller text", "文字を小さく";
    ResetText: "Default text size", "文字サイズを戻す";

    // Tabs and panes.
    NewTab: "New tab", "新しいタブ";
    CloseTab: "Close the tab", "タブを閉じる";
    CloseTabNamed: "Close the tab {}", "タブ「{}」を閉じる";
    RenameTab: "Rename the tab", "タブの名前を変更";
    TabTitle: "Title of the tab", "タブの名前";
    NextTab: "Next tab", "次のタブ";
    PreviousTab: "Previous tab", "前のタブ";
    TabLater: "Move the tab right", "タブを右へ移動";
    TabEarlier: "Move the tab left", "タブを左へ移動";
    StirOutput: "new output", "新しい出力";
    StirBell: "calls for attention", "注意を求めています";
    SplitRight: "Split right", "右に分割";
    SplitBelow: "Split below", "下に分割";
    ClosePane: "Close the pane", "ペインを閉じる";
    ZoomPane: "Show this pane alone, or all again", "ペインの単独表示を切り替え";
    ShowAlone: "Show this pane alone", "このペインだけを表示";
    ShowAll: "Show all panes", "すべてのペインを表示";
    GoLeft: "Go to the pane at the left", "左のペインへ";
    GoRight: "Go to the pane at the right", "右のペインへ";
    GoUp: "Go to the pane above", "上のペインへ";
    GoDown: "Go to the pane below", "下のペインへ";
    NextPane: "Next pane", "次のペイン";
    PreviousPane: "Previous pane", "前のペイン";
    PaneOf: "pane {}", "ペイン {}";
    ArrangeEven: "Make all panes equally large", "ペインを均等にする";
    ArrangeRow: "Place all panes side by side", "ペインを横に並べる";
    ArrangeColumn: "Place all panes one above the other", "ペインを縦に並べる";
    ArrangeGrid: "Place all panes in a grid", "ペインを格子状に並べる";
    Divider: "Divider between panes", "ペインの境界";
    CloseTabAsked: "Close the tab and end what runs in it?", "タブを閉じて実行中のコマンドを終了しますか?";
    ClosePaneAsked: "Close the pane and end what runs in it?", "ペインを閉じて実行中のコマンドを終了しますか?";
    StillRuns: "Still running: {}", "実行中: {}";
    PaneEmpty: "There is no shell in this pane.", "このペインにはシェルがありません。";
    PaneTools: "Pane", "ペイン";

    // The connection.
    Connecting: "Connecting", "接続中";
    ConnectingLong: "Connecting to the server…", "サーバーに接続しています…";
    Online: "Connected", "接続済み";
    Offline: "Disconnected", "切断";
    ConnectionLost: "The connection broke.", "接続が切れました。";
    RetryIn: "Next attempt in {}", "{}後に再試行";
    RetryingNow: "Trying again…", "再試行しています…";
    Attempt: "attempt {}", "{} 回目";
    RetryNow: "Retry now", "今すぐ再試行";
    SignedOut: "You are signed out.", "サインアウトしました。";
    SignedOutWhy: "The server no longer knows this window. Your shells keep running.",
        "サーバーはこのウィンドウを認識していません。シェルは動き続けています。";
    SignIn: "Sign in", "サインイン";
    ServerClosing: "The server is closing.", "サーバーが終了します。";
    WebSocket: "websocket", "websocket";
    Polling: "polling", "polling";

    // The key bar.
    KeyBar: "Keys", "キー";
    KeyLeft: "Arrow left", "左矢印";
    KeyUp: "Arrow up", "上矢印";
    KeyDown: "Arrow down", "下矢印";
    KeyRight: "Arrow right", "右矢印";
    Paste: "Paste", "貼り付け";
    PasteDenied: "The browser does not let this page read the clipboard.",
        "ブラウザーがクリップボードの読み取りを許可していません。";

    // The status bar.
    Echo: "echo", "エコー";
    EchoWhat: "From a key to its paint, over the last 256 keys", "キー入力から描画まで (直近 256 回)";
    TerminalSize: "Terminal size", "端末のサイズ";
    ExportOk: "export ok", "エクスポート正常";
    ExportSum: "Spans of this page: all = taken by the server + waiting + left with the browser + lost:",
        "このページのスパン: 全体 = サーバー受領 + 待機 + ブラウザー保管 + 損失:";
    ExportOff: "export off", "エクスポート停止";
    Lost: "{} lost", "損失 {}";

    // The monitor.
    SocketMonitor: "Socket Monitor", "ソケットモニター";
    RoundTrip: "round trip", "往復時間";
    Pending: "pending", "応答待ち";
    P99: "p99", "p99";
    Errors: "errors", "エラー";
    Transport: "transport", "転送方式";
    Reconnects: "reconnects", "再接続";
    ClockOffset: "clock offset", "時計のずれ";
    PendingRequests: "Pending requests", "応答待ちの要求";
    NothingPending: "Nothing waits for an answer.", "応答待ちの要求はありません。";
    Activity: "Activity", "アクティビティ";
    LiveRows: "live · {} rows", "ライブ · {} 行";
    PausedRows: "paused · {} new", "一時停止 · 新着 {}";
    SearchRows: "Event, trace id, text", "イベント、トレースID、テキスト";
    AllEvents: "all events", "すべてのイベント";
    AnyStatus: "any status", "すべての状態";
    Event: "event", "イベント";
    Status: "status", "状態";
    FilterAll: "all", "すべて";
    FilterSlow: "slow", "遅い";
    FilterErrors: "errors", "エラー";
    MinDuration: "Minimum duration in ms", "最小時間 (ms)";
    Pause: "Pause", "一時停止";
    Resume: "Resume", "再開";
    Clear: "Clear", "消去";
    ExportJson: "Export JSON", "JSONで書き出す";
    ExportCsv: "Export CSV", "CSVで書き出す";
    Waiting: "waiting", "待機中";
    StatusError: "error", "エラー";
    StatusTimeout: "timeout", "タイムアウト";
    StatusLate: "late", "遅延応答";
    StatusDisconnected: "disconnected", "切断";
    StatusReceived: "received", "受信";
    StatusSent: "sent", "送信済み";
    DroppedRows: "{} older rows let go", "古い {} 行は破棄済み";
    Events: "Events", "イベント別";
    Count: "count", "回数";
    Rate: "rate/s", "回/秒";
    P50: "p50", "p50";
    P95: "p95", "p95";
    ErrorsShort: "err", "失敗";
    TimeoutsShort: "t/o", "超過";
    LastMinute: "last minute", "直近1分";
    NoEvents: "No event has been counted yet.", "まだイベントはありません。";
    EmptyTrackingOff: "Tracking is switched off on this server.", "このサーバーでは追跡が無効です。";
    EmptyTrackingOffHint: "Start it with VITE_SOCKET_TRACKING_ENABLED=true to see messages here.",
        "VITE_SOCKET_TRACKING_ENABLED=true で起動するとここに表示されます。";
    EmptyNotConnected: "Not connected.", "接続されていません。";
    EmptyNotConnectedHint: "Messages appear as soon as the connection stands.", "接続されるとメッセージが表示されます。";
    EmptyPaused: "Paused before the first message.", "最初のメッセージの前に一時停止されました。";
    EmptyPausedHint: "Nothing is lost: resume to see what came in.", "失われたものはありません。再開すると表示されます。";
    EmptyFiltered: "No message fits the filter.", "条件に合うメッセージがありません。";
    ClearFilter: "Clear the filter", "条件を解除";
    EmptyQuiet: "No message yet.", "まだメッセージはありません。";
    EmptyQuietHint: "Type in the terminal to see it here.", "端末に入力するとここに表示されます。";

    // Traces.
    Traces: "Traces", "トレース";
    TraceList: "Traces, newest first", "トレース (新しい順)";
    SearchTraces: "Name, attribute, trace id", "名前、属性、トレースID";
    TracesLoading: "Reading traces…", "トレースを読み込んでいます…";
    TracesEmpty: "No trace yet.", "まだトレースはありません。";
    TracesEmptyHint: "Each request of this window becomes one.", "このウィンドウの要求ごとに作られます。";
    TracesFailed: "Traces cannot be read: {}", "トレースを読み込めません: {}";
    TryAgain: "Try again", "再試行";
    SpanCount: "{} spans", "{} スパン";
    Trace: "Trace", "トレース";
    NoTraceChosen: "Choose a trace to see where its time went.", "トレースを選ぶと時間の内訳が表示されます。";
    TracesFiltered: "No trace fits.", "条件に合うトレースがありません。";
    TraceGone: "This trace is not stored: it was not sampled, or newer ones took its place.",
        "このトレースは保存されていません。サンプリングされなかったか、新しいものに置き換えられました。";
    Waterfall: "Waterfall", "ウォーターフォール";
    LaneBrowser: "browser", "ブラウザー";
    LaneNetwork: "network", "ネットワーク";
    LaneServer: "server", "サーバー";
    LanePty: "pty", "pty";
    NetworkUp: "network up", "上り";
    NetworkDown: "network down", "下り";
    Attributes: "Attributes", "属性";
    NoAttributes: "This span has no attributes.", "このスパンに属性はありません。";
    Copy: "Copy", "コピー";
    CopyTraceId: "trace id", "トレースID";
    OpenInBackend: "Open in backend", "バックエンドで開く";
    Copied: "Copied.", "コピーしました。";
    CopyDenied: "The browser does not let this page write the clipboard.",
        "ブラウザーがクリップボードへの書き込みを許可していません。";

    // Sessions.
    Sessions: "Sessions", "セッション";
    SessionNamed: "Session: {}", "セッション: {}";
    NewSession: "New session", "新しいセッション";
    EditSession: "Name and settings", "名前と設定";
    SessionSettings: "Session settings", "セッションの設定";
    LeaveSession: "Leave the session", "セッションを退出";
    DeleteSessionAsk: "Delete the session", "セッションを削除";
    InNoSession: "You are in no session.", "参加しているセッションはありません。";
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

    // People.
    People: "People", "参加者";
    ShowPeople: "Show the people", "参加者を表示";
    PeopleOnline: "People: {} here", "参加者: {} 人がオンライン";
    PeopleAsking: "ask to come in", "人が参加を希望";
    PresentHere: "Here: {}", "参加中: {}";
    Types: "{} types", "{} が入力中";
    TypesHint: "Its keys lead. Type to take over.", "入力すると操作を引き継ぎます。";
    OtherWindowTypes: "another window of yours types", "別のウィンドウで入力中";
    Away: "away", "不在";
    Present: "here", "オンライン";
    InTab: "here, in “{}”", "「{}」を表示中";
    You: "(you)", "(あなた)";
    Members: "Members", "メンバー";
    AloneHint: "Nobody else is here. Make a link to let somebody in.", "ほかに誰もいません。リンクを作成して招待できます。";
    RoleOwner: "owner", "所有者";
    RoleCollaborator: "collaborator", "共同作業者";
    RoleViewer: "viewer", "閲覧者";
    RoleOf: "Role of {}", "{} の役割";
    Remove: "Put out", "退出させる";
    RemoveNamed: "Put {} out", "{} を退出させる";
    RemoveTitle: "Put {} out?", "{} を退出させますか?";
    RemoveWhy: "They no longer see this session. A link that still works lets them in again.",
        "このセッションは見えなくなります。有効なリンクがあれば再び参加できます。";
    HandOver: "Hand over", "引き渡す";
    HandOverTitle: "Make {} the owner?", "{} を所有者にしますか?";
    HandOverWhy: "You become a collaborator, and only they can change that.", "あなたは共同作業者になり、元に戻せるのは新しい所有者だけです。";
    AskingTitle: "Ask to come in", "参加の希望";
    AsksForSession: "asks to come into “{}”.", "さんが「{}」への参加を希望しています。";
    Admit: "Admit", "許可";
    AdmitNamed: "Admit {}", "{} を許可";
    Refuse: "Refuse", "拒否";
    RefuseNamed: "Refuse {}", "{} を拒否";
    Later: "Later", "後で";

    // Share links.
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

    // The chat.
    Chat: "Chat", "チャット";
    ShowChat: "Show the chat", "チャットを表示";
    Messages: "Messages", "メッセージ";
    NewMessages: "New", "新着";
    Today: "Today", "今日";
    Yesterday: "Yesterday", "昨日";
    OlderMessages: "Older messages", "以前のメッセージ";
    NoMessages: "Nothing has been said yet.", "まだメッセージはありません。";
    NoMessagesHint: "What you write here, everybody in the session can read.", "ここに書いた内容は、セッションの全員が読めます。";
    WriteMessage: "Write a message", "メッセージを入力";
    WriteCommand: "Propose a command", "コマンドを提案";
    AsCommand: "Command", "コマンド";
    AsCommandHint: "Others can copy it; it does not run by itself", "ほかの人がコピーできます。自動では実行されません";
    Send: "Send", "送信";
    CommandKind: "Command:", "コマンド:";
    FileKind: "File:", "ファイル:";

    // Guests and viewers.
    YouAre: "You are {}.", "あなたは {} です。";
    ReadOnly: "You may look and chat, not type.", "閲覧とチャットのみで、入力はできません。";
    GuestTypes: "You may look and type.", "閲覧と入力ができます。";
    InputReadOnly: "Read only: the owner has not allowed you to type.", "閲覧専用です。所有者が入力を許可していません。";
    GateWaiting: "The owner has been asked", "所有者に確認しています";
    GateWaitingHint: "You come in as soon as they admit you. Leave this page open.", "許可されると自動的に参加します。このページを開いたままお待ちください。";
    GateWithdrawn: "You no longer ask to come in", "参加の希望を取り下げました";
    GateRefused: "The owner has not let you in", "参加は許可されませんでした";
    GateFull: "This session is full", "このセッションは満員です";
    GateFullHint: "Ask its owner to make room, then try again.", "所有者に空きを作ってもらい、もう一度お試しください。";
    GateOwnerAway: "The owner is not here", "所有者が不在です";
    GateOwnerAwayHint: "This session is open only while its owner is. Try again later.",
        "所有者がいる間だけ参加できます。後でもう一度お試しください。";
    GateRemoved: "The owner has ended your visit", "所有者があなたの訪問を終了しました";
    GateRemovedHint: "Ask whoever sent you the link.", "リンクの送り主に確認してください。";
    GateLeft: "You have left", "退出しました";
    GateLeftHint: "To come back, open the link again.", "戻るにはリンクをもう一度開いてください。";
    GateDeleted: "This session is no more", "このセッションは削除されました";
    GateDeletedHint: "Its owner has deleted it.", "所有者が削除しました。";
    GateEnded: "This link has ended", "このリンクは無効になりました";
    GateEndedHint: "It was revoked, or its time is up. Ask for a new one.", "取り消されたか、期限が切れました。新しいリンクを依頼してください。";

    // Refusals, each with what to do.
    NoAnswer: "The server did not answer in time. Try again.", "サーバーが時間内に応答しませんでした。もう一度お試しください。";
    LinkBroke: "The connection broke before the answer. Look whether it was done.",
        "応答の前に接続が切れました。反映されたかご確認ください。";
    AnswerUnread: "The server's answer could not be read. Reload the page.", "サーバーの応答を読み取れません。ページを再読み込みしてください。";
    NameUnfit: "This name cannot be used. Choose one of at most 200 bytes.", "この名前は使えません。200 バイト以内で指定してください。";
    DescriptionUnfit: "This description is too long. Use at most 1,000 bytes.", "説明が長すぎます。1,000 バイト以内にしてください。";
    WordsUnfit: "A message has between 1 and 4,096 bytes. Shorten it.", "メッセージは 1~4,096 バイトです。短くしてください。";
    ExpiryUnfit: "A link cannot work that long or that short. Choose another time.", "この有効期間は使えません。別の期間を選んでください。";
    RoleUnfit: "This role cannot be given here. Choose another.", "この役割は指定できません。別の役割を選んでください。";
    SettingUnfit: "One of the settings is out of its bounds. Correct it.", "設定に範囲外の値があります。修正してください。";
    PayloadUnfit: "Something in this request is not right. Reload the page and try again.",
        "要求の内容に誤りがあります。ページを再読み込みしてお試しください。";
    SessionGone: "This session is not there any more, or you are no longer in it. Choose another.",
        "このセッションはなくなったか、参加していません。別のセッションを選んでください。";
    TabGone: "This tab has been closed. Choose another.", "このタブは閉じられました。別のタブを選んでください。";
    PaneGone: "This pane has been closed. Choose another.", "このペインは閉じられました。別のペインを選んでください。";
    TerminalGone: "This shell is not there any more. Open a new one.", "このシェルはなくなりました。新しく開いてください。";
    PersonGone: "This person is no longer here. Look at the list again.", "この人はもう参加していません。一覧を確認してください。";
    LinkGone: "This link has ended already. There is nothing left to do.", "このリンクはすでに無効です。操作は不要です。";
    LinkUnknown: "This link does not work. Ask for a new one.", "このリンクは使えません。新しいリンクを依頼してください。";
    WordsGone: "This message is not there any more. Scroll down to newer ones.", "このメッセージはなくなりました。新しいメッセージをご覧ください。";
    SomethingGone: "What this is about is not there any more. Look again.", "対象がなくなりました。もう一度ご確認ください。";
    RoleNotAllowed: "The session's settings do not allow this role. Change them first.",
        "セッションの設定がこの役割を許可していません。先に設定を変更してください。";
    OwnerNeeded: "A session needs its owner. Make somebody else the owner first.", "セッションには所有者が必要です。先に別の人を所有者にしてください。";
    Changed: "Something has changed meanwhile. Look again, then repeat it.", "その間に状態が変わりました。確認してからやり直してください。";
    OwnerAway: "This session is open only while its owner is here. Try again later.",
        "所有者がいる間だけ参加できます。後でお試しください。";
    GuestCannotOwn: "A guest cannot own a session. Choose somebody who has signed in.",
        "ゲストは所有者になれません。サインインした人を選んでください。";
    SessionFull: "The session is full. Its owner can raise the limit.", "セッションは満員です。所有者は上限を変更できます。";
    TooMany: "There are as many as there may be. Remove one first.", "上限に達しています。先に一つ減らしてください。";
    TooMuch: "That is more than a message may hold. Send less at a time.", "一度に送れる量を超えています。分けて送ってください。";
    NotAllowed: "Your role does not allow this. Ask the session's owner.", "あなたの役割では許可されていません。所有者に依頼してください。";
    PageTooOld: "The server does not know this request. Reload the page.", "サーバーがこの要求に対応していません。ページを再読み込みしてください。";
    NotSignedIn: "You are not signed in any more. Sign in again.", "サインインが切れました。もう一度サインインしてください。";
    TooFast: "That was too fast. Wait a moment and try again.", "操作が速すぎます。少し待ってからお試しください。";
    TooFastFor: "That was too fast. Try again in {} s.", "操作が速すぎます。{} 秒後にお試しください。";
    ProgramBusy: "The program does not read its input. Try again in a moment.", "プログラムが入力を読んでいません。少し待ってからお試しください。";
    TerminalPaused: "A supervisor has paused this terminal. Wait until it goes on.", "監督者がこの端末を一時停止しています。再開をお待ちください。";
    NotSetUp: "This server is not set up for it. Ask whoever runs it.", "このサーバーでは設定されていません。管理者に依頼してください。";
    ServiceFailed: "A service behind the server has failed. Try again later.", "外部サービスで障害が起きました。後でお試しください。";
    ServerSlow: "The server took too long for it. Try again.", "サーバーの処理に時間がかかりすぎました。もう一度お試しください。";
    ServerEnding: "The server is ending. Try again when it is back.", "サーバーが終了しています。復帰後にお試しください。";
    ServerMistaken: "The server made a mistake. Try again; its log says more.", "サーバーで問題が起きました。もう一度お試しください。詳細はログにあります。";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        for message in ALL {
            for language in Language::ALL {
                assert!(!message.text(language).trim().is_empty(), "{message:?} in {language:?}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_gaps() {
        for message in ALL {
            let gaps = |language| message.text(language).matches(GAP).count();
            assert_eq!(gaps(Language::English), gaps(Language::Japanese), "{message:?}");
            assert!(gaps(Language::English) <= 1, "{message:?}");
        }
    }
}
