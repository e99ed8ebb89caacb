//! What is written for people, where a program can tell whether it is so.

use std::collections::BTreeSet;

use domain::{
    kinds::ClaimStatus,
    lifecycle::{Leads, TABLE},
    problem::ProblemCode,
};

use crate::support::{
    program::{cpor, run},
    source::{read, root, rust_files},
};

#[test]
fn the_diagram_of_a_claims_life_is_the_table() {
    // L1 L2 L3 L4 L5 L6 L7 L9 N3 D1
    let page = read("docs/lifecycle.md");
    let (_, rest) = page.split_once("stateDiagram-v2\n").expect("a state diagram");
    let drawn = rest.split("```").next().unwrap().lines().map(|line| line.trim().to_owned());
    // What happens by itself is drawn in small letters: it is no row of the table.
    let by_itself = |line: &String| line.ends_with(": no answer in time") || line.ends_with(": arbitration lost");
    let drawn: BTreeSet<String> = drawn.filter(|line| !line.is_empty() && !by_itself(line)).collect();
    let mut table = BTreeSet::from(["[*] --> EDITING: createClaim".to_owned()]);
    for rule in TABLE {
        let to = match rule.leads {
            Leads::Nowhere => continue,
            Leads::To(status) => status,
            Leads::Asks => ClaimStatus::PartnerActionRequired,
            Leads::Away => {
                table.extend(rule.statuses().map(|from| format!("{from} --> [*]: {}", rule.action)));
                continue;
            }
        };
        // An approved claim that is asked for more stays approved (X3).
        let from = rule.statuses().filter(|from| !(rule.leads == Leads::Asks && *from == ClaimStatus::Approved));
        table.extend(from.map(|from| format!("{from} --> {to}: {}", rule.action)));
    }
    assert_eq!(drawn, table);
}

#[test]
fn every_code_is_explained_and_no_other() {
    let explained = explained();
    let mut there: BTreeSet<String> = ProblemCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    let top_level = top_level();
    assert!(top_level.len() > 15 && top_level.contains("RATE_LIMITED"), "{top_level:?}");
    there.extend(top_level);
    let missing: Vec<_> = there.difference(&explained).collect();
    assert!(missing.is_empty(), "docs/errors.md does not explain {missing:?}");
    let gone: Vec<_> = explained.difference(&there).collect();
    assert!(gone.is_empty(), "docs/errors.md explains what nothing answers: {gone:?}");
}

/// The codes in the first column of the tables of `docs/errors.md`.
fn explained() -> BTreeSet<String> {
    let page = read("docs/errors.md");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// The codes of top-level errors: the words in capitals among the texts of the three files that make them.
fn top_level() -> BTreeSet<String> {
    let declared = read("src/graphql/codes.rs");
    declared.lines().filter_map(|line| Some(line.strip_prefix("pub const ")?.split_once(':')?.0.to_owned())).collect()
}

/// What the pages name besides the options of `cpor serve`: an option of cargo, one of a build with the feature `otel`, and the
/// variable that makes a build need the console. (`docs/configuration.md` has a test of its own: `configuration.rs`.)
const NOT_OF_SERVE: [&str; 3] = ["--features", "--otlp-endpoint", "CPOR_REQUIRE_CONSOLE"];

#[test]
fn operators_read_of_options_that_exist() {
    let (page, help) = (read("docs/operations.md"), run(&mut cpor(root(), &["serve", "--help"])));
    let help = help.done();
    let is_part = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let there: BTreeSet<&str> = help.split(is_part).collect();
    // Those in the text are set as code, those in the examples are variables of the environment.
    let named = page.split('`').filter(|code| code.starts_with("--")).map(|code| code.split(is_part).next().unwrap());
    let variables = page.split(is_part).filter(|word| word.starts_with("CPOR_"));
    let named: BTreeSet<&str> = named.chain(variables).collect();
    assert!(named.len() > 20 && named.contains("--max-sockets") && named.contains("CPOR_DOCUMENTS"), "{named:?}");
    let unknown: Vec<_> = named.difference(&there).filter(|word| !NOT_OF_SERVE.contains(word)).collect();
    assert!(unknown.is_empty(), "docs/operations.md names {unknown:?}");
}

#[test]
fn operators_are_told_of_every_metric_and_no_other() {
    let page = read("docs/operations.md");
    let files = rust_files("src/telemetry");
    let names = files.iter().flat_map(|file| file.text.split('"').skip(1).step_by(2));
    let is_part = |c: char| !(c.is_ascii_lowercase() || c == '_');
    let there: BTreeSet<&str> = names.filter(|name| name.starts_with("cpor_") && !name.contains(is_part)).collect();
    let told: BTreeSet<&str> =
        page.split(is_part).filter(|word| word.starts_with("cpor_") && *word != "cpor_server").collect();
    assert!(there.len() > 10, "{there:?}");
    assert_eq!(told, there);
}
