//! What telemetry costs: the same server and the same traffic with tracking off, without a backend, with one that gets a tenth
//! or all of it, and with one that never answers. They take turns, so that a machine that is slow for a while is slow for all of
//! them.

mod arm;
mod sink;
mod traffic;

use std::{path::Path, time::Duration};

use anyhow::Result;

use crate::figures::{Budget, Table, median, percentile};

use arm::{Arm, Kind};
use sink::Sink;

/// Interleaved rounds. The middle of so many differences is good to about a tenth of a percent of a core.
const ROUNDS: usize = 9;

/// How long each arm has traffic in a round.
const ROUND: Duration = Duration::from_secs(6);

/// Echoes a round, for the time that a keystroke takes.
const ECHOES: usize = 400;

/// How long one person types.
const SOAK: Duration = Duration::from_secs(600);

/// Many messages: CPU time and the time of a keystroke. Budgets are shares of a core beyond what the server takes untracked.
pub async fn busy(program: &Path, table: &mut Table) -> Result<()> {
    let sink = Sink::open().await?;
    let mut arms = Arm::start(program, &sink, &Kind::ALL).await?;
    for round in 0..=ROUNDS {
        // To and fro, so that what changes with time weighs the same on all of them.
        arms.reverse();
        for arm in &mut arms {
            let used = arm.many(ROUND).await?;
            let mut echoes = arm.echoes(ECHOES).await?;
            // The first round warms up.
            if round > 0 {
                arm.used.push(used);
                arm.p50.push(percentile(&mut echoes, 50.0));
                arm.p99.push(percentile(&mut echoes, 99.0));
            }
        }
    }
    arms.sort_by_key(|arm| arm.kind);
    let (off, tracked) = arms.split_at_mut(1);
    let off = &mut off[0];
    let (p50, p99) = (median(&mut off.p50), median(&mut off.p99));
    let per_thousand = 1e6 / traffic::messages(ROUND);
    for arm in tracked {
        let name = arm.kind.name();
        // Both of the same round: a machine that was slow just then was slow for both.
        let mut beyond: Vec<f64> = arm.used.iter().zip(&off.used).map(|(used, untracked)| used - untracked).collect();
        let (used, untracked) = (median(&mut arm.used.clone()), median(&mut off.used.clone()));
        let untracked = Some(("tracking off", untracked * per_thousand));
        table.row(&format!("CPU of 1,000 messages, {name}"), "ms", used * per_thousand, Budget::None, untracked);
        let share = median(&mut beyond) / ROUND.as_secs_f64() * 100.0;
        table.row(&format!("core beyond it at 1,000 messages/s, {name}"), "%", share, arm.kind.busy_budget(), None);
        table.row(&format!("echo p50, {name}"), "ms", median(&mut arm.p50), Budget::None, Some(("tracking off", p50)));
        table.row(
            &format!("echo p99, {name}"),
            "ms",
            median(&mut arm.p99),
            arm.kind.echo_budget(),
            Some(("tracking off", p99)),
        );
    }
    table.row("records that reached the backend meanwhile", "", sink.taken(), Budget::AtLeast(1.0), None);
    Arm::stop_all(arms).await
}

/// One person who types for ten minutes: CPU time and memory. All arms have theirs at once; together they take a few percent.
pub async fn typing(program: &Path, table: &mut Table) -> Result<()> {
    let sink = Sink::open().await?;
    let mut arms = Arm::start(program, &sink, &Kind::ANSWERED).await?;
    let typed = arms.iter_mut().map(|arm| arm.person(SOAK));
    let used = futures_util::future::try_join_all(typed).await?;
    let (off, off_memory) = (used[0], arms[0].memory()?);
    for (arm, used) in arms.iter().zip(used).skip(1) {
        let name = arm.kind.name();
        let share = (used - off) / SOAK.as_secs_f64() * 100.0;
        table.row(&format!("core beyond it, one person typing, {name}"), "%", share, Budget::AtMost(1.0), None);
        let more = (arm.memory()? - off_memory) / 1e6;
        table.row(&format!("memory beyond it after 10 min, {name}"), "MB", more, Budget::AtMost(10.0), None);
    }
    Arm::stop_all(arms).await
}
