//! `cpor generate`: realistic bulk data for load tests. The same seed gives the same data, byte for byte.
//!
//! The rules themselves (`domain`) create and change every claim, customer by customer, with a clock of its own; the results
//! are stored in bulk. The data is therefore what a server would have written, and `cpor verify` accepts it.

mod draft;
mod plot;
mod record;
mod span;
mod stage;
mod step;
mod words;
mod world;
mod writers;

use clap::Args;
use domain::directory::{CustomerRow, SubscriptionRow};

use super::{error::CliError, logging, output, progress::Progress};
use crate::{
    app::{App, AppError},
    config::{LogFormat, StorageOptions},
    server,
    store::{
        directory::Loadable,
        transaction::bulk::{self, Batch},
    },
};
use stage::Stage;
use world::World;
use writers::Writers;

/// The options of `cpor generate`.
#[derive(Debug, Args)]
#[command(after_help = "\
The same options give the same data: ids, numbers, texts, times and hashes are derived from the seed; only the positions in
the event log are assigned by the database. Claims are created from January 2025 on. All deadlines that have passed by
November 2026 have fired, and the others end from October 2036 on, so that servers have none to act on. Times follow the
default policy; another one (--policy) gives other data.

All documents share three small files. The database must not contain any claim, partner or customer. Rows are written in
batches; after an interruption, start again with an empty database.")]
pub struct Options {
    /// The number of claims, spread over all statuses.
    #[arg(long, env = "CPOR_CLAIMS", value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=CLAIMS_MAX))]
    claims: u64,
    /// The number of partners, with three locations each [default: one per 200 claims, at least 4].
    #[arg(long, env = "CPOR_PARTNERS", value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=PARTNERS_MAX))]
    partners: Option<u64>,
    /// The number of customers, with the subscriptions that are claimed [default: one per 4 claims, at least 4].
    #[arg(long, env = "CPOR_CUSTOMERS", value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=CLAIMS_MAX))]
    customers: Option<u64>,
    /// The seed of the data; the same seed gives the same data.
    #[arg(long, env = "CPOR_SEED", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    storage: StorageOptions,
}

/// Claim numbers have 40 bits (L12); far beyond what fits on a disk.
const CLAIMS_MAX: u64 = 1_000_000_000;
/// Partners are kept in memory.
const PARTNERS_MAX: u64 = 1_000_000;
/// How many claims are written at once, about.
const BATCH: usize = 1_000;
/// How many customers or subscriptions a statement takes.
const ROWS: usize = 500;
/// How much a customer claims compared with the one before; customers differ.
const WEIGHTS: [u64; 8] = [1, 1, 2, 2, 3, 3, 4, 8];

/// Makes the data.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let app = server::open(&options.storage, None, false, server::Purpose::Maintain).await?;
    if !bulk::is_empty(app.db()).await.map_err(AppError::from)? {
        return Err(CliError::new(
            "The database already holds claims, partners or customers.",
            "Name an empty database with --database-url, or create this one again, then run `cpor migrate up` and generate again.",
        ));
    }
    let partners = options.partners.unwrap_or_else(|| (options.claims / 200).max(4));
    let customers = options.customers.unwrap_or_else(|| (options.claims / 4).max(4));
    let world = World::new(options.seed, partners, app.policy().clone())?;
    let progress = Progress::counting("claims", options.claims);
    let writers = Writers::new(app.db().clone(), progress);
    let mut work =
        Work { app: &app, world: &world, written: WrittenRows::default(), pending: Pending::default(), writers };
    work.directory().await?;
    for customer in 0..customers {
        let first = share(options.claims, customer, customers);
        work.customer(customer, customers, first..share(options.claims, customer + 1, customers))?;
        if work.pending.batch.claims.len() >= BATCH || work.pending.customers.len() >= BATCH {
            work.flush().await?;
        }
    }
    work.flush().await?;
    let Work { written, writers, .. } = work;
    writers.end().await?;
    app.project().await?;
    bulk::settle(app.db()).await.map_err(AppError::from)?;
    let WrittenRows { claims, lines, comments, entries, subscriptions } = written;
    Ok(output::line(&format!(
        "generated with seed {}: {partners} partners, {customers} customers, {subscriptions} subscriptions, {claims} claims, \
         {lines} lines, {comments} comments, {entries} history entries",
        options.seed
    ))?)
}

