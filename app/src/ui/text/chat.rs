//! The chat.

texts! {
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
}
