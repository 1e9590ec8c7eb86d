//! The people of a session.

texts! {
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
}
