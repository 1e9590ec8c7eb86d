//! What Unicode says of one character, as far as cells depend on it.

use icu_properties::props::{ExtendedPictographic, GraphemeClusterBreak};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_width::UnicodeWidthChar;

/// The part a character plays in a cluster (UAX #29, table 2), with two more for emoji selectors (UTS #51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Other,
    Extend,
    /// U+FE0F, which asks for an emoji.
    EmojiSelector,
    Zwj,
    Prepend,
    HangulL,
    HangulV,
    HangulT,
    HangulLv,
    HangulLvt,
    RegionalIndicator,
    Pictographic,
    /// `#`, `*` or a digit.
    Keycap,
}

impl Class {
    pub(super) fn of(code: u32) -> Self {
        match code {
            0x23 | 0x2a | 0x30..=0x39 => return Self::Keycap,
            // Nothing below combines with anything, and most of what is printed is here.
            ..0xa9 => return Self::Other,
            0xfe0f => return Self::EmojiSelector,
            _ => {}
        }
        match CodePointMapData::<GraphemeClusterBreak>::new().get32(code) {
            GraphemeClusterBreak::Extend | GraphemeClusterBreak::SpacingMark => Self::Extend,
            GraphemeClusterBreak::ZWJ => Self::Zwj,
            GraphemeClusterBreak::Prepend => Self::Prepend,
            GraphemeClusterBreak::L => Self::HangulL,
            GraphemeClusterBreak::V => Self::HangulV,
            GraphemeClusterBreak::T => Self::HangulT,
            GraphemeClusterBreak::LV => Self::HangulLv,
            GraphemeClusterBreak::LVT => Self::HangulLvt,
            GraphemeClusterBreak::RegionalIndicator => Self::RegionalIndicator,
            _ if CodePointSetData::new::<ExtendedPictographic>().contains32(code) => Self::Pictographic,
            _ => Self::Other,
        }
    }

    /// Cells of a character of this class by itself: 0, 1 or 2.
    pub(super) fn width(self, code: u32) -> u8 {
        if self == Self::Keycap || code < 0x7f {
            return 1;
        }
        // A surrogate is shown as one replacement character.
        char::from_u32(code).map_or(1, |c| c.width().unwrap_or(0).min(2) as u8)
    }
}
