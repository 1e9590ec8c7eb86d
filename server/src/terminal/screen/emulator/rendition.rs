//! The pen: `SGR` and `DECSCA`.

use super::Screen;
use crate::terminal::screen::parser::Parameters;
use crate::terminal::screen::style::{Attributes, Color, Style};

impl Screen {
    /// `SGR`.
    pub(super) fn render(&mut self, parameters: &Parameters) {
        let mut pen = self.pen;
        let mut at = 0;
        while at < parameters.len() {
            at += apply(&mut pen, parameters, at);
        }
        self.draw_with(pen);
    }

    /// `DECSCA`.
    pub(super) fn protect(&mut self, which: u32) {
        let mut pen = self.pen;
        match which {
            0 | 2 => pen.attributes.set(Attributes::PROTECTED, false),
            1 => pen.attributes.set(Attributes::PROTECTED, true),
            _ => {}
        }
        self.draw_with(pen);
    }
}

/// Applies the parameter at `at`; returns how many parameters that took.
fn apply(pen: &mut Style, parameters: &Parameters, at: usize) -> usize {
    let attributes = &mut pen.attributes;
    let code = parameters.get(at);
    // What is compared with fits.
    let byte = u8::try_from(code).unwrap_or(u8::MAX);
    match byte {
        0 => *pen = Style { link: pen.link, ..Style::default() },
        1 => attributes.set(Attributes::BOLD, true),
        2 => attributes.set(Attributes::DIM, true),
        3 => attributes.set(Attributes::ITALIC, true),
        4 => underline(pen, parameters.subs(at).first().copied().flatten().unwrap_or(1)),
        5 => attributes.set(Attributes::BLINK, true),
        7 => attributes.set(Attributes::INVERSE, true),
        8 => attributes.set(Attributes::INVISIBLE, true),
        9 => attributes.set(Attributes::STRIKE, true),
        21 => underline(pen, 2),
        22 => {
            attributes.set(Attributes::BOLD, false);
            attributes.set(Attributes::DIM, false);
        }
        23 => attributes.set(Attributes::ITALIC, false),
        24 => underline(pen, 0),
        25 => attributes.set(Attributes::BLINK, false),
        27 => attributes.set(Attributes::INVERSE, false),
        28 => attributes.set(Attributes::INVISIBLE, false),
        29 => attributes.set(Attributes::STRIKE, false),
        30..=37 => pen.foreground = Color::Basic(byte - 30),
        40..=47 => pen.background = Color::Basic(byte - 40),
        90..=97 => pen.foreground = Color::Basic(byte - 90 + 8),
        100..=107 => pen.background = Color::Basic(byte - 100 + 8),
        39 => pen.foreground = Color::Default,
        49 => pen.background = Color::Default,
        53 => attributes.set(Attributes::OVERLINE, true),
        55 => attributes.set(Attributes::OVERLINE, false),
        59 => pen.underline_color = Color::Default,
        38 | 48 | 58 => {
            let (color, taken) = color(parameters, at);
            let target = match byte {
                38 => &mut pen.foreground,
                48 => &mut pen.background,
                _ => &mut pen.underline_color,
            };
            *target = color.unwrap_or(*target);
            return taken;
        }
        _ => {}
    }
    1
}

fn underline(pen: &mut Style, style: u32) {
    let style = if style > 5 { 1 } else { style as u8 };
    pen.attributes.set(Attributes::UNDERLINE, style > 0);
    pen.underline = style;
}

/// Reads a colour in any of the forms there are (`AttributeData._extractColor` of xterm.js): all semicolons, all colons with
/// or without a colour space, or a mixture. Also tells how many parameters it takes.
fn color(parameters: &Parameters, at: usize) -> (Option<Color>, usize) {
    // Target, kind, colour space, and up to three values.
    let mut found = [0, 0, 0, 0, 0, 0];
    let (mut taken, mut space) = (0, 0);
    loop {
        found[taken + space] = parameters.get(at + taken);
        let subs = parameters.subs(at + taken);
        if !subs.is_empty() {
            for (n, sub) in subs.iter().enumerate() {
                if found[1] == 5 {
                    space = 1;
                }
                let Some(place) = found.get_mut(taken + n + 1 + space) else { break };
                *place = sub.unwrap_or(0);
            }
            break;
        }
        if (found[1] == 5 && taken + space >= 2) || (found[1] == 2 && taken + space >= 5) {
            break;
        }
        if found[1] != 0 {
            space = 1;
        }
        taken += 1;
        if at + taken >= parameters.len() || taken + space >= found.len() {
            break;
        }
    }
    let color = match found[1] {
        2 => Some(Color::Rgb(found[3] as u8, found[4] as u8, found[5] as u8)),
        5 => Some(Color::Indexed(found[3] as u8)),
        _ => None,
    };
    (color, taken + 1)
}
