//! Guests and viewers.

texts! {
    YouAre: "You are {}.", "あなたは {} です。";
    ReadOnly: "You may look and chat, not type.", "閲覧とチャットのみで、入力はできません。";
    GuestTypes: "You may look and type.", "閲覧と入力ができます。";
    OneReadOnly: "You may look at this one terminal, not type.", "この端末の閲覧のみで、入力はできません。";
    OneTypes: "You may look at this one terminal and type.", "この端末の閲覧と入力ができます。";
    InputReadOnly: "Read only: the owner has not allowed you to type. Ask them to.",
        "閲覧専用です。所有者が入力を許可していません。許可を依頼してください。";
    GateSentence: "{}. ", "{}。";
    GateWaiting: "The owner has been asked", "所有者に確認しています";
    GateWaitingHint: "You come in as soon as they admit you. Leave this page open.", "許可されると自動的に参加します。このページを開いたままお待ちください。";
    GateWithdrawn: "You no longer ask to come in", "参加の希望を取り下げました";
    GateRefused: "The owner has not let you in", "参加は許可されませんでした";
    GateFull: "This session is full", "このセッションは満員です";
    GateFullHint: "Ask its owner to make room, then try again.", "所有者に空きを作ってもらい、もう一度お試しください。";
    GateCrowded: "Too many people ask to come in", "参加を希望している人が多すぎます";
    GateCrowdedHint: "Try again when the owner has answered some of them.", "所有者が対応した後で、もう一度お試しください。";
    GateOwnerAway: "The owner is not here", "所有者が不在です";
    GateOwnerAwayHint: "This session is open only while its owner is. Try again later.",
        "所有者がいる間だけ参加できます。後でもう一度お試しください。";
    GateRoleClosed: "Nobody of your role may be in this session", "あなたの役割では参加できないセッションです";
    GateRoleClosedHint: "Ask its owner to allow it, then try again.", "所有者に許可を依頼し、もう一度お試しください。";
    GateRemoved: "The owner has ended your visit", "所有者があなたの訪問を終了しました";
    GateRemovedHint: "Ask whoever sent you the link.", "リンクの送り主に確認してください。";
    GateLeft: "You have left", "退出しました";
    GateLeftHint: "To come back, open the link again.", "戻るにはリンクをもう一度開いてください。";
    GateDeleted: "This session is no more", "このセッションは削除されました";
    GateDeletedHint: "Its owner has deleted it.", "所有者が削除しました。";
    GateEnded: "This link has ended", "このリンクは無効になりました";
    GateEndedHint: "It was revoked, or its time is up. Ask for a new one.", "取り消されたか、期限が切れました。新しいリンクを依頼してください。";
}
