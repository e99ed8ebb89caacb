//! `cpor import`: loads the directory and claims from files (C8, B1). Valid rows are stored; invalid ones are reported with their line.

mod cells;
mod claim_row;
mod claims;
mod csv_rows;
mod dialect;
mod encoding;
mod json_rows;
mod lines;
mod load;
mod noun;
mod records;
mod results;
#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use domain::directory::{CustomerRow, PartnerRow, ProductRow, SubscriptionRow};

use super::{error::CliError, logging, output, progress::Progress};
use crate::{
    app::App,
    config::{LogFormat, StorageOptions},
    server,
};

pub use load::{Report, load};
pub use noun::{FileRow, Noun};

/// The options of `cpor import`.
#[derive(Debug, Args)]
#[command(after_help = "\
Columns of CSV files, in any order and case (lists are separated by `;`; columns in brackets are optional):
  products       sku_id, sku_part_number, name, solution_area
  customers      tenant_id, name, domain, [domains]
  subscriptions  subscription_id, tenant_id, sku_id, channel, status, seats, starts_at, [ends_at]
  partners       partner_id, partner_name, mpn_id, location_name, country, enrolled_programs, [partner_type]
                 (one row per location)
  claims         external_reference, name, tenant_id, domain, solution_area, activities, mpn_id,
                 [sku_ids], [subscription_ids] (one for each SKU id, blank where there is none),
                 [customer_contact_name], [customer_contact_email], [customer_contact_title],
                 [customer_contact_phone], the same of technical_contact and partner_contact,
                 [solution_seller], [partner_solution]
The separator of CSV files is a comma, semicolon or tab; the encoding is UTF-8, or UTF-16 with a byte order mark. The first
line may be `sep=;` or the like.
JSON Lines use the field names of the API's row inputs (ProductRow, CustomerRow, SubscriptionRow, PartnerRow, CreateClaimRow);
a claim's lines may name their product by skuId instead of productId.

Load partners, customers and products before subscriptions, and all of them before claims. Importing the same file
again changes nothing. A file of claims is read to its end before the first claim is stored.")]
pub struct Options {
    /// The kind of rows.
    #[arg(value_enum)]
    what: What,
    /// A `.csv` or `.jsonl` file, or `-` for standard input.
    file: PathBuf,
    /// The format of the file [default: by the ending of its name].
    #[arg(long, env = "CPOR_FORMAT", value_enum)]
    format: Option<Format>,
    /// Check every row against the rules and the database without writing anything.
    #[arg(long, env = "CPOR_DRY_RUN", value_parser = clap::builder::BoolishValueParser::new())]
    dry_run: bool,
    #[command(flatten)]
    claims: claims::ClaimOptions,
    #[command(flatten)]
    storage: StorageOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Partner companies and their locations.
    Partners,
    /// Customers and their domains.
    Customers,
    /// Customers' subscriptions.
    Subscriptions,
    /// The product catalog.
    Products,
    /// Claims of one partner, as drafts.
    Claims,
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values with a line of column names.
    Csv,
    /// One JSON object per line.
    Jsonl,
}

/// A row of a file, or the reason why the line is not a valid row.
#[derive(Debug)]
pub struct Entry<R> {
    /// The line it begins on, from 1.
    pub line: u64,
    /// The row.
    pub row: Result<R, String>,
}

/// The rows of a file, one by one; an `Err` ends the iteration.
pub type Rows<'a, R> = Box<dyn Iterator<Item = Result<Entry<R>, CliError>> + 'a>;

/// Loads the file and reports the result for its rows.
///
/// # Errors
/// When the file or the database cannot be used, or a row was refused.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    match options.what {
        What::Partners => import::<PartnerRow>(options).await,
        What::Customers => import::<CustomerRow>(options).await,
        What::Subscriptions => import::<SubscriptionRow>(options).await,
        What::Products => import::<ProductRow>(options).await,
        What::Claims => import_claims(options).await,
    }
}

/// Loads a part of the directory.
async fn import<R: Noun>(options: Options) -> Result<(), CliError> {
    options.claims.none_given()?;
    let Opened { format, app, progress, input } = Opened::of(&options).await?;
    let report = load::<R>(&app, format, rows(format, input)?, options.dry_run, &progress).await;
    progress.end();
    tell(&report?, options.dry_run)
}

async fn import_claims(options: Options) -> Result<(), CliError> {
    let asked = options.claims.asked()?;
    let Opened { format, app, progress, input } = Opened::of(&options).await?;
    claims::import(&app, &asked, rows(format, input)?, format, options.dry_run, &progress).await
}

/// What every import works with.
struct Opened {
    format: Format,
    app: App,
    progress: Progress,
    input: Box<dyn Read>,
}

impl Opened {
    async fn of(options: &Options) -> Result<Self, CliError> {
        let format = format(options)?;
        let (input, bytes) = input(&options.file)?;
        let app = server::open(&options.storage, None, false, server::Purpose::Maintain).await?;
        let progress = Progress::new("rows", bytes);
        let input = Box::new(progress.reading(input));
        Ok(Self { format, app, progress, input })
    }
}

/// The rows of a file of this form.
///
/// # Errors
/// When the file cannot be read, is neither UTF-8 nor UTF-16, or lacks required columns.
pub fn rows<'a, R: FileRow + 'a>(format: Format, input: impl Read + 'a) -> Result<Rows<'a, R>, CliError> {
    let input = BufReader::new(encoding::decoded(BufReader::new(input))?);
    match format {
        Format::Csv => csv_rows::rows(input),
        Format::Jsonl => Ok(json_rows::rows(input)),
    }
}

fn format(options: &Options) -> Result<Format, CliError> {
    let ending = options.file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let told = match ending.as_deref() {
        Some("csv") => Some(Format::Csv),
        Some("jsonl" | "ndjson") => Some(Format::Jsonl),
        _ => None,
    };
    options.format.or(told).ok_or_else(|| {
        CliError::usage(
            format!("The name {} does not show the format of the file.", options.file.display()),
            "Add --format csv or --format jsonl.",
        )
    })
}

/// The input, and its length in bytes where it is known.
fn input(file: &Path) -> Result<(Box<dyn Read>, Option<u64>), CliError> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let wrong = |error: io::Error| {
        CliError::new(
            format!("The file {} cannot be read: {error}.", file.display()),
            "Check its name and permissions.",
        )
    };
    let opened = File::open(file).map_err(wrong)?;
    let about = opened.metadata().map_err(wrong)?;
    if about.is_dir() {
        return Err(CliError::new(format!("{} is a folder.", file.display()), "Name a .csv or .jsonl file."));
    }
    Ok((Box::new(opened), about.is_file().then_some(about.len())))
}

fn tell(report: &Report, dry_run: bool) -> Result<(), CliError> {
    let Report { rows, inserted, updated, unchanged, refused } = report;
    let prefix = if dry_run { "dry run, nothing written: " } else { "" };
    output::line(&format!("{prefix}{inserted} inserted, {updated} updated, {unchanged} unchanged, {refused} refused"))?;
    match (refused, dry_run) {
        (0, _) => Ok(()),
        (_, true) => Err(CliError::new(
            format!("{refused} of {rows} rows would be refused, see above; the others would be loaded."),
            "Fix them before the import.",
        )),
        (_, false) => Err(CliError::new(
            format!("{refused} of {rows} rows were refused, see above; the others are loaded."),
            "Fix them and import the file again; rows that are already loaded stay unchanged.",
        )),
    }
}
