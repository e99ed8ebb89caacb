//! `cpor export`: a list as a file, from one snapshot (B3).

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use domain::{
    caller::Caller,
    kinds::{Role, Scope},
};
use serde_json::json;
use uuid::Uuid;

use super::{error::CliError, logging, output, progress::Progress};
use crate::{
    app::exports::{Asked, Export, Format, Manifest, Noun},
    config::{LogFormat, StorageOptions},
    ids, server,
};

/// The options of `cpor export`.
#[derive(Debug, Args)]
#[command(after_help = "\
All rows are from one instant, however long the export takes. They are what the vendor's auditors see, or with --partner or
--tenant what that partner or customer sees. The manifest is JSON with the number of rows and bytes, the SHA-256 of the
bytes, and the position in the history after which `--since`, `history(after:)` and subscriptions continue without gap or
repeat.

In CSV, a cell that a spreadsheet would treat as a formula begins with an apostrophe. To restore the text, remove one apostrophe
from each cell in which one or more precede = + - @ (also full-width, also after spaces), a tab or a line break. JSON Lines
contain texts unchanged.")]
pub struct Options {
    /// What to export.
    #[arg(value_enum)]
    what: What,
    /// Export only what changed after this position in the history, which is in the manifest of an earlier export.
    #[arg(long, env = "CPOR_SINCE", value_name = "POSITION")]
    since: Option<String>,
    /// The format of the file.
    #[arg(long, env = "CPOR_FORMAT", value_enum, default_value = "jsonl")]
    format: Form,
    /// The file to write [default: standard output]. It appears under its name when it is complete.
    #[arg(short, long, env = "CPOR_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
    /// The file for the manifest [default: standard error].
    #[arg(long, env = "CPOR_MANIFEST", value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Export what this partner company sees.
    #[arg(long, env = "CPOR_PARTNER", value_name = "ID", conflicts_with = "tenant")]
    partner: Option<Uuid>,
    /// Export what the customer with this tenant id sees.
    #[arg(long, env = "CPOR_TENANT", value_name = "ID")]
    tenant: Option<Uuid>,
    #[command(flatten)]
    storage: StorageOptions,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Claims with their lines.
    Claims,
    /// What happened to claims.
    History,
    /// Incentive evaluations.
    Evaluations,
    /// Associations, live and ended.
    Associations,
}

/// The format of the file.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// JSON Lines: one object per line.
    Jsonl,
    /// Comma-separated values, for spreadsheets.
    Csv,
}

impl From<What> for Noun {
    fn from(what: What) -> Self {
        match what {
            What::Claims => Self::Claims,
            What::History => Self::History,
            What::Evaluations => Self::Evaluations,
            What::Associations => Self::Associations,
        }
    }
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Jsonl => Self::JsonLines,
            Form::Csv => Self::Csv,
        }
    }
}

/// Writes the export and its manifest.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let caller = caller(options.partner, options.tenant)?;
    let app = server::open(&options.storage, None, false, server::Purpose::Maintain).await?;
    let (noun, format) = (Noun::from(options.what), Format::from(options.format));
    let asked = Asked { noun, format, since: options.since.clone(), naming: server::NAMING };
    let export = app.export(&caller, asked).await?;
    let manifest = match &options.output {
        None => written(export, &mut io::stdout().lock()).await?,
        Some(file) => to_file(export, file).await?,
    };
    let text = described(noun, format, options.since.as_deref(), &manifest);
    match &options.manifest {
        None => output::error(&text),
        Some(file) => std::fs::write(file, format!("{text}\n")).map_err(|error| unwritable(file, &error))?,
    }
    Ok(())
}

/// The caller whose view is exported.
fn caller(partner: Option<Uuid>, tenant: Option<Uuid>) -> Result<Caller, CliError> {
    let role = match (partner, tenant) {
        (Some(_), _) => Role::GlobalAdmin,
        (None, Some(_)) => Role::CustomerAdmin,
        (None, None) => Role::Auditor,
    };
    let scopes = vec![Scope::ClaimsRead, Scope::HistoryRead];
    Caller::new("cpor export".to_owned(), None, &[role], scopes, partner, tenant)
        .map_err(|none| CliError::usage(none.message(), "Give --partner or --tenant, or neither."))
}

/// Writes everything and reports progress.
async fn written(mut export: Export, out: &mut impl Write) -> Result<Manifest, CliError> {
    let progress = Progress::counting("rows", export.rows());
    while let Some(part) = export.next().await? {
        out.write_all(&part)?;
        progress.at(export.written());
    }
    out.flush()?;
    progress.end();
    Ok(export.manifest())
}

/// Writes a file beside the named one and renames it when it is complete.
async fn to_file(export: Export, file: &Path) -> Result<Manifest, CliError> {
    let mut partial = file.as_os_str().to_owned();
    // A name of its own: another export to the same file does not write into it, and the last one that is complete stays.
    partial.push(format!(".{}.partial", ids::new()));
    let partial = PathBuf::from(partial);
    let made = File::create(&partial).map_err(|error| unwritable(&partial, &error))?;
    let mut out = BufWriter::new(made);
    let complete = async {
        let manifest = written(export, &mut out).await?;
        out.get_ref().sync_all()?;
        std::fs::rename(&partial, file).map_err(|error| unwritable(file, &error))?;
        Ok(manifest)
    };
    let manifest = complete.await;
    if manifest.is_err() {
        // An incomplete file is useless.
        drop(std::fs::remove_file(&partial));
    }
    manifest
}

fn unwritable(file: &Path, error: &io::Error) -> CliError {
    CliError::new(
        format!("{} cannot be written: {error}.", file.display()),
        "Choose a file in a folder that can be written to.",
    )
}

fn described(noun: Noun, format: Format, since: Option<&str>, manifest: &Manifest) -> String {
    json!({
        "export": noun.as_str(),
        "format": format.as_str(),
        "since": since,
        "rows": manifest.rows,
        "bytes": manifest.bytes,
        "sha256": manifest.sha256,
        "position": manifest.position,
    })
    .to_string()
}
