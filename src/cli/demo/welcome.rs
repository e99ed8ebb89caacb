//! What a newcomer reads once the demo runs: where it is, who is there, and what each of them can try.

use std::{fmt::Write, net::SocketAddr, path::Path};

use serde_json::json;

use super::cast::{CAST, Person};

/// What each person can try, by the shell variable of their token.
pub const TRIES: [(&str, &str); 10] = [
    ("GLOBAL_ADMIN", "everything with the claims of Alder & Finch"),
    ("BILLING_ADMIN", "the same"),
    ("INCENTIVES_ADMIN", "a new claim; disputes the rejected SAMPLE-A5"),
    ("INCENTIVES_USER", "drafts, proof and comments; cannot submit"),
    ("BRIGHTWATER_ADMIN", "the other partner; answers SAMPLE-B4"),
    ("REVIEWER", "reviews; SAMPLE-B8 is overdue"),
    ("REVIEW_LEAD", "awards SAMPLE-A8 against SAMPLE-B7; decides the dispute of SAMPLE-A9"),
    ("AUDITOR", "reads everything, changes nothing"),
    ("DIRECTORY_SYNC", "loads partners, customers and products"),
    ("CUSTOMER_ADMIN", "declines the consent of SAMPLE-A6"),
];

/// The text.
pub fn text(address: SocketAddr, folder: &Path, variables: &Path, days: i64, loaded: bool) -> String {
    let mut text = format!(
        "cpor demo: the sample directory and {} in {}.\n\n  Open  http://{address}/  and sign in by a click. The API is \
         http://{address}/graphql.\n\n",
        if loaded { "sample claims were loaded into a database" } else { "claims are as you left them" },
        folder.display(),
    );
    for Person { variable, name, .. } in &CAST {
        let tries = TRIES.iter().find(|(person, _)| person == variable).map_or("", |(_, tries)| tries);
        // Writing to a text cannot fail.
        writeln!(text, "  {name:<15} {variable:<18} {tries}").unwrap_or_default();
    }
    write!(
        text,
        "\nTokens, valid for {days} days, as shell variables:  . {}\nThe demo has a clock of its own, which the first page and \
         the mutation advanceClock move.\nRemove the folder {} to start again. Ctrl-C stops the demo.",
        shell_path(variables),
        folder.display(),
    )
    .unwrap_or_default();
    text
}

/// The people with their tokens, as the first page reads them.
pub fn people(tokens: &[(Person, String)]) -> String {
    let person = |(person, token): &(Person, String)| {
        json!({
            "key": person.variable,
            "name": person.name,
            "company": person.company,
            "role": person.role.as_str(),
            "subject": person.subject,
            "token": token,
        })
    };
    json!({ "people": tokens.iter().map(person).collect::<Vec<_>>() }).to_string()
}

/// The file of shell variables.
pub fn variables(address: SocketAddr, tokens: &[(Person, String)]) -> String {
    let start = format!("export CPOR_ENDPOINT=http://{address}/graphql\n");
    tokens.iter().fold(start, |text, (person, token)| text + &format!("export {}={token}\n", person.variable))
}

/// A path that `.` takes for a file: without a folder it would look for a command.
fn shell_path(path: &Path) -> String {
    if path.is_absolute() { path.display().to_string() } else { format!("./{}", path.display()) }
}
