//! Shells that are started with integration: what they say of their commands, and that they are the user's shells still.

use app::trace::Sampling;

use super::*;

/// A shell that reads its start-up files from a home of its own, and what it says of its commands.
struct Integrated {
    terminal: Terminal,
    news: broadcast::Receiver<CommandNews>,
    _home: tempfile::TempDir,
}

impl Integrated {
    /// `files` are names in the home directory and what is in them.
    /// All of its commands are recorded.
    async fn start(shell: &str, files: &[(&str, &str)]) -> Self {
        Self::start_recorded(shell, files, "65536").await
    }

    /// `recorded` of 65,536 commands are recorded.
    async fn start_recorded(shell: &str, files: &[(&str, &str)], recorded: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = home.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let integration = Integration::install(&home.path().join("scripts")).unwrap();
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let env = vec![variable("HOME", home.path().to_str().unwrap()), variable("AETHERTERM_TRACE", recorded)];
        let command = Some(vec![shell.to_owned(), "-l".to_owned()]);
        let terminal = spawn(SpawnSpec { command, env, integration: Some(integration), ..spec() }).await;
        let (_, news) = terminal.commands();
        Self { terminal, news, _home: home }
    }

    /// Types a line and waits for the command's end.
    async fn run(&mut self, line: &str) -> CommandNews {
        type_in(&self.terminal, &format!("{line}\r"));
        let started = self.next().await;
        assert_eq!((started.command.as_deref(), started.end), (Some(line), None));
        let ended = self.next().await;
        assert_eq!(ended.seq, started.seq);
        ended
    }

    async fn next(&mut self) -> CommandNews {
        let news = timeout(PATIENCE, self.news.recv()).await;
        let said = || String::from_utf8_lossy(&all(&self.terminal)).into_owned();
        news.unwrap_or_else(|_| panic!("news of a command in {:?}", said())).unwrap()
    }
}

/// Commands of a shell, told with exit code, duration, directory and trace; `files` set `FROM_USER`.
async fn check(program: &str, files: &[(&str, &str)]) {
    let mut shell = Integrated::start(program, files).await;
    output_with(&shell.terminal, "\x1b]133;A").await;

    let failed = shell.run("false").await;
    assert_eq!(failed.end.unwrap().exit, Some(1));
    let slept = shell.run("cd /usr; sleep 0.2").await;
    assert_eq!(slept.end.unwrap().exit, Some(0));
    assert!(slept.end.unwrap().duration >= Duration::from_millis(200));
    let there = shell.run("echo \"is $FROM_USER <$TRACEPARENT>\"").await;
    assert_eq!(there.directory.as_deref(), Some("/usr"));

    let context = there.trace.expect("each command has a context of its own");
    let output = output_with(&shell.terminal, "is users <00-").await;
    assert!(output.contains(&format!("is users <00-{}-{}-01>", context.trace_id, context.span_id)), "{output:?}");
    assert_ne!(slept.trace.map(|context| context.trace_id), Some(context.trace_id));
    shell.terminal.close();
    shell.terminal.ended().await;

    let mut quiet = Integrated::start_recorded(program, files, "0").await;
    output_with(&quiet.terminal, "\x1b]133;A").await;
    let context = quiet.run("echo \"is <$TRACEPARENT>\"").await.trace.expect("what is not recorded has a context, too");
    assert_eq!(context.sampling, Sampling::Deny);
    let output = output_with(&quiet.terminal, "is <00-").await;
    assert!(output.contains(&format!("is <00-{}-{}-00>", context.trace_id, context.span_id)), "{output:?}");
}

#[tokio::test]
async fn bash_tells_of_its_commands() {
    check("bash", &[(".bash_profile", "export FROM_USER=users\nPROMPT_COMMAND='theirs=$?'\n")]).await;
}

#[tokio::test]
async fn zsh_tells_of_its_commands() {
    check("zsh", &[(".zshrc", "FROM_USER=users\nPS1='%% '\n")]).await;
}

#[tokio::test]
async fn fish_tells_of_its_commands() {
    check("fish", &[(".config/fish/config.fish", "set FROM_USER users\n")]).await;
}

#[tokio::test]
async fn bash_stays_the_login_shell_that_it_is() {
    let mut shell = Integrated::start("bash", &[(".profile", "FROM_USER=users\n")]).await;
    shell.run("shopt -q login_shell && set -o | grep posix; echo \"$HISTFILE.\"; export -p | grep -c HISTFILE").await;
    let output = output_with(&shell.terminal, "/.bash_history.").await;
    assert!(output.contains("posix          \toff"), "{output:?}");
    assert!(output.contains(".bash_history.\r\n0\r\n"), "{output:?}");
}

#[tokio::test]
async fn what_the_user_keeps_out_of_the_history_is_not_told() {
    let files = [(".bash_profile", "HISTCONTROL=ignorespace\n")];
    let mut shell = Integrated::start("bash", &files).await;
    shell.run("true").await;
    type_in(&shell.terminal, " echo secret\r");
    assert_eq!(shell.next().await.command, None);
    assert_eq!(shell.next().await.end.unwrap().exit, Some(0));
}
