//! Medians, percentiles, and the table they are shown in.

/// The middle of the values.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value that `percent` of the values do not exceed (nearest rank).
pub fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
    values[rank.clamp(1, values.len()) - 1]
}

/// What a figure has to be.
#[derive(Clone, Copy)]
pub enum Budget {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// At least this share of the baseline.
    Share(f64),
    /// Nothing: the figure is shown for comparison.
    None,
}

/// What a figure is compared with: its name and its value.
pub type Baseline<'a> = Option<(&'a str, f64)>;

/// What was measured in turns with its baseline. Whatever slows the machine for a while slows both of a pair, so that their ratio
/// says more than that of two medians.
#[derive(Default)]
pub struct Pairs {
    figures: Vec<f64>,
    baselines: Vec<f64>,
}

impl Pairs {
    /// Adds what was measured in one round.
    pub fn push(&mut self, figure: f64, baseline: f64) {
        self.figures.push(figure);
        self.baselines.push(baseline);
    }

    /// The median of the rounds' ratios.
    fn ratio(&self) -> f64 {
        let mut ratios: Vec<f64> =
            self.figures.iter().zip(&self.baselines).map(|(figure, baseline)| figure / baseline).collect();
        median(&mut ratios)
    }
}

/// What was measured, each figure beside its budget and what it is compared with.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 7]>,
    failed: usize,
}

impl Table {
    /// Adds a figure.
    pub fn row(&mut self, what: &str, unit: &str, figure: f64, budget: Budget, baseline: Baseline<'_>) {
        self.add(what, unit, figure, budget, baseline.map(|(name, value)| (name, value, figure / value)));
    }

    /// Adds a figure that took turns with its baseline: both medians, and the median of their ratios.
    pub fn paired(&mut self, what: &str, unit: &str, pairs: &Pairs, name: &str, budget: Budget) {
        let (figure, baseline) = (median(&mut pairs.figures.clone()), median(&mut pairs.baselines.clone()));
        self.add(what, unit, figure, budget, Some((name, baseline, pairs.ratio())));
    }

    fn add(&mut self, what: &str, unit: &str, figure: f64, budget: Budget, baseline: Option<(&str, f64, f64)>) {
        let ratio = baseline.map(|(_, _, ratio)| ratio);
        let number = |value: f64| format!("{value:.3} {unit}").trim_end().to_owned();
        let (budget, is_kept) = match budget {
            Budget::AtMost(most) => (format!("≤ {most} {unit}").trim_end().to_owned(), Some(figure <= most)),
            Budget::AtLeast(least) => (format!("≥ {least} {unit}").trim_end().to_owned(), Some(figure >= least)),
            Budget::Share(share) => (format!("≥ {share} of it"), ratio.map(|ratio| ratio >= share)),
            Budget::None => (String::new(), None),
        };
        self.failed += usize::from(is_kept == Some(false));
        let verdict = is_kept.map_or("", |is_kept| if is_kept { "pass" } else { "FAIL" });
        self.rows.push([
            what.to_owned(),
            budget,
            number(figure),
            baseline.map_or(String::new(), |(name, ..)| name.to_owned()),
            baseline.map_or(String::new(), |(_, value, _)| number(value)),
            ratio.map_or(String::new(), |ratio| format!("{ratio:.2}")),
            verdict.to_owned(),
        ]);
    }

    /// Writes the table as Markdown.
    #[expect(clippy::print_stdout, reason = "the table is what the program is run for")]
    pub fn print(&self) {
        println!("| what | budget | result | against | baseline | ratio | |");
        println!("| --- | ---: | ---: | --- | ---: | ---: | --- |");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }

    /// How many figures are beyond their budget.
    pub fn failed(&self) -> usize {
        self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let mut values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(percentile(&mut values, 50.0), 2.0);
        assert_eq!(percentile(&mut values, 99.0), 4.0);
        assert_eq!(percentile(&mut values, 0.0), 1.0);
    }

    #[test]
    fn a_slow_round_is_slow_for_both_of_a_pair() {
        let mut pairs = Pairs::default();
        for (figure, baseline) in [(9.0, 10.0), (1.0, 1.0), (8.0, 10.0)] {
            pairs.push(figure, baseline);
        }
        assert_eq!(pairs.ratio(), 0.9);
    }

    #[test]
    fn a_figure_beyond_its_budget_fails() {
        let mut table = Table::default();
        table.row("kept", "ms", 1.0, Budget::AtMost(1.0), None);
        table.row("kept", "MB/s", 9.0, Budget::Share(0.9), Some(("it", 10.0)));
        table.row("shown", "ms", 9.0, Budget::None, Some(("it", 1.0)));
        assert_eq!(table.failed(), 0);
        table.row("missed", "ms", 1.1, Budget::AtMost(1.0), None);
        table.row("missed", "MB/s", 8.0, Budget::Share(0.9), Some(("it", 10.0)));
        assert_eq!(table.failed(), 2);
    }
}