/// The number of the first claim of this customer: how many claims the customers before it have.
fn share(claims: u64, customer: u64, customers: u64) -> u64 {
    let weight = |customers: u64| {
        let (rounds, rest) = (customers / 8, usize::try_from(customers % 8).unwrap_or(0));
        rounds * WEIGHTS.iter().sum::<u64>() + WEIGHTS.iter().take(rest).sum::<u64>()
    };
    let (part, whole) = (u128::from(weight(customer)), u128::from(weight(customers).max(1)));
    u64::try_from(u128::from(claims) * part / whole).unwrap_or(claims)
}

/// How many rows were written.
#[derive(Debug, Default)]
struct WrittenRows {
    claims: u64,
    lines: u64,
    comments: u64,
    entries: u64,
    subscriptions: u64,
}

/// Generated rows that are not written yet.
#[derive(Debug, Default)]
struct Pending {
    customers: Vec<CustomerRow>,
    subscriptions: Vec<SubscriptionRow>,
    batch: Batch,
}

struct Work<'a> {
    app: &'a App,
    world: &'a World,
    written: WrittenRows,
    pending: Pending,
    writers: Writers,
}

impl Work<'_> {
    /// Writes the catalog, the partners, and the files that documents share.
    async fn directory(&self) -> Result<(), CliError> {
        for proof in record::PROOFS.iter() {
            self.app.documents().put(&proof.key, proof.content.clone().into()).await.map_err(AppError::from)?;
        }
        let transaction = self.app.db().begin().await.map_err(AppError::from)?;
        for rows in self.world.products.chunks(ROWS) {
            Loadable::write(&transaction, rows, span::begin()).await.map_err(AppError::from)?;
        }
        for rows in self.world.partners.chunks(ROWS) {
            Loadable::write(&transaction, rows, span::begin()).await.map_err(AppError::from)?;
        }
        Ok(transaction.commit().await.map_err(AppError::from)?)
    }

    /// Plays out what happens at a customer.
    fn customer(&mut self, number: u64, customers: u64, claims: std::ops::Range<u64>) -> Result<(), CliError> {
        let mut dice = self.world.dice(number);
        let row = world::customer(number, &mut dice);
        let start = span::first_claim(number, customers, &mut dice);
        let mut stage = Stage::new(self.world, row, dice, start);
        for claim in claims {
            stage.plan_claim(claim, span::CLAIMS_WITHIN_DAYS * span::DAY);
        }
        stage.play().map_err(|problems| {
            let messages: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            CliError::new(format!("A draft was refused: {}", messages.join(" ")), "This is a defect; please report it.")
        })?;
        let Stage { customer, subscriptions, claims, record, .. } = stage;
        self.pending.customers.push(customer);
        self.pending.subscriptions.extend(subscriptions);
        record.append_to(&mut self.pending.batch, claims);
        Ok(())
    }

    /// Hands pending rows to a writer.
    async fn flush(&mut self) -> Result<(), CliError> {
        let pending = std::mem::take(&mut self.pending);
        let Pending { subscriptions, batch, .. } = &pending;
        let count = |rows: usize| u64::try_from(rows).unwrap_or(0);
        self.written.claims += count(batch.claims.len());
        self.written.lines += count(batch.claims.iter().map(|(claim, _)| claim.lines.len()).sum());
        self.written.comments += count(batch.comments.len());
        self.written.entries += count(batch.entries.len());
        self.written.subscriptions += count(subscriptions.len());
        self.writers.write(pending).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_has_one_customer() {
        for (claims, customers) in [(1, 1), (10, 3), (3, 10), (200_000, 50_000), (1_000_000_000, 7)] {
            assert_eq!(share(claims, 0, customers), 0);
            assert_eq!(share(claims, customers, customers), claims);
            assert!((0..customers.min(100)).all(|c| share(claims, c, customers) <= share(claims, c + 1, customers)));
        }
    }
}
