//! How many cells a character takes: one table for the terminal on the server and the one in the page.
//!
//! Two terminals that disagree about one width show different screens ever after. Cells hold grapheme clusters (UAX #29),
//! with two exceptions: whatever has no width of its own joins the cell before it, and Indic conjuncts stay apart, because
//! programs count the columns of their consonants one by one.

mod class;

use class::Class;

/// What a terminal has to know of a character, and of what it continues.
///
/// The bits are those of xterm.js (`UnicodeCharProperties`): whether it joins, its width, and from bit 3 on what decides
/// about the character after it. The default is that of "nothing before".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Properties(u32);

impl Properties {
    /// The properties of the code point `code` after a character with the properties `before`.
    ///
    /// One that joins belongs to the cell before it; its width is then that of the whole cluster, which may have grown.
    pub fn of(code: u32, before: Self) -> Self {
        let class = Class::of(code);
        let own = class.width(code);
        let after = before.state();
        match after.join(class).or((own == 0).then_some(after)).filter(|_| before != Self::default()) {
            Some(state) => Self::new(state, cluster_width(before, class, own), true),
            // One without anything to join still needs a cell to be in.
            None => Self::new(State::after(class), own.max(1), false),
        }
    }

    /// Takes what [`Properties::bits`] gave.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The number that xterm.js passes around.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Cells: 1 or 2, of the whole cluster where the character joins one.
    pub fn width(self) -> u8 {
        (self.0 >> 1 & 3) as u8
    }

    /// Whether the character belongs to the cell of the one before it.
    pub fn joins(self) -> bool {
        self.0 & 1 == 1
    }

    fn new(state: State, width: u8, joins: bool) -> Self {
        Self((state as u32) << 3 | u32::from(width) << 1 | u32::from(joins))
    }

    fn state(self) -> State {
        STATES.into_iter().find(|state| *state as u32 == self.0 >> 3).unwrap_or(State::Other)
    }
}

/// Joining makes a cluster as wide as its widest part, two flags' halves one flag, and a selector some symbols an emoji.
fn cluster_width(before: Properties, class: Class, own: u8) -> u8 {
    let selected = class == Class::EmojiSelector && matches!(before.state(), State::Pictographic | State::Keycap);
    let flag = class == Class::RegionalIndicator;
    if selected || flag { 2 } else { before.width().max(own) }
}

/// What a cluster ends with, as far as it decides what may join (UAX #29, table 2, GB6…GB13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Other,
    Prepend,
    HangulL,
    /// Ends with a vowel: V or LV.
    HangulV,
    /// Ends with a final consonant: T or LVT.
    HangulT,
    /// Half a flag.
    Flag,
    /// `\p{Extended_Pictographic} Extend*`.
    Pictographic,
    /// The same and a joiner.
    PictographicZwj,
    /// What an emoji selector makes a key.
    Keycap,
}

const STATES: [State; 9] = [
    State::Other,
    State::Prepend,
    State::HangulL,
    State::HangulV,
    State::HangulT,
    State::Flag,
    State::Pictographic,
    State::PictographicZwj,
    State::Keycap,
];

impl State {
    fn after(class: Class) -> Self {
        match class {
            Class::Prepend => Self::Prepend,
            Class::HangulL => Self::HangulL,
            Class::HangulV | Class::HangulLv => Self::HangulV,
            Class::HangulT | Class::HangulLvt => Self::HangulT,
            Class::RegionalIndicator => Self::Flag,
            Class::Pictographic => Self::Pictographic,
            Class::Keycap => Self::Keycap,
            Class::Other | Class::Extend | Class::EmojiSelector | Class::Zwj => Self::Other,
        }
    }

