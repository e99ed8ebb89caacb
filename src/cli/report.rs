//! `cpor report`: the statistics over all submitted claims, and over groups of them (S1, S2).

use clap::{Args, ValueEnum};
use domain::{
    kinds::{ClaimStatus, StatisticsGroup},
    statistics::ClaimCounts,
};

use super::{error::CliError, logging, output};
use crate::{
    app::exports::csv_cell,
    app::statistics::{Asked, Group, Key, Statistics, whole_vendor},
    config::{LogFormat, StorageOptions},
    server,
    store::claims::ClaimFilter,
};

/// The options of `cpor report`.
#[derive(Debug, Args)]
#[command(after_help = "\
Months and weeks follow the day of submission, in the time zone of --policy; business days follow its calendar.

Examples: cpor report
          cpor report --group-by month
          cpor report --group-by partner --format csv > partners.csv")]
pub struct Options {
    /// What to group by; without it there is one row, for all claims.
    #[arg(long, env = "CPOR_GROUP_BY", value_enum, value_name = "GROUP")]
    group_by: Option<By>,
    /// How to print it.
    #[arg(long, env = "CPOR_REPORT_FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    storage: StorageOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// The month of submission.
    Month,
    /// The ISO week of submission.
    Week,
    /// The partner.
    Partner,
    /// Each product of a claim.
    Product,
    /// The assigned reviewer.
    Reviewer,
    /// Why claims are rejected.
    RejectionReason,
    /// The solution area.
    SolutionArea,
}

impl From<By> for StatisticsGroup {
    fn from(by: By) -> Self {
        match by {
            By::Month => Self::Month,
            By::Week => Self::Week,
            By::Partner => Self::Partner,
            By::Product => Self::Product,
            By::Reviewer => Self::Reviewer,
            By::RejectionReason => Self::RejectionReason,
            By::SolutionArea => Self::SolutionArea,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// One JSON document with the API's names.
    Json,
}

/// Prints the report.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let app = server::open(&options.storage, None, false, server::Purpose::Maintain).await?;
    let group_by = options.group_by.map(Into::into);
    let asked = Asked { group_by, first_pass: true };
    let statistics = app.statistics(&whole_vendor(), &ClaimFilter::default(), asked).await?;
    let text = match options.format {
        Format::Table => table(&rows(&statistics, group_by.is_some())),
        Format::Csv => csv(&rows(&statistics, group_by.is_some())),
        Format::Json => serde_json::to_string_pretty(&json(&statistics)).map_err(|error| {
            CliError::new(format!("The report could not be serialized: {error}."), "This is a bug; please report it.")
        })?,
    };
    Ok(output::line(&text)?)
}

/// The header and a row for each group, or one for all.
fn rows(statistics: &Statistics, grouped: bool) -> Vec<Vec<String>> {
    let mut header = vec!["key".to_owned(), "label".to_owned(), "total".to_owned()];
    header.extend(shown_statuses().map(|status| status.as_str().to_lowercase()));
    header.extend(["approval_rate", "first_pass_rate", "median_days", "p90_days", "overdue"].map(str::to_owned));
    let mut rows = vec![header];
    if grouped {
        let key = |group: &Group| vec![key(&group.key), group.label.clone()];
        rows.extend(statistics.groups.iter().map(|group| [key(group), cells(&group.counts)].concat()));
    } else {
        rows.push([vec!["all".to_owned(), "All claims".to_owned()], cells(&statistics.all)].concat());
    }
    rows
}

/// Nobody but its partner sees a draft.
fn shown_statuses() -> impl Iterator<Item = ClaimStatus> {
    ClaimStatus::ALL.iter().copied().filter(|status| *status != ClaimStatus::Editing)
}

fn key(key: &Key) -> String {
    match key {
        Key::Word(word) => word.clone(),
        Key::Partner(id) | Key::Product(id) => id.to_string(),
    }
}

/// The cells of a row behind its key and label, in the order of the header.
fn cells(counts: &ClaimCounts) -> Vec<String> {
    let rate = |rate: Option<f64>| rate.map_or_else(String::new, |rate| format!("{rate:.3}"));
    let days = |days: Option<f64>| days.map_or_else(String::new, |days| days.to_string());
    let mut cells = vec![counts.total().to_string()];
    cells.extend(shown_statuses().map(|status| counts.count(status).to_string()));
    cells.extend([
        rate(counts.approval_rate()),
        rate(counts.first_pass_rate()),
        days(counts.median_business_days()),
        days(counts.percentile_business_days(90)),
        counts.overdue.to_string(),
    ]);
    cells
}

/// Columns as wide as their widest cell: words to the left, numbers to the right.
fn table(rows: &[Vec<String>]) -> String {
    const WORDS: usize = 2;
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(place, (cell, width))| {
            if place < WORDS { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The rows as CSV, written like an export's (B4).
fn csv(rows: &[Vec<String>]) -> String {
    let mut out = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            out.extend(b"\r\n");
        }
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            csv_cell(&mut out, cell);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The report with the API's names.
fn json(statistics: &Statistics) -> serde_json::Value {
    let mut all = json_of(&statistics.all);
    let group = |group: &Group| {
        let mut one = json_of(&group.counts);
        one["key"] = key(&group.key).into();
        one["label"] = group.label.as_str().into();
        one["from"] = group.from.map(|from| from.to_string()).into();
        one
    };
    all["groups"] = statistics.groups.iter().map(group).collect();
    all
}

fn json_of(counts: &ClaimCounts) -> serde_json::Value {
    let statuses: serde_json::Map<_, _> =
        shown_statuses().map(|status| (status.as_str().to_owned(), counts.count(status).into())).collect();
    serde_json::json!({
        "total": counts.total(),
        "byStatus": statuses,
        "approvalRate": counts.approval_rate(),
        "firstPassRate": counts.first_pass_rate(),
        "medianBusinessDaysToDecision": counts.median_business_days(),
        "p90BusinessDaysToDecision": counts.percentile_business_days(90),
        "overdue": counts.overdue,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_formula_or_a_column() {
        // B4
        let row = vec![vec!["=1+1".to_owned(), "a, \"b\"".to_owned(), "plain".to_owned()]];
        assert_eq!(csv(&row), "'=1+1,\"a, \"\"b\"\"\",plain");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [["key", "label", "total"], ["a", "Győr", "7"], ["abcd", "b", "1234567"]];
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        assert_eq!(table(&rows), "key   label    total\na     Győr         7\nabcd  b      1234567");
    }
}
