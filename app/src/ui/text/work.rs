//! Tabs and panes.

texts! {
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
    StirDone: "a command has finished", "コマンドが完了しました";
    StirFailed: "a command has failed", "コマンドが失敗しました";
    StirEnded: "the shell has ended", "シェルが終了しました";
    StirBell: "calls for attention", "注意を求めています";
    TabBusy: "a command runs", "コマンドを実行中";
    SplitRight: "Split right", "右に分割";
    SplitBelow: "Split below", "下に分割";
    ClosePane: "Close the pane", "ペインを閉じる";
    EndShell: "End the shell", "シェルを終了";
    EndShellAsked: "End the shell and what runs in it?", "シェルと実行中のコマンドを終了しますか?";
    ZoomPane: "Show this pane alone, or all again", "ペインの単独表示を切り替え";
    ShowAlone: "Show this pane alone", "このペインだけを表示";
    ShowAll: "Show all panes", "すべてのペインを表示";
    GoLeft: "Go to the pane at the left", "左のペインへ";
    GoRight: "Go to the pane at the right", "右のペインへ";
    GoUp: "Go to the pane above", "上のペインへ";
    GoDown: "Go to the pane below", "下のペインへ";
    Wider: "Make the pane wider", "ペインの幅を広げる";
    Narrower: "Make the pane narrower", "ペインの幅を狭める";
    Taller: "Make the pane taller", "ペインを高くする";
    Shorter: "Make the pane shorter", "ペインを低くする";
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
    NoRoom: "There is no room here for another pane. Make this one larger, close another one, or open a new tab.",
        "ここにはペインを追加する余地がありません。このペインを広げるか、ほかのペインを閉じるか、新しいタブを開いてください。";
    PaneEmpty: "There is no shell in this pane.", "このペインにはシェルがありません。";
    PaneTools: "Pane", "ペイン";
}
