//! The frame: the bars at the top and at the bottom, the palette, the connection, and the keys of a touch screen.

texts! {
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
    DockEdge: "Width of the tools", "ツールの幅";
    Dismiss: "Dismiss", "閉じる";
    Notices: "Notices", "お知らせ";
    NoSession: "Waiting for the session", "セッションを待っています";

    PieceMissing: "A part of the page could not be fetched. Try again; if it stays so, reload the page.",
        "ページの一部を読み込めませんでした。もう一度お試しください。続く場合は再読み込みしてください。";

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
    ExportFailed: "export failed: {}", "エクスポート失敗: {}";
    ExportSum: "Spans of this page: all = taken by the server + waiting + left with the browser + lost:",
        "このページのスパン: 全体 = サーバー受領 + 待機 + ブラウザー保管 + 損失:";
    ExportOff: "export off", "エクスポート停止";
    StoreBehind: "saving late", "保存が遅延";
    StoreBehindWhy: "The server's disk did not take the latest changes to sessions and messages. It goes on trying; make room on it.",
        "セッションとメッセージの最新の変更をサーバーのディスクに書き込めませんでした。再試行を続けます。ディスクの空きを増やしてください。";
    StoreInMemory: "nothing is saved", "保存されていません";
    StoreInMemoryWhy: "The server's disk takes nothing: sessions and messages are lost when the server ends. It goes on trying; make room on it.",
        "サーバーのディスクに書き込めないため、サーバーが終了するとセッションとメッセージは失われます。再試行を続けます。ディスクの空きを増やしてください。";
    Lost: "{} lost", "損失 {}";
}
