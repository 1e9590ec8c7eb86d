//! A person as a small disc: their initials in their colour.

use leptos::prelude::*;

use crate::protocol::workspace::Member;

/// How many colours there are for people; the style sheet has as many tokens.
pub const COLOURS: u8 = 8;

/// From here on Unicode has the letters that are as wide as they are high.
const FIRST_IDEOGRAPH: char = '\u{2e80}';

/// The disc. It stands beside a name or inside a control that has one.
#[component]
pub fn Avatar(
    /// Whose it is.
    member: Member,
    /// What the pointer is told.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    let Member { name, color, online, .. } = member;
    let state = if online { "online" } else { "away" };
    view! {
        <span class="avatar" data-color=color % COLOURS data-state=state title=title aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The first letters of the first and the last word, or the first two of a single one. One ideograph is as wide as two letters.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let Some(first) = words.next() else { return "?".to_owned() };
    let letter = |word: &str| word.chars().next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let initial = letter(first);
    if initial.chars().any(|letter| letter >= FIRST_IDEOGRAPH) {
        return initial;
    }
    match words.next_back() {
        Some(last) => initial + &letter(last),
        None => {
            first.chars().skip(1).take(1).fold(initial, |initial, letter| initial + letter.encode_utf8(&mut [0; 4]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_short_whatever_the_name() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("Guest Amber", "GA"),
            ("grace brewster murray hopper", "GH"),
            ("root", "Ro"),
            ("x", "X"),
            ("山田 太郎", "山"),
            ("山田太郎", "山"),
            ("élan", "Él"),
            ("  ", "?"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    /// The relative luminance of a colour, as WCAG 2.2 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let share = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn initials_and_names_can_be_read_in_every_colour_and_theme() {
        let style = include_str!("../../../style/tokens.css");
        for (theme, place) in [("light", 0), ("dark", 1)] {
            let token = |name: &str| {
                let both = style.split_once(&format!("--{name}: light-dark(")).unwrap_or_else(|| panic!("--{name}")).1;
                both[..both.find(')').unwrap()].split(", ").nth(place).unwrap()
            };
            for colour in 0..COLOURS {
                let colour = token(&format!("person-{colour}"));
                // The initials on it, and the name in it on the grounds where names stand.
                for other in ["on-person", "panel", "raised", "term"] {
                    let contrast = contrast(colour, token(other));
                    assert!(contrast >= 4.5, "{colour} and --{other} in {theme}: {contrast:.2}");
                }
            }
        }
    }
}
