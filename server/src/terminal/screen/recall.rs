//! The properties of the characters printed last: looking them up in Unicode's tables takes longer than printing.

use app::width::Properties;

/// As many as a text uses at a time, in 3 KiB.
const SLOTS: usize = 256;

/// What was found lately, by character and what it came after.
#[derive(Debug)]
pub(super) struct Recall(Box<[Slot; SLOTS]>);

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    code: u32,
    before: Properties,
    properties: Properties,
}

impl Recall {
    /// [`Properties::of`].
    pub(super) fn properties(&mut self, code: u32, before: Properties) -> Properties {
        let slot = &mut self.0[(code ^ before.bits() << 3) as usize % SLOTS];
        // No character is 0, so an unused slot is never taken for one.
        if (slot.code, slot.before) != (code, before) {
            *slot = Slot { code, before, properties: Properties::of(code, before) };
        }
        slot.properties
    }
}

impl Default for Recall {
    fn default() -> Self {
        Self(Box::new([Slot::default(); SLOTS]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_else_is_recalled_than_was_found(text in "[ -~漢字ｱ👩👧🇯🇵\u{200d}\u{301}\u{fe0f}\u{600}]{0,200}") {
            let mut recall = Recall::default();
            let mut before = Properties::default();
            for c in text.chars() {
                let found = Properties::of(c.into(), before);
                prop_assert_eq!(recall.properties(c.into(), before), found);
                before = found;
            }
        }
    }
}
