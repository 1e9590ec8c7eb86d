use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::workspace::MAX_PANES;

/// A pane's place in a unit square.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rectangle {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Rectangle {
    const UNIT: Self = Self { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };

    fn area(self) -> f64 {
        self.width * self.height
    }

    fn cut(self, split: Direction, ratio: f64) -> (Self, Self) {
        let Self { left, top, width, height } = self;
        match split {
            Direction::Horizontal => {
                let first = width * ratio;
                (Self { width: first, ..self }, Self { left: left + first, width: width - first, ..self })
            }
            Direction::Vertical => {
                let first = height * ratio;
                (Self { height: first, ..self }, Self { top: top + first, height: height - first, ..self })
            }
        }
    }

    /// The area that two have in common.
    fn common(self, other: Self) -> f64 {
        let width = (self.left + self.width).min(other.left + other.width) - self.left.max(other.left);
        let height = (self.top + self.height).min(other.top + other.height) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }
}

fn rectangles(tree: &Tree) -> Vec<(PaneId, Rectangle)> {
    fn place(layout: &Layout, space: Rectangle, placed: &mut Vec<(PaneId, Rectangle)>) {
        match layout {
            Layout::Pane { pane } => placed.push((*pane, space)),
            Layout::Split { split, ratio, first, second } => {
                let (one, other) = space.cut(*split, *ratio);
                place(first, one, placed);
                place(second, other, placed);
            }
        }
    }
    let mut placed = Vec::new();
    place(&tree.0, Rectangle::UNIT, &mut placed);
    placed
}

fn ratios(layout: &Layout) -> Vec<f64> {
    match layout {
        Layout::Pane { .. } => Vec::new(),
        Layout::Split { ratio, first, second, .. } => [vec![*ratio], ratios(first), ratios(second)].concat(),
    }
}

fn depth(layout: &Layout) -> usize {
    match layout {
        Layout::Pane { .. } => 0,
        Layout::Split { first, second, .. } => 1 + depth(first).max(depth(second)),
    }
}

fn pane(number: u64) -> PaneId {
    PaneId::from_random(number)
}

fn ratio(share: f64) -> Ratio {
    Ratio::clamped(share).unwrap()
}

/// A tree as it is written here: `1`, `(1|2)` side by side, `(1/2)` one above the other.
fn written(layout: &Layout) -> String {
    match layout {
        Layout::Pane { pane } => pane.to_string().trim_start_matches("p_").trim_start_matches('0').to_owned(),
        Layout::Split { split, first, second, .. } => {
            let sign = if *split == Direction::Horizontal { '|' } else { '/' };
            format!("({}{sign}{})", written(first), written(second))
        }
    }
}

/// Three panes: 1 on the left, 2 above 3 on the right.
fn three() -> Tree {
    let mut tree = Tree::new(pane(1));
    assert!(tree.split(pane(1), pane(2), Direction::Horizontal, ratio(0.3)));
    assert!(tree.split(pane(2), pane(3), Direction::Vertical, ratio(0.8)));
    tree
}

/// Panes in a row, made one after the other from the last.
fn chain(count: usize) -> Tree {
    let mut tree = Tree::new(pane(1));
    (1..count as u64).for_each(|last| {
        assert!(tree.split(pane(last), pane(last + 1), Direction::Horizontal, Ratio::HALF));
    });
    tree
}

#[test]
fn a_split_divides_the_pane_that_was_meant() {
    let tree = three();
    assert_eq!(written(tree.layout()), "(1|(2/3))");
    assert_eq!(tree.panes(), [pane(1), pane(2), pane(3)]);
    let [(_, left), (_, above), (_, below)] = rectangles(&tree)[..] else { panic!("three panes") };
    assert_eq!(left, Rectangle { width: 0.3, ..Rectangle::UNIT });
    assert_eq!((above.left, above.top, below.left), (0.3, 0.0, 0.3));
    assert!((below.top - 0.8).abs() < 1e-12 && (below.height - 0.2).abs() < 1e-12);
    assert!(!three().split(pane(4), pane(5), Direction::Vertical, Ratio::HALF), "there is no such pane");
}

