//! Real shells: what they are given, and that nothing of them is left.

use super::*;

#[tokio::test]
async fn a_shell_answers() {
    let terminal = spawn(SpawnSpec { command: Some(vec!["sh".into()]), ..spec() }).await;
    type_in(&terminal, "echo $((6*7))\n");
    output_with(&terminal, "42").await;
    type_in(&terminal, "exit 7\n");
    let ended = timeout(PATIENCE, terminal.ended()).await.unwrap();
    assert_eq!((ended.exit_code, ended.reason), (Some(7), EndReason::Exited));
}

#[tokio::test]
async fn without_a_command_the_login_shell_starts() {
    let terminal = spawn(spec()).await;
    type_in(&terminal, "echo \"is <$0>\"\n");
    output_with(&terminal, "is <-").await;
    terminal.close();
    terminal.ended().await;
}

#[tokio::test]
async fn what_cannot_be_spawned_is_named() {
    let terminals = terminals(Spawner::Shell);
    let no_directory =
        terminals.create(1, SpawnSpec { cwd: Some("/no/such/place".into()), ..spec() }).await.unwrap_err();
    assert!(no_directory.to_string().contains("/no/such/place"), "{no_directory}");
    let no_command = SpawnSpec { command: Some(vec!["no-such-program".into()]), ..spec() };
    let no_command = terminals.create(1, no_command).await.unwrap_err();
    assert!(no_command.to_string().contains("no-such-program"), "{no_command}");
    assert!(terminals.get(&1).is_none());
}

#[tokio::test]
async fn a_shell_starts_where_and_as_large_as_asked() {
    let (output, _) = output_of(SpawnSpec { cwd: Some("/usr/bin".into()), ..run("pwd; stty size; tty") }).await;
    assert!(output.starts_with("/usr/bin\r\n24 80\r\n/dev/"), "{output}");
}

#[tokio::test]
async fn the_environment_holds_only_what_is_allowed() {
    // cargo sets dozens of variables for this test; none is the shell's business.
    assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO_")));
    let (output, _) = output_of(SpawnSpec { env: vec![("EXTRA".into(), "1".into())], ..run("env") }).await;
    let names: BTreeSet<&str> = output.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let allowed =
        ["HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LANGUAGE", "TZ", "TERM", "COLORTERM", "TERM_PROGRAM"];
    // The shell sets three of its own.
    let known = |name: &str| name.starts_with("LC_") || ["EXTRA", "PWD", "OLDPWD", "SHLVL", "_"].contains(&name);
    assert!(names.iter().all(|name| allowed.contains(name) || known(name)), "{names:?}");
    assert!(names.contains("EXTRA") && names.contains("PATH") && output.contains("TERM=xterm-256color"), "{output}");
}

#[tokio::test]
async fn signals_and_descriptors_are_not_inherited() {
    let (output, _) = output_of(run("grep -E 'Sig(Ign|Blk)' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '")).await;
    let masks = output.lines().filter_map(|line| line.strip_prefix("Sig")?.split_once(":\t"));
    let masks: HashMap<_, _> = masks.map(|(name, mask)| (name, u64::from_str_radix(mask, 16).unwrap())).collect();
    // Signal 32 is the C library's own, whoever started this test may have it ignored.
    assert_eq!((masks["Blk"], masks["Ign"] & 0x7fff_ffff), (0, 0), "{output}");
    assert!(output.contains("0 1 2 3 ") && !output.contains("4 "), "{output}");
}

#[tokio::test]
async fn the_end_says_how() {
    let (_, exited) = output_of(run("exit 3")).await;
    assert_eq!(exited, Ended { exit_code: Some(3), signal: None, reason: EndReason::Exited });
    let (_, killed) = output_of(run("kill -9 $$")).await;
    assert_eq!(killed, Ended { exit_code: None, signal: Some("SIGKILL".into()), reason: EndReason::Exited });
}

