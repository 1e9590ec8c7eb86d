//! A pane: its shell, what is pasted and copied, and the search.

texts! {
    // A pane.
    Terminal: "Terminal", "端末";
    ShellOpening: "Opening the shell…", "シェルを開いています…";
    ShellExited: "The shell ended with code {}.", "シェルはコード {} で終了しました。";
    ShellSignalled: "The shell was ended by {}.", "シェルは {} により終了しました。";
    ShellEnded: "The shell has ended.", "シェルは終了しました。";
    ShellRefused: "No shell was opened. {}", "シェルを開けませんでした。{}";
    NewShell: "New shell", "新しいシェル";
    ShellDetached: "The shell was ended because nobody came back to it.", "戻ってくる人がいなかったため、シェルを終了しました。";
    ShellIdled: "The shell was ended because nothing happened in it.", "操作も出力もなかったため、シェルを終了しました。";
    ShellLost: "The shell is lost: what ran it has failed.", "シェルを動かしていたプロセスが停止したため、シェルは失われました。";
    ShellIdle: "Nothing happens in this shell: it ends in {} s unless you type.", "このシェルには動きがありません。何も入力しなければ {} 秒後に終了します。";
    InputWaits: "{} typed bytes wait for the shell.", "入力 {} バイトがシェルを待っています。";
    InputFull: "No more is kept until the shell can take it.", "シェルが受け取れるまで、これ以上は保持されません。";
    InputUncertain: "The connection broke while {} bytes were under way. They may not have arrived, and are not sent again.",
        "送信中の {} バイトの途中で接続が切れました。届いていない可能性がありますが、再送はしません。";
    InputUnsent: "The shell is gone. {} bytes that waited for it are not sent to the new one.",
        "シェルは失われました。待機していた {} バイトは新しいシェルには送られません。";
    InputRefused: "The input was not taken. {}", "入力は受け付けられませんでした。{}";
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
}