#[test]
fn the_space_of_a_closed_pane_goes_to_its_sibling_as_it_was() {
    let check = |closed: u64, expected: &str| {
        let mut tree = three();
        assert!(tree.close(pane(closed)));
        assert_eq!(written(tree.layout()), expected);
        tree
    };
    let right = check(1, "(2/3)");
    assert_eq!(ratios(right.layout()), [0.8], "nothing of the sibling changes");
    check(2, "(1|3)");
    check(3, "(1|2)");
    assert!(!three().close(pane(4)));
    assert!(!Tree::new(pane(1)).close(pane(1)), "the last pane stays");
}

#[test]
fn a_divider_is_named_by_a_pane_or_by_the_two_it_parts() {
    let check = |one: u64, other: Option<u64>, expected: Option<[f64; 2]>| {
        let mut tree = three();
        let is_there = tree.resize(pane(one), other.map(pane), ratio(0.5));
        assert_eq!(is_there.then(|| ratios(tree.layout())), expected.map(|both| both.to_vec()), "{one} {other:?}");
    };
    check(1, None, Some([0.5, 0.8]));
    check(2, None, Some([0.3, 0.5]));
    check(3, None, Some([0.3, 0.5]));
    check(1, Some(3), Some([0.5, 0.8]));
    check(3, Some(1), Some([0.5, 0.8]));
    check(3, Some(2), Some([0.3, 0.5]));
    check(2, Some(2), None);
    check(4, None, None);
    check(1, Some(4), None);
    check(4, Some(1), None);
}

#[test]
fn a_share_is_clamped_and_what_is_no_number_is_none() {
    let check = |given: f64, expected: Option<f64>| assert_eq!(Ratio::clamped(given).map(|ratio| ratio.0), expected);
    check(0.5, Some(0.5));
    check(1.0 / 3.0, Some(0.333333));
    check(0.0, Some(0.05));
    check(-7.0, Some(0.05));
    check(1.0, Some(0.95));
    check(f64::INFINITY, Some(0.95));
    check(f64::NEG_INFINITY, Some(0.05));
    check(f64::NAN, None);
}

#[test]
fn presets_keep_the_order_of_the_panes() {
    let check = |count: usize, preset: Preset, expected: &str| {
        let mut tree = chain(count);
        tree.arrange(preset);
        assert_eq!(written(tree.layout()), expected);
    };
    for preset in [Preset::Even, Preset::Row, Preset::Column, Preset::Grid] {
        check(1, preset, "1");
    }
    check(3, Preset::Row, "(1|(2|3))");
    check(4, Preset::Row, "((1|2)|(3|4))");
    check(3, Preset::Column, "(1/(2/3))");
    check(3, Preset::Even, "(1|(2|3))");
    check(2, Preset::Grid, "(1|2)");
    check(3, Preset::Grid, "(1/(2|3))");
    check(4, Preset::Grid, "((1|2)/(3|4))");
    check(5, Preset::Grid, "((1|2)/(3|(4|5)))");
    check(9, Preset::Grid, "((1|(2|3))/((4|(5|6))/(7|(8|9))))");
}

#[test]
fn in_a_row_a_column_or_an_even_layout_all_panes_are_of_one_size() {
    for (count, preset) in
        [(3, Preset::Row), (64, Preset::Row), (64, Preset::Column), (13, Preset::Even), (64, Preset::Grid)]
    {
        let mut tree = chain(count);
        tree.arrange(preset);
        for (_, rectangle) in rectangles(&tree) {
            assert!((rectangle.area() - 1.0 / count as f64).abs() < 1e-5, "{preset:?} of {count}: {rectangle:?}");
        }
    }
}

#[test]
fn the_deepest_tree_there_may_be_is_read_as_it_is_written() {
    let tree = chain(MAX_PANES);
    assert_eq!(depth(tree.layout()), MAX_PANES - 1);
    // As deep as a layout is in the longest message, an ack of everything.
    let nested = serde_json::json!({"workspace": {"sessions": [{"tabs": [{"layout": tree.layout()}]}]}}).to_string();
    let read: serde_json::Value = serde_json::from_str(&nested).unwrap();
    let layout = read["workspace"]["sessions"][0]["tabs"][0]["layout"].to_string();
    assert_eq!(&serde_json::from_str::<Layout>(&layout).unwrap(), tree.layout());
}

