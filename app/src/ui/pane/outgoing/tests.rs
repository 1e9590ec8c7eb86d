//! What the queue of a pane's input promises.

use super::*;

fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

fn pasted(length: usize, bracketed: bool) -> Pasted {
    Pasted { text: "x".repeat(length), bracketed }
}

fn cut(data: Data, size: usize) -> Vec<usize> {
    pieces(data, size).iter().map(Data::len).collect()
}

/// Sends and answers until nothing is left.
fn drain(outgoing: &mut Outgoing) -> String {
    let mut sent = String::new();
    while let Some(piece) = outgoing.next() {
        outgoing.answered(&piece);
        let Data::Text(text) = piece.data else { panic!("only text was put in") };
        sent.push_str(&text);
    }
    sent
}

#[test]
fn text_is_cut_between_characters() {
    assert_eq!(cut(text("あいう"), 4), [3, 3, 3]);
    assert_eq!(cut(text("あいう"), 6), [6, 3]);
    assert_eq!(cut(text("あ"), 1), [3]);
    assert_eq!(cut(text("abc"), 3), [3]);
    assert_eq!(cut(Data::Bytes(vec![0; 7].into()), 3), [3, 3, 1]);
}

#[test]
fn pieces_leave_in_the_order_they_were_typed() {
    let mut outgoing = Outgoing::default();
    for key in ["a", "bc", "d"] {
        outgoing.push(text(key), 1, BEFORE_ATTACH).unwrap();
    }
    let sent: Vec<_> = std::iter::from_fn(|| outgoing.next()).map(|piece| piece.data).collect();
    assert_eq!(sent, ["a", "b", "c", "d"].map(text));
}

#[test]
fn more_than_the_limit_is_refused_whole() {
    let mut outgoing = Outgoing::default();
    outgoing.push(text("abc"), 0, 4).unwrap();
    assert_eq!(outgoing.push(text("de"), 0, 4), Err(Full));
    assert_eq!(outgoing.paste(pasted(2, false), 0, 4), Err(Full));
    assert_eq!((outgoing.waiting(), outgoing.pasting()), (3, None));
}

#[test]
fn keys_flow_freely_up_to_the_window() {
    let mut outgoing = Outgoing::default();
    outgoing.push(text("ls"), 1, PASTE).unwrap();
    assert!(outgoing.next().is_some() && outgoing.next().is_some());
    outgoing.push(text(&"x".repeat(2 * WINDOW)), WINDOW, PASTE).unwrap();
    assert_eq!(outgoing.next(), None);
}

#[test]
fn one_piece_of_a_paste_is_under_way_at_a_time_and_keys_queue_behind_it() {
    let mut outgoing = Outgoing::default();
    outgoing.paste(pasted(2 * PASTE_PIECE + 1, false), 0, PASTE).unwrap();
    outgoing.push(text("k"), 0, PASTE).unwrap();
    for length in [PASTE_PIECE, PASTE_PIECE, 1, 1] {
        let piece = outgoing.next().expect("nothing is under way");
        assert_eq!((piece.data.len(), outgoing.next()), (length, None));
        outgoing.answered(&piece);
    }
}

#[test]
fn a_paste_says_how_far_it_has_come() {
    let mut outgoing = Outgoing::default();
    outgoing.paste(pasted(PASTE_PIECE + 5, false), 0, PASTE).unwrap();
    let total = PASTE_PIECE + 5;
    assert_eq!(outgoing.pasting(), Some(Pasting { total, left: total }));
    let first = outgoing.next().unwrap();
    assert_eq!(outgoing.pasting(), Some(Pasting { total, left: total }));
    outgoing.answered(&first);
    assert_eq!(outgoing.pasting(), Some(Pasting { total, left: 5 }));
    let last = outgoing.next().unwrap();
    outgoing.answered(&last);
    assert_eq!((outgoing.pasting(), outgoing.waiting()), (None, 0));
}

#[test]
fn a_paste_is_cut_as_small_as_the_server_says() {
    let mut outgoing = Outgoing::default();
    outgoing.paste(pasted(25, false), 10, PASTE).unwrap();
    let mut sizes = Vec::new();
    while let Some(piece) = outgoing.next() {
        sizes.push(piece.data.len());
        outgoing.answered(&piece);
    }
    assert_eq!(sizes, [10, 10, 5]);
}

#[test]
fn a_cancelled_paste_is_closed_where_it_was_opened_and_keeps_the_keys() {
    let mut outgoing = Outgoing::default();
    outgoing.paste(pasted(3 * PASTE_PIECE, true), 0, PASTE).unwrap();
    outgoing.push(text("ls\r"), 0, PASTE).unwrap();
    let first = outgoing.next().unwrap();
    outgoing.cancel_paste();
    outgoing.answered(&first);
    assert_eq!(drain(&mut outgoing), format!("{CLOSE}ls\r"));

    outgoing.paste(pasted(3 * PASTE_PIECE, true), 0, PASTE).unwrap();
    outgoing.cancel_paste();
    assert_eq!(drain(&mut outgoing), "", "it had not begun");
}

#[test]
fn a_paste_that_breaks_off_is_closed_before_anything_else() {
    let mut outgoing = Outgoing::default();
    outgoing.paste(pasted(3 * PASTE_PIECE, true), 0, PASTE).unwrap();
    outgoing.next().unwrap();
    assert_eq!(outgoing.broke(), PASTE_PIECE);
    outgoing.push(text("typed since"), 0, PASTE).unwrap();
    assert_eq!(drain(&mut outgoing), format!("{CLOSE}typed since"));
}

#[test]
fn a_refused_piece_of_a_paste_goes_back_with_its_brackets() {
    let mut outgoing = Outgoing::default();
    outgoing.paste(pasted(PASTE_PIECE, true), 0, PASTE).unwrap();
    let piece = outgoing.next().unwrap();
    outgoing.answered(&piece);
    assert!(outgoing.take_back(piece));
    outgoing.cancel_paste();
    assert_eq!(drain(&mut outgoing), "", "the program has heard of nothing");
}

#[test]
fn what_followed_lost_input_is_not_sent_either() {
    let mut outgoing = Outgoing::default();
    outgoing.push(text("ab"), 1, PASTE).unwrap();
    outgoing.next();
    assert_eq!((outgoing.broke(), outgoing.waiting()), (1, 0));
    outgoing.push(text("typed since"), 0, BEFORE_ATTACH).unwrap();
    assert_eq!((outgoing.broke(), outgoing.waiting()), (0, 11));
}

#[test]
fn a_piece_goes_back_only_while_it_is_alone() {
    let mut outgoing = Outgoing::default();
    outgoing.push(text("ab"), 1, PASTE).unwrap();
    let (first, second) = (outgoing.next().unwrap(), outgoing.next().unwrap());
    outgoing.answered(&first);
    assert!(!outgoing.take_back(first));
    outgoing.answered(&second);
    assert!(outgoing.take_back(second));
    assert_eq!(outgoing.waiting(), 1);
}
