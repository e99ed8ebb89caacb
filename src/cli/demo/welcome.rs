//! What a newcomer reads once the demo runs: where it is, tokens, and a first query.

use std::{fmt::Write, net::SocketAddr, path::Path};

use serde_json::json;

use super::cast::{ALDER_ADMIN, Person};

const FIRST_QUERY: &str = "\
{
  viewer { name roles partner { name locations { mpnId name enrolledPrograms } } }
  claims(first: 10) {
    totalCount
    nodes { number name status customer { name } problems { code message } availableActions }
  }
}";

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
         Remove the folder {} to begin anew. Ctrl-C stops the demo.",
        shell_path(variables),
        folder.display(),
    )
    .unwrap_or_default();
    text
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
