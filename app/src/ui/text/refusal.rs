//! Refusals, each with what to do.

texts! {
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
    ShellUnfit: "This shell cannot be started. Ask whoever runs the server to name another.",
        "このシェルは起動できません。別のシェルの設定を管理者に依頼してください。";
    DirectoryUnfit: "The directory of the shell is not there. Ask whoever runs the server to name another.",
        "シェルのディレクトリがありません。別のディレクトリの設定を管理者に依頼してください。";
    TabGone: "This tab has been closed. Choose another.", "このタブは閉じられました。別のタブを選んでください。";
    PaneGone: "This pane has been closed. Choose another.", "このペインは閉じられました。別のペインを選んでください。";
    TerminalGone: "This shell is not there any more. Open a new one.", "このシェルはなくなりました。新しく開いてください。";
    ShellOver: "This shell has ended. Open a new one.", "このシェルは終了しました。新しく開いてください。";
    PersonGone: "This person is no longer here. Look at the list again.", "この人はもう参加していません。一覧を確認してください。";
    LinkGone: "This link has ended already. There is nothing left to do.", "このリンクはすでに無効です。操作は不要です。";
    LinkUnknown: "This link does not work. Ask for a new one.", "このリンクは使えません。新しいリンクを依頼してください。";
    WordsGone: "This message is not there any more. Scroll down to newer ones.", "このメッセージはなくなりました。新しいメッセージをご覧ください。";
    SomethingGone: "What this is about is not there any more. Look again.", "対象がなくなりました。もう一度ご確認ください。";
    RoleNotAllowed: "The session's settings do not allow this role. Change them first.",
        "セッションの設定がこの役割を許可していません。先に設定を変更してください。";
    OwnerNeeded: "A session needs its owner. Make somebody else the owner first.", "セッションには所有者が必要です。先に別の人を所有者にしてください。";
    Changed: "Something has changed meanwhile. Look again, then repeat it.", "その間に状態が変わりました。確認してからやり直してください。";
    ChangedBySomebody: "Somebody has changed this since you looked. Look again, then repeat it.",
        "表示してから他の人が変更しました。もう一度確認してからやり直してください。";
    OwnerAway: "This session is open only while its owner is here. Try again later.",
        "所有者がいる間だけ参加できます。後でお試しください。";
    GuestCannotOwn: "A guest cannot own a session. Choose somebody who has signed in.",
        "ゲストは所有者になれません。サインインした人を選んでください。";
    SessionFull: "The session is full. Its owner can raise the limit.", "セッションは満員です。所有者は上限を変更できます。";
    EverybodyOwns: "Whoever can open this page owns its sessions. To share one, start the server with a token.",
        "このページを開ける人は全員が所有者です。共有するには、トークンを使ってサーバーを起動してください。";
    TooManyAsking: "Too many people ask to come in. Try again when the owner has answered some of them.",
        "参加を希望している人が多すぎます。所有者が対応した後で、もう一度お試しください。";
    TooMany: "There are as many as there may be. Remove one first.", "上限に達しています。先に一つ減らしてください。";
    TooManyShells: "There are as many shells as there may be. Close a pane, then try again.",
        "シェルの数が上限に達しています。ペインを一つ閉じてから、もう一度お試しください。";
    TooMuch: "That is more than a message may hold. Send less at a time.", "一度に送れる量を超えています。分けて送ってください。";
    NotAllowed: "Your role does not allow this. Ask the session's owner.", "あなたの役割では許可されていません。所有者に依頼してください。";
    PageTooOld: "The server does not know this request. Reload the page.", "サーバーがこの要求に対応していません。ページを再読み込みしてください。";
    NotSignedIn: "You are not signed in any more. Sign in again.", "サインインが切れました。もう一度サインインしてください。";
    TooFast: "That was too fast. Wait a moment and try again.", "操作が速すぎます。少し待ってからお試しください。";
    TooFastFor: "That was too fast. Try again in {} s.", "操作が速すぎます。{} 秒後にお試しください。";
    ProgramBusy: "The program does not read its input. Try again in a moment.", "プログラムが入力を読んでいません。少し待ってからお試しください。";
    ServerBusy: "The server has too much to do just now. Try again in a moment.", "サーバーが混み合っています。少し待ってからお試しください。";
    TerminalPaused: "A supervisor has paused this terminal. Wait until it goes on.", "監督者がこの端末を一時停止しています。再開をお待ちください。";
    NotSetUp: "This server is not set up for it. Ask whoever runs it.", "このサーバーでは設定されていません。管理者に依頼してください。";
    ServiceFailed: "A service behind the server has failed. Try again later.", "外部サービスで障害が起きました。後でお試しください。";
    ServerSlow: "The server took too long for it. Try again.", "サーバーの処理に時間がかかりすぎました。もう一度お試しください。";
    ServerEnding: "The server is ending. Try again when it is back.", "サーバーが終了しています。復帰後にお試しください。";
    ServerMistaken: "The server made a mistake. Try again; its log says more.", "サーバーで問題が起きました。もう一度お試しください。詳細はログにあります。";
}
