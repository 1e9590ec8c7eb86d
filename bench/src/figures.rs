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

/// What was measured, each figure beside what it is compared with.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
}

impl Table {
    /// Adds a figure and its ratio to a baseline of the same run.
    pub fn row(&mut self, what: &str, unit: &str, figure: f64, against: &str, baseline: f64) {
        self.rows.push([
            what.to_owned(),
            format!("{figure:.3} {unit}").trim_end().to_owned(),
            against.to_owned(),
            format!("{baseline:.3} {unit}").trim_end().to_owned(),
            format!("{:.2}", figure / baseline),
        ]);
    }

    /// Writes the table as Markdown.
    #[expect(clippy::print_stdout, reason = "the table is what the program is run for")]
    pub fn print(&self) {
        println!("| what | result | against | baseline | ratio |");
        println!("| --- | ---: | --- | ---: | ---: |");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
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
}
