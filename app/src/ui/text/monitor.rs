//! The Socket Monitor.

texts! {
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
}
