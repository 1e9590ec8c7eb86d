//! Input on its way in, output on its way out, and who waits for whom.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn input_arrives_in_the_order_it_was_given() {
    let terminal = terminals(Spawner::Echo).create(1, spec()).await.unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let terminal = terminal.clone();
            tokio::spawn(async move {
                for n in 0..500 {
                    let line = Bytes::from(format!("{writer} {n}\n"));
                    while terminal.input(line.clone(), &Span::none()) == Err(InputError::Busy) {
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    type_in(&terminal, "done");
    let output = output_with(&terminal, "done").await;
    let mut next: HashMap<&str, u32> = HashMap::new();
    for (writer, n) in output.lines().filter_map(|line| line.split_once(' ')) {
        let expected = next.entry(writer).or_default();
        assert_eq!(n, expected.to_string());
        *expected += 1;
    }
    assert!(next.len() == 4 && next.values().all(|count| *count == 500), "{next:?}");
}

#[tokio::test]
async fn a_mebibyte_of_input_arrives_complete() {
    let terminal = spawn(run("stty raw -echo; echo ready; head -c 1048576 | cksum")).await;
    output_with(&terminal, "ready").await;
    let input: Vec<u8> = (0u32..1 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for piece in input.chunks(60_000) {
        while terminal.input(Bytes::copy_from_slice(piece), &Span::none()) == Err(InputError::Busy) {
            sleep(Duration::from_millis(1)).await;
        }
    }
    timeout(PATIENCE, terminal.ended()).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &input).unwrap();
    let (expected, _) = output_of(run(&format!("cksum < {}", file.path().display()))).await;
    let output = String::from_utf8_lossy(&all(&terminal)).into_owned();
    assert!(output.contains(expected.trim()), "{output:?} has {expected:?}");
}

#[tokio::test]
async fn a_flood_arrives_complete_and_its_program_still_reads() {
    let flood = "seq 200000";
    let terminal =
        spawn(run(&format!("stty raw -echo; echo ready; {flood}; read line; echo \"<$line>\"; {flood}"))).await;
    output_with(&terminal, "ready").await;
    type_in(&terminal, "typed\n");
    timeout(PATIENCE, terminal.ended()).await.unwrap();
    let numbers: String = (1..=200_000).map(|n| format!("{n}\n")).collect();
    let output = String::from_utf8(all(&terminal).to_vec()).unwrap();
    let (_, output) = output.split_once("ready\n").unwrap();
    assert!(output == format!("{numbers}<typed>\n{numbers}"), "{} bytes", output.len());
}

#[tokio::test]
async fn a_program_that_does_not_read_makes_input_busy() {
    let terminal = spawn(run("stty raw -echo; echo ready; exec sleep 1000")).await;
    output_with(&terminal, "ready").await;
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    let taken = (0..100).take_while(|_| terminal.input(piece.clone(), &Span::none()).is_ok()).count();
    assert!((15..=17).contains(&taken), "{taken} pieces were taken");
    terminal.close();
    assert_eq!(timeout(PATIENCE, terminal.ended()).await.unwrap().reason, EndReason::Closed);
}

#[tokio::test]
async fn a_new_size_takes_its_place_between_the_input() {
    let terminal = spawn(run("stty -echo; echo ready; while read line; do stty size; done")).await;
    let mut size = terminal.size();
    output_with(&terminal, "ready").await;
    type_in(&terminal, "\n");
    output_with(&terminal, "24 80").await;
    terminal.resize(Size::clamped(5000, 50)).unwrap();
    type_in(&terminal, "\n");
    output_with(&terminal, "50 1000").await;
    assert_eq!(*size.borrow_and_update(), Size::clamped(1000, 50));
    assert_eq!(terminal.snapshot().await.snapshot.size, Size::clamped(1000, 50));
    terminal.close();
    terminal.ended().await;
}

/// Waits until the end of the output stands still.
async fn standstill(terminal: &Terminal) -> u64 {
    let mut end = terminal.subscribe();
    while timeout(Duration::from_millis(300), end.changed()).await.is_ok() {}
    *end.borrow()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pty_waits_for_a_viewer_and_not_for_a_hidden_one() {
    let terminal = spawn(run("yes")).await;
    let viewer = terminal.viewer(0);
    let stopped = standstill(&terminal).await;
    assert!((READ_AHEAD..READ_AHEAD + 128 * 1024).contains(&stopped), "{stopped}");

    // An ack lets it go on by as much.
    viewer.sent(CREDIT);
    viewer.acked(CREDIT);
    let stopped = standstill(&terminal).await;
    assert!((READ_AHEAD + CREDIT..READ_AHEAD + CREDIT + 128 * 1024).contains(&stopped), "{stopped}");

    viewer.set_visible(false);
    let end = terminal.subscribe();
    until("the output runs on", || *end.borrow() > 5 * READ_AHEAD).await;
    viewer.set_visible(true);
    standstill(&terminal).await;
    drop(viewer);
    let stopped = *end.borrow();
    until("the output runs on", || *end.borrow() > stopped + 5 * READ_AHEAD).await;
    terminal.close();
    terminal.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_that_never_acks_is_given_up() {
    let terminal = spawn(run("yes")).await;
    let viewer = terminal.viewer(0);
    viewer.sent(CREDIT);
    let end = terminal.subscribe();
    until("the output runs on", || *end.borrow() > 5 * READ_AHEAD).await;
    terminal.close();
    terminal.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_the_output_after_it_make_the_screen() {
    let terminal =
        spawn(run("for n in $(seq 30); do seq 3000; printf '\\033[3%dm漢字\\033[2;5Hx' $((n % 8)); done")).await;
    let mut end = terminal.subscribe();
    end.wait_for(|end| *end > 100_000).await.unwrap();
    let taken = terminal.snapshot().await;
    timeout(PATIENCE, terminal.ended()).await.unwrap();

    let mut late = Emulator::new(taken.snapshot.size, 10_000);
    late.feed(&taken.snapshot.bytes);
    if let Read::Data(rest) = terminal.read(taken.seq, usize::MAX) {
        late.feed(&rest);
    }
    let mut early = Emulator::new(taken.snapshot.size, 10_000);
    early.feed(&all(&terminal));
    let last = terminal.snapshot().await;
    assert_eq!(last.seq, *end.borrow());
    assert_eq!(String::from_utf8_lossy(&last.snapshot.bytes), String::from_utf8_lossy(&early.snapshot().bytes));
    assert_eq!(String::from_utf8_lossy(&last.snapshot.bytes), String::from_utf8_lossy(&late.snapshot().bytes));
}

#[tokio::test]
async fn a_program_is_told_a_new_size_at_most_every_fifty_milliseconds_and_the_last_one_in_the_end() {
    let terminal = spawn(run("trap 'echo size $(stty size)' WINCH; echo ready; while :; do sleep 0.01; done")).await;
    output_with(&terminal, "ready").await;
    let began = std::time::Instant::now();
    for cols in 100..200 {
        terminal.resize(Size::clamped(cols, 24)).unwrap();
        sleep(Duration::from_millis(2)).await;
    }
    let output = output_with(&terminal, "size 24 199").await;
    let allowed = began.elapsed().as_millis() / 50 + 1;
    let told = output.matches("size ").count() as u128;
    assert!((2..=allowed).contains(&told), "{told} of at most {allowed}: {output}");
    terminal.close();
    terminal.ended().await;
}

#[tokio::test]
async fn input_does_not_overtake_a_size_that_waits() {
    let terminal = spawn(run("stty -echo; echo ready; while read line; do stty size; done")).await;
    output_with(&terminal, "ready").await;
    for cols in [100, 110, 120] {
        terminal.resize(Size::clamped(cols, 24)).unwrap();
    }
    type_in(&terminal, "\n");
    assert!(output_with(&terminal, "24 1").await.contains("24 120"));
    terminal.close();
    terminal.ended().await;
}
