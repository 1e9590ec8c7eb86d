//! Traces and the waterfall.

texts! {
    Traces: "Traces", "トレース";
    TraceList: "Traces, newest first", "トレース (新しい順)";
    SearchTraces: "Name, attribute, trace id", "名前、属性、トレースID";
    TracesLoading: "Reading traces…", "トレースを読み込んでいます…";
    TracesEmpty: "No trace yet.", "まだトレースはありません。";
    TracesEmptyHint: "Each request of this window becomes one.", "このウィンドウの要求ごとに作られます。";
    TracesFailed: "Traces cannot be read: {}", "トレースを読み込めません: {}";
    TryAgain: "Try again", "再試行";
    OneSpan: "{} span", "{} スパン";
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
    Ledger: "Export", "エクスポート";
    LedgerWhat: "What became of every record, by where it was to go",
        "各送信先に送られた記録の内訳";
    Destination: "to", "送信先";
    LedgerCreated: "made", "作成";
    LedgerExported: "taken", "受領";
    LedgerQueued: "waiting", "待機";
    LedgerSpooled: "on disk", "ディスク";
    LedgerDropped: "lost", "損失";
    CopyDenied: "The browser does not let this page write the clipboard.",
        "ブラウザーがクリップボードへの書き込みを許可していません。";
}