/// One change of a tree; which pane is meant is said by its place among them.
#[derive(Clone, Debug)]
enum Step {
    Split(usize, Direction, f64),
    Close(usize),
    Resize(usize, Option<usize>, f64),
    Arrange(Preset),
}

fn step() -> impl Strategy<Value = Step> {
    let direction = || prop_oneof![Just(Direction::Horizontal), Just(Direction::Vertical)];
    let preset = prop_oneof![Just(Preset::Even), Just(Preset::Row), Just(Preset::Column), Just(Preset::Grid)];
    prop_oneof![
        4 => (any::<usize>(), direction(), -0.5..1.5).prop_map(|(at, split, ratio)| Step::Split(at, split, ratio)),
        2 => any::<usize>().prop_map(Step::Close),
        2 => (any::<usize>(), any::<Option<usize>>(), -0.5..1.5).prop_map(|(at, other, to)| Step::Resize(at, other, to)),
        1 => preset.prop_map(Step::Arrange),
    ]
}

/// Takes the steps; returns the tree and the panes that are to be in it.
fn walk(steps: &[Step]) -> (Tree, Vec<PaneId>) {
    let (mut tree, mut panes, mut made) = (Tree::new(pane(1)), vec![pane(1)], 1..u64::MAX);
    made.next();
    for step in steps {
        take(step, &mut tree, &mut panes, &mut made);
    }
    (tree, panes)
}

fn take(step: &Step, tree: &mut Tree, panes: &mut Vec<PaneId>, made: &mut Range<u64>) {
    let at = |place: usize| panes[place % panes.len()];
    match *step {
        Step::Split(place, direction, share) if panes.len() < MAX_PANES => {
            let (of, new) = (at(place), pane(made.next().unwrap()));
            assert!(tree.split(of, new, direction, ratio(share)));
            panes.push(new);
        }
        Step::Split(..) => {}
        Step::Close(place) => {
            let gone = at(place);
            assert_eq!(tree.close(gone), panes.len() > 1);
            if panes.len() > 1 {
                panes.retain(|pane| *pane != gone);
            }
        }
        Step::Resize(place, other, share) => {
            let (one, other) = (at(place), other.map(at));
            assert_eq!(tree.resize(one, other, ratio(share)), panes.len() > 1 && other != Some(one));
        }
        Step::Arrange(preset) => tree.arrange(preset),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_panes_always_fill_the_square_without_overlap_each_of_them_once(
        steps in prop::collection::vec(step(), 0..60)
    ) {
        let (tree, mut panes) = walk(&steps);
        let placed = rectangles(&tree);
        let mut there: Vec<_> = placed.iter().map(|(pane, _)| *pane).collect();
        prop_assert_eq!(&there, &tree.panes());
        there.sort();
        panes.sort();
        prop_assert_eq!(there, panes);

        let covered: f64 = placed.iter().map(|(_, rectangle)| rectangle.area()).sum();
        prop_assert!((covered - 1.0).abs() < 1e-9, "{covered} is covered");
        for (at, (_, one)) in placed.iter().enumerate() {
            prop_assert!(one.width > 0.0 && one.height > 0.0);
            for (_, other) in &placed[at + 1..] {
                prop_assert!(one.common(*other) < 1e-12, "{one:?} and {other:?}");
            }
        }
        prop_assert!(ratios(tree.layout()).iter().all(|ratio| (0.05..=0.95).contains(ratio)));
        prop_assert!(depth(tree.layout()) < MAX_PANES);
    }

    #[test]
    fn closing_a_fresh_split_restores_the_layout(
        steps in prop::collection::vec(step(), 0..40),
        at in any::<usize>(),
        share in 0.0..1.0,
        is_row in any::<bool>(),
    ) {
        let (mut tree, panes) = walk(&steps);
        let before = tree.clone();
        let direction = if is_row { Direction::Horizontal } else { Direction::Vertical };
        prop_assert!(tree.split(panes[at % panes.len()], pane(u64::MAX), direction, ratio(share)));
        prop_assert!(tree != before);
        prop_assert!(tree.close(pane(u64::MAX)));
        prop_assert_eq!(tree, before);
    }
}
