//! A minute at a glance.

use std::fmt::Write;

use leptos::prelude::*;

const WIDTH: f64 = 56.0;
const HEIGHT: f64 = 16.0;
/// Room for the stroke above and below.
const MARGIN: f64 = 1.0;

/// A line over the values, the highest at the top.
#[component]
pub fn Spark(
    /// From left to right.
    values: Signal<Vec<u32>>,
) -> impl IntoView {
    view! {
        <svg class="spark" viewBox="0 0 56 16" aria-hidden="true">
            <path d=move || values.with(|values| path(values))></path>
        </svg>
    }
}

fn path(values: &[u32]) -> String {
    let highest = f64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let step = WIDTH / values.len().saturating_sub(1).max(1) as f64;
    let mut path = String::new();
    for (place, value) in values.iter().enumerate() {
        let (x, share) = (place as f64 * step, f64::from(*value) / highest);
        let y = HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN);
        let verb = if place == 0 { 'M' } else { 'L' };
        write!(path, "{verb}{x:.1} {y:.1}").expect("a string takes all that is written to it");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[u32], expected: &str) {
        assert_eq!(path(values), expected);
    }

    #[test]
    fn the_highest_value_is_at_the_top() {
        check(&[0, 4, 2], "M0.0 15.0L28.0 1.0L56.0 8.0");
    }

    #[test]
    fn silence_is_a_flat_line_and_nothing_is_no_line() {
        check(&[0, 0], "M0.0 15.0L56.0 15.0");
        check(&[7], "M0.0 1.0");
        check(&[], "");
    }
}
