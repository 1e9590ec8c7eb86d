//! What a shell has marked on a row (OSC 133), from which a page makes its marks of commands.

/// The milestones of a row. They stand on it in this order: output begins, the command ends, the next prompt begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::terminal::screen) struct Milestones {
    /// The output of a command begins here.
    pub(in crate::terminal::screen) output: bool,
    /// A command has ended here.
    pub(in crate::terminal::screen) end: Option<End>,
    /// A prompt begins here.
    pub(in crate::terminal::screen) prompt: bool,
}

/// The end of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::terminal::screen) struct End {
    /// The column after its last output.
    pub(in crate::terminal::screen) col: u16,
    pub(in crate::terminal::screen) has_failed: bool,
}

impl Milestones {
    /// Takes what stands behind `OSC 133 ;`, said with the cursor in column `col`. Everything else is nothing to a page.
    pub(in crate::terminal::screen) fn note(&mut self, mark: &str, col: usize) {
        let mut fields = mark.split(';');
        match fields.next() {
            Some("A") => self.prompt = true,
            Some("C") => self.output = true,
            Some("D") => {
                let has_failed = fields.next().is_some_and(|code| code != "0");
                // No screen has more than a thousand columns.
                self.end = Some(End { col: u16::try_from(col).unwrap_or(u16::MAX), has_failed });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marks: &[&str], expected: Milestones) {
        let mut noted = Milestones::default();
        marks.iter().for_each(|mark| noted.note(mark, 7));
        assert_eq!(noted, expected, "{marks:?}");
    }

    #[test]
    fn the_marks_of_a_command_are_noted() {
        let end = |has_failed| Some(End { col: 7, has_failed });
        check(&["A", "A;k=s"], Milestones { prompt: true, ..Milestones::default() });
        check(&["C;cmdline_url=ls", "D;1"], Milestones { output: true, end: end(true), prompt: false });
        check(&["D;0", "A"], Milestones { output: false, end: end(false), prompt: true });
        check(&["D"], Milestones { end: end(false), ..Milestones::default() });
        check(&["B", "", "P;k=v", "Dx"], Milestones::default());
    }
}
