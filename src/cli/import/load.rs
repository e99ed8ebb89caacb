//! Loads rows into the database in batches, each in one transaction, and reports every refused line. The rows that the database
//! refuses are reported when later batches have been read.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    panic::resume_unwind,
};

use domain::problem::Problem;
use tokio_util::task::AbortOnDropHandle;

use super::{Entry, Format, Noun, Rows};
use crate::{
    app::{
        App, AppError,
        directory::{Loader, ROWS_MAX, Upserted},
    },
    cli::{error::CliError, progress::Progress},
};

/// How many batches PostgreSQL stores at once, on as many of its processes, while the next one is read.
const AT_ONCE: usize = 3;

/// The result of a file's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many rows the file has.
    pub rows: u64,
    /// How many were new; of partners, companies are counted.
    pub inserted: usize,
    /// How many changed something.
    pub updated: usize,
    /// The number of rows that matched the stored data.
    pub unchanged: usize,
    /// How many rows were refused.
    pub refused: usize,
}

/// Loads rows in their order. Of rows with the same key the last one stays.
///
/// # Errors
/// When the file cannot be read on, or the database does not answer.
pub async fn load<R: Noun>(
    app: &App,
    format: Format,
    rows: Rows<'_, R>,
    dry_run: bool,
    progress: &Progress,
) -> Result<Report, CliError> {
    let mut work = Work {
        app,
        format,
        dry_run,
        progress,
        report: Report::default(),
        batch: Batch::default(),
        running: VecDeque::new(),
    };
    for entry in rows {
        let Entry { line, row } = match entry {
            Ok(entry) => entry,
            // What was read before the file's early end is loaded.
            Err(failure) => {
                work.end().await?;
                return Err(failure);
            }
        };
        work.report.rows += 1;
        match row.and_then(|row| row.check().map_err(|problem| told::<R>(format, &problem))) {
            Ok(row) => work.take(row, line).await?,
            Err(why) => work.refuse(line, &why),
        }
        progress.at(work.report.rows);
    }
    work.end().await?;
    Ok(work.report)
}

/// A row with the lines that it comes from: one, or, where it is told in parts, one a part.
struct Item<R> {
    row: R,
    lines: Vec<u64>,
}

/// The rows of one transaction, each key once.
struct Batch<R: Noun> {
    items: Vec<Item<R>>,
    places: HashMap<R::Key, usize>,
    lines: usize,
}

impl<R: Noun> Default for Batch<R> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new(), lines: 0 }
    }
}

struct Work<'a, R: Noun> {
    app: &'a App,
    format: Format,
    dry_run: bool,
    progress: &'a Progress,
    report: Report,
    batch: Batch<R>,
    /// The previous batches, which are being stored while this one is read.
    running: VecDeque<Running<R>>,
}

/// A batch that is being stored.
struct Running<R> {
    items: Vec<Item<R>>,
    done: AbortOnDropHandle<Result<Upserted, AppError>>,
}

