//! Every rule of the rule book is cited by a test, in a comment, by its number.

use std::collections::BTreeSet;

use crate::support::source::{list, read, rust_files, words};

/// The rules whose work has not come yet, as reviewed.
const NOT_YET: &str = "tests/it/rules_not_yet.txt";

#[test]
fn every_rule_is_cited_by_a_test_or_known_to_come_later() {
    let (rules, cited) = (rules(), cited());
    let later: BTreeSet<String> = list(NOT_YET).into_iter().collect();
    assert!(rules.len() > 60, "the rule book has fewer rules than there were: {rules:?}");
    let missing: Vec<_> = rules.iter().filter(|rule| !cited.contains(*rule) && !later.contains(*rule)).collect();
    assert!(missing.is_empty(), "no test cites {missing:?}");
    let done: Vec<_> = later.intersection(&cited).collect();
    assert!(done.is_empty(), "cited by a test, so to be taken off {NOT_YET}: {done:?}");
    let unknown: Vec<_> = later.difference(&rules).collect();
    assert!(unknown.is_empty(), "on {NOT_YET} but no rules: {unknown:?}");
}

/// The numbers in the first column of the rule book's tables.
fn rules() -> BTreeSet<String> {
    let book = read("docs/domain.md");
    let numbers = book.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |").map(|(number, _)| number));
    numbers.filter(|number| is_rule(number)).map(str::to_owned).collect()
}

/// The rules named in the comments of tests.
fn cited() -> BTreeSet<String> {
    let mut cited = BTreeSet::new();
    for source in ["tests", "src", "domain", "migration"].into_iter().flat_map(rust_files) {
        for line in source.tests().lines() {
            let comment = line.split_once("//").map_or("", |(_, comment)| comment);
            cited.extend(words(comment).filter(|word| is_rule(word)).map(str::to_owned));
        }
    }
    cited
}

/// A capital letter, digits, and perhaps a `b`.
fn is_rule(word: &str) -> bool {
    let mut letters = word.strip_suffix('b').unwrap_or(word).chars();
    let capital = letters.next().is_some_and(|letter| letter.is_ascii_uppercase());
    let digits: Vec<char> = letters.collect();
    capital && !digits.is_empty() && digits.iter().all(char::is_ascii_digit)
}
