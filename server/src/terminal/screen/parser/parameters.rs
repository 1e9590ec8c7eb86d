//! The parameters of a control sequence, with sub-parameters after a colon.

/// As many as xterm.js keeps; further ones are ignored.
const MAX: usize = 32;

/// Larger values mean no more than this one to any screen.
const LARGEST: u32 = 0x7fff_ffff;

/// Numbers between semicolons; left out they are 0, but a sub-parameter left out is `None`.
#[derive(Debug)]
pub(in crate::terminal::screen) struct Parameters {
    values: [u32; MAX],
    length: usize,
    subs: [Option<u32>; MAX],
    subs_length: usize,
    /// Where each value's sub-parameters end in `subs`; they begin where those of the value before end.
    ends: [u8; MAX],
    is_sub: bool,
    is_full: bool,
    is_sub_full: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            values: [0; MAX],
            length: 1,
            subs: [None; MAX],
            subs_length: 0,
            ends: [0; MAX],
            is_sub: false,
            is_full: false,
            is_sub_full: false,
        }
    }
}

impl Parameters {
    /// Takes a digit, a semicolon or a colon.
    pub(super) fn push(&mut self, byte: u8) {
        match byte {
            b';' => self.add(),
            b':' => self.add_sub(),
            digit => self.add_digit(u32::from(digit.wrapping_sub(b'0'))),
        }
    }

    /// How many there are: at least one.
    pub(in crate::terminal::screen) fn len(&self) -> usize {
        self.length
    }

    /// The value at `index`, 0 where there is none.
    pub(in crate::terminal::screen) fn get(&self, index: usize) -> u32 {
        if index < self.length { self.values[index] } else { 0 }
    }

    /// The value at `index` as a count: at least 1.
    pub(in crate::terminal::screen) fn count(&self, index: usize) -> usize {
        usize::try_from(self.get(index)).unwrap_or(usize::MAX).max(1)
    }

    /// All values.
    pub(in crate::terminal::screen) fn values(&self) -> &[u32] {
        &self.values[..self.length]
    }

    /// The sub-parameters of the value at `index`.
    pub(in crate::terminal::screen) fn subs(&self, index: usize) -> &[Option<u32>] {
        let start = if index == 0 { 0 } else { usize::from(self.ends[index - 1]) };
        &self.subs[start..usize::from(self.ends[index])]
    }

    fn add(&mut self) {
        self.is_sub = false;
        if self.length == MAX {
            self.is_full = true;
            return;
        }
        self.ends[self.length] = self.subs_length as u8;
        self.length += 1;
    }

    fn add_sub(&mut self) {
        self.is_sub = true;
        if self.is_full || self.subs_length == MAX {
            self.is_sub_full = true;
            return;
        }
        self.subs[self.subs_length] = None;
        self.subs_length += 1;
        self.ends[self.length - 1] = self.subs_length as u8;
    }

    fn add_digit(&mut self, digit: u32) {
        let append = |value: u32| value.saturating_mul(10).saturating_add(digit).min(LARGEST);
        if self.is_full || (self.is_sub && self.is_sub_full) {
            return;
        }
        if self.is_sub {
            let sub = &mut self.subs[self.subs_length - 1];
            *sub = Some(append(sub.unwrap_or(0)));
        } else {
            let value = &mut self.values[self.length - 1];
            *value = append(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Parameters {
        let mut parameters = Parameters::default();
        text.bytes().for_each(|byte| parameters.push(byte));
        parameters
    }

    fn check(text: &str, values: &[u32]) {
        assert_eq!(parse(text).values(), values, "{text:?}");
    }

    #[test]
    fn values_left_out_are_zero() {
        check("", &[0]);
        check("1;2", &[1, 2]);
        check(";5;", &[0, 5, 0]);
        check("99999999999", &[LARGEST]);
    }

    #[test]
    fn further_ones_are_ignored() {
        check(&"7;".repeat(40), &[7; MAX]);
        assert_eq!(parse(&format!("4{}", ":1".repeat(40))).subs(0).len(), MAX);
    }

    #[test]
    fn sub_parameters_belong_to_their_value() {
        let parameters = parse("4:3;58:2::1:20;1");
        assert_eq!(parameters.values(), [4, 58, 1]);
        assert_eq!(parameters.subs(0), [Some(3)]);
        assert_eq!(parameters.subs(1), [Some(2), None, Some(1), Some(20)]);
        assert_eq!(parameters.subs(2), []);
    }
}
