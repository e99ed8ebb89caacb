//! The schema is what was promised: everything in `contract/api.graphql` is in `schema.graphql` under the same name and
//! type, save what is known to come later; nothing is without a description.

use crate::support::{
    schema::{Elements, elements},
    source::{list, read},
};

/// What the promise names and the schema does not have yet, as reviewed.
const NOT_YET: &str = "tests/it/contract/not_yet.txt";

fn promised() -> Elements {
    elements(&read("tests/it/contract/api.graphql"))
}

fn built() -> Elements {
    elements(&read("schema.graphql"))
}

#[test]
fn everything_promised_is_there_by_name_and_type() {
    let (promised, built, later) = (promised(), built(), list(NOT_YET));
    let expected = promised.iter().filter(|(coordinate, _)| !comes_later(&later, coordinate));
    let wrong: Vec<_> = expected
        .filter_map(|(coordinate, promise)| match built.get(coordinate) {
            None => Some(format!("{coordinate} is not there")),
            Some(element) if element.shape != promise.shape => {
                Some(format!("{coordinate} is {} and not {}", element.shape, promise.shape))
            }
            Some(_) => None,
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_that_came_is_still_called_missing() {
    let (promised, built) = (promised(), built());
    let wrong: Vec<_> = list(NOT_YET)
        .into_iter()
        .filter(|coordinate| built.contains_key(coordinate) || !promised.contains_key(coordinate))
        .collect();
    assert!(wrong.is_empty(), "to be taken off {NOT_YET}: {wrong:?}");
}

#[test]
fn additions_ask_nothing_of_old_clients() {
    let promised = promised();
    let new =
        built().into_iter().filter(|(coordinate, element)| element.required && !promised.contains_key(coordinate));
    // A required argument or input field of a new field or type is fine; of an old one it breaks every client.
    let breaking: Vec<_> = new
        .filter(|(coordinate, _)| promised.contains_key(owner(coordinate)))
        .map(|(coordinate, _)| coordinate)
        .collect();
    assert!(breaking.is_empty(), "now required though never promised: {breaking:?}");
}

#[test]
fn everything_is_described() {
    let silent: Vec<_> =
        built().into_iter().filter(|(_, element)| !element.described).map(|(coordinate, _)| coordinate).collect();
    assert!(silent.is_empty(), "without a description:\n{}", silent.join("\n"));
}

/// A coordinate is on the list, or what it belongs to is.
fn comes_later(later: &[String], coordinate: &str) -> bool {
    let listed = |name: &str| later.iter().any(|entry| entry == name);
    listed(coordinate) || listed(owner(coordinate)) || listed(owner(owner(coordinate))) || {
        let (name, interface) = coordinate.split_once(" implements ").unwrap_or_default();
        !interface.is_empty() && listed(name)
    }
}

/// The field of an argument, the type of a field; a type is its own.
fn owner(coordinate: &str) -> &str {
    match coordinate.split_once('(') {
        Some((field, _)) => field,
        None => coordinate.split_once('.').map_or(coordinate, |(name, _)| name),
    }
}
