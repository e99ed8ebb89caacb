//! What is written for people, where a program can tell whether it is so.

use std::collections::BTreeSet;

use domain::{
    kinds::ClaimStatus,
    lifecycle::{Leads, TABLE},
    problem::ProblemCode,
};

use crate::support::source::{read, rust_files};

#[test]
fn the_diagram_of_a_claims_life_is_the_table() {
    // L1 L2 L3 L4 L5 L6 L7 L9 N3 D1
    let readme = read("README.md");
    let (_, rest) = readme.split_once("stateDiagram-v2\n").expect("a state diagram in the README");
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
    let makers = ["src/graphql/error.rs", "src/graphql/document/refusal.rs", "src/http/failure.rs"];
    let files: Vec<_> = rust_files("src").into_iter().filter(|file| makers.contains(&file.path.as_str())).collect();
    assert_eq!(files.len(), makers.len());
    let code = |text: &str| text.len() > 4 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let texts = files.iter().flat_map(|file| file.text.split('"').skip(1).step_by(2));
    texts.filter(|text| code(text)).map(str::to_owned).collect()
}