    /// The state of the cluster once `class` has joined it; none if it does not.
    fn join(self, class: Class) -> Option<Self> {
        use Class::{Extend, HangulL, HangulLv, HangulLvt, HangulT, HangulV, Zwj};
        match (self, class) {
            (Self::Pictographic, Extend | Class::EmojiSelector) => Some(self),
            (Self::Pictographic, Zwj) => Some(Self::PictographicZwj),
            (_, Extend | Class::EmojiSelector | Zwj) => Some(Self::Other),
            (Self::Prepend, _) => Some(Self::after(class)),
            (Self::HangulL, HangulL | HangulV | HangulLv | HangulLvt) => Some(Self::after(class)),
            (Self::HangulV, HangulV | HangulT) | (Self::HangulT, HangulT) => Some(Self::after(class)),
            (Self::Flag, Class::RegionalIndicator) => Some(Self::Other),
            (Self::PictographicZwj, Class::Pictographic) => Some(Self::Pictographic),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The widths of the clusters of a text, each with how many characters it has.
    fn check(text: &str, clusters: &[(u8, usize)]) {
        let mut found: Vec<(u8, usize)> = Vec::new();
        let mut before = Properties::default();
        for c in text.chars() {
            before = Properties::of(c.into(), before);
            match found.last_mut().filter(|_| before.joins()) {
                Some((width, length)) => (*width, *length) = (before.width(), *length + 1),
                None => found.push((before.width(), 1)),
            }
        }
        assert_eq!(found, clusters, "{text:?}");
    }

    #[test]
    fn letters_take_one_cell_and_ideographs_two() {
        check("aé漢ｱア", &[(1, 1), (1, 1), (2, 1), (1, 1), (2, 1)]);
        check("─█◆", &[(1, 1), (1, 1), (1, 1)]);
    }

    #[test]
    fn marks_join_what_they_mark() {
        check("e\u{301}\u{323}x", &[(1, 3), (1, 1)]);
        check("漢\u{3099}", &[(2, 2)]);
        check("का", &[(1, 2)]);
        check("a\u{200b}b", &[(1, 2), (1, 1)]);
    }

    #[test]
    fn what_has_nothing_to_join_takes_a_cell() {
        check("\u{301}", &[(1, 1)]);
        check("\u{200d}", &[(1, 1)]);
        check("\u{feff}a", &[(1, 1), (1, 1)]);
    }

    #[test]
    fn emoji_sequences_are_one_cluster_of_two_cells() {
        check("👩\u{200d}👩\u{200d}👧", &[(2, 5)]);
        check("👍🏽", &[(2, 2)]);
        check("🏴\u{e0067}\u{e0062}\u{e007f}", &[(2, 4)]);
        check("👍👍", &[(2, 1), (2, 1)]);
    }

    #[test]
    fn flags_are_pairs() {
        check("🇯🇵🇩🇪", &[(2, 2), (2, 2)]);
        check("🇯x", &[(1, 1), (1, 1)]);
    }

    #[test]
    fn a_selector_makes_symbols_and_keys_wide() {
        check("❤\u{fe0f}", &[(2, 2)]);
        check("1\u{fe0f}\u{20e3}2", &[(2, 3), (1, 1)]);
        check("a\u{fe0f}", &[(1, 2)]);
        check("👍\u{fe0e}", &[(2, 2)]);
    }

    #[test]
    fn hangul_syllables_are_put_together() {
        check("\u{1112}\u{1161}\u{11ab}", &[(2, 3)]);
        check("한글", &[(2, 1), (2, 1)]);
        check("\u{1112}a", &[(2, 1), (1, 1)]);
    }

    #[test]
    fn conjuncts_stay_apart() {
        check("क्ष", &[(1, 2), (1, 1)]);
    }

    #[test]
    fn any_code_point_takes_one_or_two_cells() {
        // The planes in use, and a little beyond the last one.
        for code in (0..0x2_0000).chain(0xe_0000..0xe_1000).chain(0x10_ffff..0x11_0010) {
            let alone = Properties::of(code, Properties::default());
            assert!(matches!((alone.width(), alone.joins()), (1 | 2, false)), "{code:x}");
            for before in ["a", "漢", "👩", "👩\u{200d}", "🇯", "\u{600}", "\u{1112}"] {
                let before = before.chars().fold(Properties::default(), |before, c| Properties::of(c.into(), before));
                let joined = Properties::of(code, before);
                assert!(matches!(joined.width(), 1 | 2), "{code:x}");
                assert!(!joined.joins() || joined.width() >= before.width(), "{code:x} shrinks a cluster");
                assert_eq!(Properties::from_bits(joined.bits()), joined);
            }
        }
    }
}