impl<R: Noun> Work<'_, R> {
    /// Puts a row into the batch, which starts to be stored when it is full or has the row's key already.
    async fn take(&mut self, row: R, line: u64) -> Result<(), CliError> {
        let Some(row) = self.absorbed(row, line) else { return Ok(()) };
        let key = row.key();
        if self.batch.lines >= ROWS_MAX || self.batch.places.contains_key(&key) {
            self.flush().await?;
        }
        self.batch.places.insert(key, self.batch.items.len());
        self.batch.items.push(Item { row, lines: vec![line] });
        self.batch.lines += 1;
        Ok(())
    }

    /// Puts a part of a row to its other parts. Gives back what is a row of its own.
    fn absorbed(&mut self, row: R, line: u64) -> Option<R> {
        let there = self.batch.places.get(&row.key()).and_then(|place| self.batch.items.get_mut(*place));
        let Some(there) = there.filter(|_| self.format == Format::Csv && self.batch.lines < ROWS_MAX) else {
            return Some(row);
        };
        let left = there.row.absorb(row);
        if left.is_none() {
            there.lines.push(line);
            self.batch.lines += 1;
        }
        left
    }

    /// Starts storing the batch. Those that it depends on are finished first, so that the last of several rows with the same key wins.
    async fn flush(&mut self) -> Result<(), CliError> {
        let Batch { items, places, .. } = mem::take(&mut self.batch);
        let is_of = |running: &Running<R>| running.items.iter().any(|item| places.contains_key(&item.row.key()));
        let waits = R::DEPENDS_ON_OTHERS || !self.app.db().is_postgres() || self.running.iter().any(is_of);
        let most = if waits { 0 } else { AT_ONCE - 1 };
        while self.running.len() > most {
            self.finish_first().await?;
        }
        if !items.is_empty() {
            let done = AbortOnDropHandle::new(tokio::spawn(self.upsert(&items)));
            self.running.push_back(Running { items, done });
        }
        Ok(())
    }

    /// Stores what is left.
    async fn end(&mut self) -> Result<(), CliError> {
        self.flush().await?;
        while !self.running.is_empty() {
            self.finish_first().await?;
        }
        Ok(())
    }

    /// Waits for the first of the batches that are being stored. A row that is refused for one of its parts is stored without it.
    async fn finish_first(&mut self) -> Result<(), CliError> {
        let Some(Running { items, done }) = self.running.pop_front() else { return Ok(()) };
        let done = match done.await {
            Ok(done) => done,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(ended) => Err(AppError::Internal(format!("it is not known whether a batch was stored: {ended}"))),
            },
        };
        let mut items = self.settle(items, done?);
        while !items.is_empty() {
            let done = self.upsert(&items).await?;
            items = self.settle(items, done);
        }
        Ok(())
    }

    /// Stores the rows in a transaction.
    fn upsert(&self, items: &[Item<R>]) -> impl Future<Output = Result<Upserted, AppError>> + Send + 'static + use<R> {
        let (app, dry_run) = (self.app.clone(), self.dry_run);
        let rows = items.iter().map(|item| item.row.clone()).collect();
        async move { app.upsert(Loader::Operator, R::MUTATION, rows, None, dry_run).await }
    }

    /// Counts what was done, tells what was refused, and gives back what may go without a part.
    fn settle(&mut self, items: Vec<Item<R>>, done: Upserted) -> Vec<Item<R>> {
        self.report.inserted += done.inserted;
        self.report.updated += done.updated;
        self.report.unchanged += done.unchanged;
        let mut refused: HashMap<usize, Problem> = done.problems.into_iter().collect();
        let mut again = Vec::new();
        for (index, mut item) in items.into_iter().enumerate() {
            let Some(problem) = refused.remove(&index) else { continue };
            let why = told::<R>(self.format, &problem);
            let in_parts = item.lines.len() > 1;
            match problem.field.as_deref().filter(|_| in_parts).and_then(|field| item.row.remove_part(field)) {
                Some(part) if part < item.lines.len() => {
                    let line = item.lines.remove(part);
                    self.refuse(line, &why);
                    again.push(item);
                }
                _ => item.lines.iter().for_each(|line| self.refuse(*line, &why)),
            }
        }
        again
    }

    fn refuse(&mut self, line: u64, why: &str) {
        self.report.refused += 1;
        self.progress.say(&format!("line {line}: {why}"));
    }
}

/// A problem in words that fit the form of the file.
fn told<R: Noun>(format: Format, problem: &Problem) -> String {
    let field = problem.field.as_deref().unwrap_or_default();
    let place = match format {
        Format::Csv => R::column(field),
        Format::Jsonl => field.join("."),
    };
    let place = if place.is_empty() { place } else { format!("{place}: ") };
    let remedy = problem.remedy.as_deref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
    format!("{place}{}{remedy}", problem.message)
}
