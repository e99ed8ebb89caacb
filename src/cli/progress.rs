//! The progress of long work: a bar on a terminal, otherwise a line per 10,000 items.

use std::{
    io::{self, IsTerminal, Read},
    sync::atomic::{AtomicU64, Ordering},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;

/// The number of items per log line.
const STEP: u64 = 10_000;
/// How often the bar is drawn again: each time costs more than loading a row.
const REDRAW: u64 = 100;

/// The progress of one piece of work, shown on standard error.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// What is counted, such as `rows`.
    what: &'static str,
    /// Whether the bar's length is that of the count.
    counts: bool,
    told: AtomicU64,
}

impl Progress {
    /// Counts rows; the bar's length is that of the input in bytes, where it is known.
    pub fn new(what: &'static str, bytes: Option<u64>) -> Self {
        let terminal = io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(bytes, target);
        let form = if bytes.is_some() {
            "{bar:40} {percent:>3} % {msg} ({elapsed}, {eta} left)"
        } else {
            "{spinner} {msg} ({elapsed})"
        };
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        Self { bar, what, counts: false, told: AtomicU64::new(0) }
    }

    /// Counts up to a total that is known.
    pub fn counting(what: &'static str, total: u64) -> Self {
        Self { counts: true, ..Self::new(what, Some(total)) }
    }

    /// Shows no bar.
    pub fn quiet() -> Self {
        Self { bar: ProgressBar::hidden(), what: "rows", counts: false, told: AtomicU64::new(0) }
    }

    /// The same input, whose reading moves the bar.
    pub fn reading<R: Read>(&self, input: R) -> impl Read + use<R> {
        self.bar.wrap_read(input)
    }

    /// So many are done.
    pub fn at(&self, count: u64) {
        let before = self.told.swap(count, Ordering::Relaxed);
        let passed = |step| before / step < count / step;
        if passed(REDRAW) {
            self.bar.set_message(format!("{count} {}", self.what));
            self.bar.tick();
            if self.counts {
                self.bar.set_position(count);
            }
        }
        if passed(STEP) && self.bar.is_hidden() {
            output::error(&format!("{count} {}", self.what));
        }
    }

    /// Writes a line to standard error, beside the bar.
    pub fn say(&self, text: &str) {
        self.bar.suspend(|| output::error(text));
    }

    /// The work is done: the bar goes.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
