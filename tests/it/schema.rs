//! The committed schema is the one that the server prints.

use std::process::Command;

use crate::support::source::read;

#[test]
fn the_committed_schema_is_the_printed_one() {
    let output = Command::new(env!("CARGO_BIN_EXE_cpor")).arg("schema").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let committed = read("schema.graphql");
    let differs = printed.lines().zip(committed.lines()).position(|(printed, committed)| printed != committed);
    assert!(
        printed == committed,
        "schema.graphql differs (line {differs:?}); run `cargo run -- schema > schema.graphql`"
    );
}
