//! `cpor notices`: lists notices, sends parked ones again, and writes samples of every mail (M6).

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{kinds::DeliveryState, policy::Policy, time::Timestamp};
use uuid::Uuid;

use super::{error::CliError, logging, output};
use crate::{
    app::notices::{Listed, Resent},
    config::{LogFormat, StorageOptions},
    graphql::global_id,
    mail::{Envelope, Language, SAMPLES, Writer, compose},
    server,
};

/// The base URL of the links in rendered samples.
const SAMPLE_URL: &str = "https://cpor.example";

/// The options of `cpor notices`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the latest sent and parked notices, with the reason why each was parked.
    List {
        /// List only parked notices.
        #[arg(long, env = "CPOR_NOTICES_PARKED", value_parser = clap::builder::BoolishValueParser::new(), conflicts_with = "all")]
        parked: bool,
        /// List all notices, including pending, skipped and only recorded ones.
        #[arg(long, env = "CPOR_NOTICES_ALL", value_parser = clap::builder::BoolishValueParser::new())]
        all: bool,
        /// The maximum number of notices to list, newest first.
        #[arg(long, env = "CPOR_NOTICES_LIMIT", default_value_t = 100, value_name = "N")]
        limit: u64,
        #[command(flatten)]
        storage: StorageOptions,
    },
    /// Send a notice again. The running servers try to deliver it for 24 hours.
    Resend {
        /// The id, as shown by `cpor notices list` or the API.
        #[arg(value_name = "ID", value_parser = notice_id)]
        id: Uuid,
        #[command(flatten)]
        storage: StorageOptions,
    },
    /// Write a sample of every kind of notice in every language to a folder, as `.eml` files.
    Render {
        /// The folder to write to.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// A folder with templates and texts to use instead of the built-in ones.
        #[arg(long, env = "CPOR_MAIL_TEMPLATES", value_name = "DIR")]
        mail_templates: Option<PathBuf>,
        /// The sender of the samples.
        #[arg(long, env = "CPOR_MAIL_FROM", default_value = "Claims <claims@vendor.example>", value_name = "ADDRESS")]
        mail_from: String,
        /// The policy file, whose time zone is used for dates.
        #[arg(long, env = "CPOR_POLICY", value_name = "FILE")]
        policy: Option<PathBuf>,
    },
}

/// The id of a notice: a UUID, or the API's global id.
fn notice_id(text: &str) -> Result<Uuid, String> {
    let global = || global_id::key(global_id::Kind::Notice, text);
    Uuid::try_parse(text).ok().or_else(global).ok_or_else(|| "not the id of a notice".to_owned())
}

/// Runs the subcommand.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    match options.command {
        Command::List { parked, all, limit, storage } => {
            let states = match (parked, all) {
                (true, _) => &[DeliveryState::Parked][..],
                (_, true) => DeliveryState::ALL,
                _ => &[DeliveryState::Parked, DeliveryState::Sent],
            };
            list(&storage, states, limit).await
        }
        Command::Resend { id, storage } => resend(&storage, id).await,
        Command::Render { folder, mail_templates, mail_from, policy } => {
            let policy = policy.as_deref().map_or_else(|| Ok(Policy::default()), server::policy)?;
            let writer = Writer::new(&policy, mail_templates.as_deref());
            let writer = writer.map_err(|wrong| CliError::new(wrong.0, "Fix the file."))?;
            let count = render(&writer, &mail_from, &folder)?;
            Ok(output::line(&format!("{count} mails in {}", folder.display()))?)
        }
    }
}

async fn list(storage: &StorageOptions, states: &[DeliveryState], limit: u64) -> Result<(), CliError> {
    let app = server::open(storage, None, false, server::Purpose::Maintain).await?;
    let found = app.list_notices(states, limit).await?;
    if found.is_empty() {
        return Ok(output::line("none")?);
    }
    for notice in found {
        output::line(&line(&notice))?;
    }
    Ok(())
}

/// A notice in one line: id, state, when, what, where to, how often it was tried, why not.
fn line(notice: &Listed) -> String {
    let to = notice.address.as_deref().or(notice.reviewer.as_deref()).unwrap_or("-");
    let why = notice.failure.as_deref().map(|why| format!("  {why}")).unwrap_or_default();
    format!(
        "{}  {:8}  {}  {:19}  {to}  {} attempts  {}{why}",
        notice.id,
        notice.state.as_str(),
        notice.created_at,
        notice.kind.as_str(),
        notice.attempts,
        notice.record
    )
}

async fn resend(storage: &StorageOptions, id: Uuid) -> Result<(), CliError> {
    let app = server::open(storage, None, false, server::Purpose::Maintain).await?;
    match app.resend_notice(id).await? {
        Resent::Waiting => Ok(output::line("It is waiting for delivery; a server on this database will send it.")?),
        Resent::WaitsAlready => Ok(output::line("It is already waiting for delivery.")?),
        Resent::Unknown => {
            Err(CliError::new(format!("There is no notice {id}."), "Choose an id from `cpor notices list --all`."))
        }
        Resent::TooLate => Err(CliError::new(
            "The deadline in the notice has passed, so it is no longer sent.",
            "Inform the recipient in another way if necessary.",
        )),
    }
}

/// Writes the samples; how many.
fn render(writer: &Writer, from: &str, folder: &std::path::Path) -> Result<usize, CliError> {
    let remedy = "Choose a writable folder.";
    let unwritable =
        |error: std::io::Error| CliError::new(format!("{} cannot be written to: {error}.", folder.display()), remedy);
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut count = 0;
    for sample in SAMPLES {
        for language in Language::ALL {
            let mail = sample_mail(writer, from, sample, language).map_err(|wrong| {
                CliError::new(wrong.0, "Fix the template or text, or remove it to use the built-in one.")
            })?;
            let name = format!("{}.{}.eml", sample.name(), language.tag());
            std::fs::write(folder.join(name), mail).map_err(unwritable)?;
            count += 1;
        }
    }
    Ok(count)
}

fn sample_mail(
    writer: &Writer,
    from: &str,
    sample: crate::mail::Sample,
    language: Language,
) -> Result<String, crate::mail::MailError> {
    let draft = sample.draft(language, SAMPLE_URL);
    let letter = writer.letter(&draft)?;
    let envelope = Envelope {
        from,
        to: "kim@contoso.example",
        notice_id: Uuid::nil(),
        writing: 1,
        kind: draft.told.kind(),
        claim_id: Some(Uuid::nil()),
        at: Timestamp::from_micros(1_772_442_000_000_000).unwrap_or_else(|_| jiff::Timestamp::UNIX_EPOCH.into()),
        host: "cpor.example",
        unsubscribe: draft.unsubscribe_link.as_deref(),
    };
    Ok(compose(&envelope, &letter)?.0)
}
