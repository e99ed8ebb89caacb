//! `cpor import claims`: drafts of one partner, through the same use case as `createClaims` (B1, B2).

use std::{collections::HashMap, path::PathBuf};

use clap::{Args, ValueEnum};
use domain::{
    caller::{Caller, Side},
    kinds::{BulkOutcome, OnExisting, Role, Scope},
    problem::Problem,
};
use futures_util::{StreamExt, stream};
use uuid::Uuid;

use super::{
    Entry, Format, Rows,
    claim_row::{self, ClaimRow},
    results::{LineProblem, LineResult, Results},
};
use crate::{
    app::{
        App, AppError,
        bulk::{BulkRowResult, Contacts, CreateClaims},
    },
    cli::{error::CliError, output, progress::Progress},
    graphql::global_id::{self, Kind},
    store,
};

/// How many rows one call of the use case has.
const CALL: usize = 1_000;

/// How many calls PostgreSQL takes at once.
const AT_ONCE: usize = 3;

/// The options that are of claims only.
#[derive(Debug, Args)]
pub struct ClaimOptions {
    /// Claims: the partner whose claims they are.
    #[arg(long, env = "CPOR_PARTNER", value_name = "ID")]
    partner: Option<Uuid>,
    /// Claims: what happens to a row whose external reference a claim of the partner has [default: skip].
    #[arg(long, env = "CPOR_ON_EXISTING", value_enum)]
    on_existing: Option<Existing>,
    /// Claims: write what became of each line to this file, as JSON Lines.
    #[arg(long, env = "CPOR_RESULT", value_name = "FILE")]
    result: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Existing {
    /// Refuse the row.
    Refuse,
    /// Leave the claim as it is.
    #[default]
    Skip,
    /// Make a draft what the row says; a claim that was submitted and differs is refused.
    UpdateDraft,
}

impl From<Existing> for OnExisting {
    fn from(existing: Existing) -> Self {
        match existing {
            Existing::Refuse => Self::Refuse,
            Existing::Skip => Self::Skip,
            Existing::UpdateDraft => Self::UpdateDraft,
        }
    }
}

/// What an import of claims is to do.
#[derive(Debug)]
pub struct Asked {
    partner_id: Uuid,
    on_existing: OnExisting,
    result: Option<PathBuf>,
}

impl ClaimOptions {
    /// What the import is to do.
    ///
    /// # Errors
    /// A usage error if no partner is named.
    pub fn asked(&self) -> Result<Asked, CliError> {
        let partner_id = self.partner.ok_or_else(|| {
            CliError::usage(
                "Claims are imported for one partner, and none is named.",
                "Add --partner with the partner's id.",
            )
        })?;
        Ok(Asked { partner_id, on_existing: self.on_existing.unwrap_or_default().into(), result: self.result.clone() })
    }

    /// Checks that none of them is given where no claims are imported.
    ///
    /// # Errors
    /// A usage error that names those that are.
    pub fn none_given(&self) -> Result<(), CliError> {
        let options = [
            ("--partner (CPOR_PARTNER)", self.partner.is_some()),
            ("--on-existing (CPOR_ON_EXISTING)", self.on_existing.is_some()),
            ("--result (CPOR_RESULT)", self.result.is_some()),
        ];
        let given: Vec<&str> = options.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
        if given.is_empty() {
            return Ok(());
        }
        Err(CliError::usage(
            format!("Only `cpor import claims` takes {}.", given.join(" and ")),
            "Leave out the option, or unset its environment variable.",
        ))
    }
}

/// A row of the file.
struct Item {
    line: u64,
    row: Result<ClaimRow, String>,
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    created: usize,
    updated: usize,
    skipped: usize,
    refused: usize,
}

/// Reads the whole file, then stores its claims.
///
/// # Errors
/// When the file cannot be read to its end: then nothing was stored. When the partner is unknown, the database does not answer,
/// or a row was refused.
pub async fn import(
    app: &App,
    asked: &Asked,
    rows: Rows<'_, ClaimRow>,
    format: Format,
    dry_run: bool,
    progress: &Progress,
) -> Result<(), CliError> {
    if store::partners::get_many(app.db(), &[asked.partner_id]).await.map_err(AppError::from)?.is_empty() {
        return Err(CliError::new(
            format!("There is no partner {}.", asked.partner_id),
            "Import the partner first, or check the id.",
        ));
    }
    let items = read(rows, progress);
    progress.end();
    let items = items?;
    let progress = Progress::counting("claims", u64::try_from(items.len()).unwrap_or(u64::MAX));
    let results = Results::create(asked.result.as_deref())?;
    let mut work = Work { app, asked, format, dry_run, progress, results, counts: Counts::default(), done: 0 };
    let stored = work.all(&items).await;
    work.progress.end();
    stored?;
    report(work.counts, items.len(), dry_run)
}

/// The rows of the file. A reference that comes again is refused: nobody can say which of the rows is meant.
fn read(rows: Rows<'_, ClaimRow>, progress: &Progress) -> Result<Vec<Item>, CliError> {
    let mut items = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for entry in rows {
        let Entry { line, row } = entry?;
        let row = row.and_then(|row| {
            let first = *lines.entry(row.reference.clone()).or_insert(line);
            if first == line { Ok(row) } else { Err(format!("Line {first} has the same external reference.")) }
        });
        items.push(Item { line, row });
        progress.at(u64::try_from(items.len()).unwrap_or(u64::MAX));
    }
    Ok(items)
}

struct Work<'a> {
    app: &'a App,
    asked: &'a Asked,
    format: Format,
    dry_run: bool,
    progress: Progress,
    results: Results,
    counts: Counts,
    done: u64,
}

