//! What a newcomer reads once the demo runs: where it is, tokens, and a first query.

use std::{fmt::Write, net::SocketAddr, path::Path};

use serde_json::json;

use super::{
    cast::{ALDER_ADMIN, Person},
    samples::SAMPLES,
};

const FIRST_QUERY: &str = "\
{
  viewer { name roles partner { name locations { mpnId name enrolledPrograms } } }
  claims(first: 10) {
    totalCount
    nodes { number name status customer { name } problems { code message } availableActions }
  }
}";

/// How the clock is moved (T5).
const MOVE_CLOCK: &str = r#"mutation { advanceClock(input: { by: "P7D" }) { now problems { message } } }"#;

/// Sample claims, by their external reference, and what each shows.
pub const SHOWN: [(&str, &str); 7] = [
    ("SAMPLE-A6", "approved; its consent runs, and CUSTOMER_ADMIN may decline it"),
    ("SAMPLE-A7", "approved; its consent has lapsed, it is official and sent for evaluation"),
    ("SAMPLE-B7", "approved and official, but in arbitration: REVIEW_LEAD may award"),
    ("SAMPLE-A8", "under review, the rival of SAMPLE-B7 in that arbitration"),
    ("SAMPLE-A9", "rejected and disputed: REVIEWER rejected it, so REVIEW_LEAD decides"),
    ("SAMPLE-B8", "under review, and overdue"),
    ("SAMPLE-A5", "rejected; INCENTIVES_ADMIN may dispute it"),
];

/// The text. `tokens` are those of the whole cast.
pub fn text(
    address: SocketAddr,
    folder: &Path,
    variables: &Path,
    tokens: &[(Person, String)],
    days: i64,
    loaded: bool,
) -> String {
    let mut text = format!(
        "cpor demo: the sample directory and {} in {}\n\n  API       http://{address}/graphql\n  GraphiQL  http://{address}/\n\n\
         Tokens, good for {days} days (also as shell variables in {}):\n",
        if loaded { "sample claims were loaded into a database" } else { "claims are as you left them" },
        folder.display(),
        variables.display(),
    );
    for (person, token) in tokens {
        let Person { variable, name, company, .. } = person;
        // Writing to a text cannot fail.
        write!(text, "\n{variable}  ({name}, {company})\n{token}\n").unwrap_or_default();
    }
    let body = json!({ "query": FIRST_QUERY.split_whitespace().collect::<Vec<_>>().join(" ") });
    let admin = ALDER_ADMIN.variable;
    write!(
        text,
        "\nA first query, for GraphiQL with the token {admin}:\n\n{FIRST_QUERY}\n\nThe same from another shell in this folder:\n\n\
         . {}\ncurl -s \"$CPOR_ENDPOINT\" -H \"Authorization: Bearer ${admin}\" -H 'Content-Type: application/json' -d '{body}'\n\n\
{}\
         Remove the folder {} to begin anew. Ctrl-C stops the demo.",
        shell_path(variables),
        samples(),
        folder.display(),
    )
    .unwrap_or_default();
    text
}

/// What there is to see beside the first query.
fn samples() -> String {
    let start = "Some of the sample claims, as they were loaded (data/README.md has all):\n\n".to_owned();
    let name =
        |reference: &str| SAMPLES.iter().find(|sample| sample.reference == reference).map_or("", |sample| sample.name);
    let line = |(reference, shows): &(&str, &str)| format!("  {reference} \"{}\": {shows}\n", name(reference));
    let list = SHOWN.iter().fold(start, |text, shown| text + &line(shown));
    format!(
        "{list}\nThe demo has a clock of its own, some days ahead by now. Anybody may move it on, and everything that falls due on \
         the way happens:\n\n{MOVE_CLOCK}\n\n"
    )
}

/// The file of shell variables.
pub fn variables(address: SocketAddr, tokens: &[(Person, String)]) -> String {
    let start = format!("CPOR_ENDPOINT=http://{address}/graphql\n");
    tokens.iter().fold(start, |text, (person, token)| text + &format!("{}={token}\n", person.variable))
}

/// A path that `.` takes for a file: without a folder it would look for a command.
fn shell_path(path: &Path) -> String {
    if path.is_absolute() { path.display().to_string() } else { format!("./{}", path.display()) }
}
