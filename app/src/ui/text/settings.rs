//! The settings.

texts! {
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
}