#[tokio::test]
async fn the_end_comes_after_all_output() {
    for _ in 0..20 {
        let (output, _) = output_of(run("seq 5000; echo last")).await;
        assert!(output.ends_with("5000\r\nlast\r\n"), "{:?}", &output[output.len().saturating_sub(50)..]);
    }
}

#[tokio::test]
async fn a_background_job_does_not_hold_back_the_end() {
    let (output, ended) = output_of(run("trap '' HUP; sleep 1000 & echo pid=$!")).await;
    assert_eq!(ended.exit_code, Some(0));
    let left = number_after(&output, "pid=");
    rustix::process::kill_process(Pid::from_raw(left).unwrap(), rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn closing_ends_every_process_of_the_terminal() {
    let script = "echo shell=$$; (trap '' HUP; echo deaf=$(exec sh -c 'echo $PPID'); sleep 1000; sleep 1000) & \
                  sleep 1000 & echo job=$!; set -m; sleep 1000 & echo group=$!; echo ready; sleep 1000";
    let terminal = spawn(run(script)).await;
    output_with(&terminal, "deaf=").await;
    let output = output_with(&terminal, "ready").await;
    let pids = ["shell=", "deaf=", "job=", "group="].map(|label| number_after(&output, label));
    let session = Processes::of(Pid::from_raw(pids[0]).unwrap());
    assert!(pids.iter().all(|pid| alive(*pid)), "{output}");
    assert!(session.living().len() >= 5);
    terminal.close();
    let ended = timeout(PATIENCE, terminal.ended()).await.unwrap();
    assert_eq!(ended.reason, EndReason::Closed);
    assert!(pids.iter().all(|pid| !alive(*pid)), "{output}");
    assert!(session.living().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_job_that_never_falls_silent_does_not_hide_the_end() {
    let terminal = spawn(run("yes & exit 5")).await;
    assert_eq!(timeout(PATIENCE, terminal.ended()).await.unwrap().exit_code, Some(5));
}

#[tokio::test]
async fn input_to_a_shell_that_is_ending_is_no_failure() {
    for _ in 0..20 {
        let terminal = spawn(run("read line")).await;
        for _ in 0..50 {
            // Taken or refused, depending on how far the end has come.
            let _ = terminal.input(Bytes::from_static(b"line\n"), &Span::none());
            tokio::task::yield_now().await;
        }
        assert_eq!(timeout(PATIENCE, terminal.ended()).await.unwrap().reason, EndReason::Exited);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_terminals_leave_neither_processes_nor_descriptors() {
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let terminals = terminals(Spawner::Shell);
    let before = descriptors();
    let mut shells = Vec::new();
    for round in 0..10 {
        let ids = (0..20).map(|n| round * 20 + n);
        for id in ids.clone() {
            terminals.create(id, run("echo pid=$$.; read line")).await.unwrap();
        }
        for id in ids {
            let terminal = terminals.get(&id).unwrap();
            shells.push(number_after(&output_with(&terminal, ".").await, "pid="));
            terminals.remove(id).unwrap();
            drop(terminal);
        }
    }
    assert_eq!(terminals.close_all(PATIENCE).await, 0);
    assert!(terminals.ids().is_empty());
    // Reaped, not only dead: a zombie would still be listed.
    assert!(shells.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists()));
    // Other tests of this process may hold some at this moment; 200 terminals that leak would hold 200.
    until("the descriptors are closed", || descriptors() < before + 100).await;
}

#[tokio::test]
async fn closing_all_leaves_no_shell() {
    let terminals = terminals(Spawner::Shell);
    let mut shells = Vec::new();
    for id in 0..5 {
        let terminal =
            terminals.create(id, run("trap '' HUP TERM INT; echo pid=$$.; while :; do sleep 1; done")).await.unwrap();
        shells.push(number_after(&output_with(&terminal, ".").await, "pid="));
    }
    assert_eq!(terminals.close_all(Duration::from_secs(5)).await, 0);
    assert!(shells.iter().all(|pid| !alive(*pid)));
    assert!(matches!(terminals.create(9, run("true")).await, Err(CreateError::ShuttingDown)));
}