impl Work<'_> {
    /// Stores the rows in calls of the use case, several at once on PostgreSQL. No two rows have the same reference.
    async fn all(&mut self, items: &[Item]) -> Result<(), CliError> {
        let (app, operator) = (self.app, operator(self.asked.partner_id));
        // A blank cell says nothing, and a file need not have the columns (L12).
        let contacts = if self.format == Format::Csv { Contacts::InPart } else { Contacts::Whole };
        let (on_existing, dry_run) = (self.asked.on_existing, self.dry_run);
        let calls = items.chunks(CALL).map(|items| {
            let rows = items.iter().filter_map(|item| item.row.as_ref().ok()).map(|row| row.row.clone()).collect();
            let claims = CreateClaims { rows, on_existing, contacts };
            let operator = &operator;
            async move { (items, app.import_claims(operator, claims, dry_run).await) }
        });
        let at_once = if app.db().is_postgres() { AT_ONCE } else { 1 };
        let mut calls = std::pin::pin!(stream::iter(calls).buffered(at_once));
        while let Some((items, call)) = calls.next().await {
            let mut results = call?.rows.into_iter();
            for item in items {
                match &item.row {
                    Ok(row) => match results.next() {
                        Some(result) => self.note(item.line, &row.reference, result)?,
                        None => return Err(AppError::Internal("a row without a result".to_owned()).into()),
                    },
                    Err(why) => self.unread(item.line, why)?,
                }
            }
            self.results.flush()?;
            self.done += u64::try_from(items.len()).unwrap_or_default();
            self.progress.at(self.done);
        }
        Ok(())
    }

    fn note(&mut self, line: u64, reference: &str, result: BulkRowResult) -> Result<(), CliError> {
        match result.outcome {
            BulkOutcome::Created => self.counts.created += 1,
            BulkOutcome::Updated => self.counts.updated += 1,
            BulkOutcome::Skipped => self.counts.skipped += 1,
            BulkOutcome::Refused | BulkOutcome::NotDone | BulkOutcome::Submitted => {
                self.counts.refused += 1;
                for problem in &result.problems {
                    self.say(line, self.field(problem), problem);
                }
            }
        }
        let problems = result.problems.into_iter().map(|problem| LineProblem {
            code: problem.code.as_str(),
            field: self.field(&problem),
            message: problem.message,
            remedy: problem.remedy,
        });
        let problems = problems.collect();
        self.results.add(&LineResult {
            line,
            external_reference: Some(reference),
            outcome: result.outcome,
            claim_id: result.claim_id.map(|id| global_id::encode(Kind::Claim, id).to_string()),
            claim_number: result.number,
            problems,
        })
    }

    /// A row that could not be read.
    fn unread(&mut self, line: u64, why: &str) -> Result<(), CliError> {
        self.counts.refused += 1;
        self.progress.say(&format!("line {line}: {why}"));
        let problem = LineProblem { code: "INVALID_VALUE", field: None, message: why.to_owned(), remedy: None };
        self.results.add(&LineResult {
            line,
            external_reference: None,
            outcome: BulkOutcome::Refused,
            claim_id: None,
            claim_number: None,
            problems: vec![problem],
        })
    }

    /// The field of a problem as the file names it; the list of rows and the place in it come first in its path.
    fn field(&self, problem: &Problem) -> Option<String> {
        let path = problem.field.as_deref()?.get(2..)?;
        let name = match self.format {
            Format::Csv => claim_row::column(path),
            Format::Jsonl => path.join("."),
        };
        Some(name).filter(|name| !name.is_empty())
    }

    fn say(&self, line: u64, field: Option<String>, problem: &Problem) {
        let field = field.map(|field| format!("{field}: ")).unwrap_or_default();
        let remedy = problem.remedy.as_deref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
        self.progress.say(&format!("line {line}: {field}{}{remedy}", problem.message));
    }
}

/// Who imports: the operator of the server, for the partner. The history names it so.
fn operator(partner_id: Uuid) -> Caller {
    Caller {
        subject: "cpor import".to_owned(),
        name: Some("cpor import".to_owned()),
        roles: vec![Role::IncentivesAdmin],
        scopes: vec![Scope::ClaimsRead, Scope::ClaimsWrite],
        side: Side::Partner(partner_id),
        stands_in_for: Vec::new(),
    }
}

fn report(counts: Counts, rows: usize, dry_run: bool) -> Result<(), CliError> {
    let Counts { created, updated, skipped, refused } = counts;
    let prefix = if dry_run { "dry run, nothing written: " } else { "" };
    output::line(&format!("{prefix}{created} created, {updated} updated, {skipped} skipped, {refused} refused"))?;
    match (refused, dry_run) {
        (0, _) => Ok(()),
        (_, true) => Err(CliError::new(
            format!("{refused} of {rows} rows would be refused, see above; the others would be stored."),
            "Fix them before the import.",
        )),
        (_, false) => Err(CliError::new(
            format!("{refused} of {rows} rows were refused, see above; the others are stored."),
            "Fix them and import the file again. With --on-existing skip, the default, claims that already exist are left as they are.",
        )),
    }
}
