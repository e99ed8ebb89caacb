//! `docs/configuration.md` is complete: it has every option, variable and key of the program, with the program's defaults.

use std::collections::{BTreeMap, BTreeSet};

use domain::policy::{Policy, PolicyFile};

use crate::support::{
    program::{cpor, run},
    source::{read, root},
};

/// An option as the program or the page shows it: its environment variable and its default.
type Options = BTreeMap<String, (String, Option<String>)>;

/// The help of a command.
fn help(command: &str) -> String {
    let arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).chain(["--help"]).collect();
    run(&mut cpor(root(), &arguments)).done().to_owned()
}

/// Every command below this one that does something itself, with its help.
fn commands(command: &str, found: &mut Vec<(String, String)>) {
    let help = help(command);
    let below = help.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let names = below.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for name in names.filter(|name| !name.is_empty() && *name != "help") {
        commands(format!("{command} {name}").trim_start(), found);
    }
    let has_options = help.contains("\n      --");
    if !command.is_empty() && (below.is_empty() || has_options) {
        found.push((command.to_owned(), help));
    }
}

/// The text between `start` and the next `end`.
fn between<'a>(text: &'a str, start: &str, end: char) -> Option<&'a str> {
    text.split_once(start)?.1.split(end).next()
}

/// The options in a command's help.
fn of_help(help: &str) -> Options {
    let chunks = help.split("\n      --").skip(1);
    chunks
        .map(|chunk| {
            let name = chunk.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap();
            let variable = between(chunk, "[env: ", ']').unwrap_or_default();
            let variable = variable.split('=').next().unwrap_or_default().to_owned();
            (format!("--{name}"), (variable, between(chunk, "[default: ", ']').map(str::to_owned)))
        })
        .collect()
}

/// The text in back quotes; nothing for a blank cell.
fn code(cell: &str) -> Option<String> {
    cell.split('`').nth(1).map(str::to_owned)
}

/// The rows of options in a part of the page. Each has a meaning.
fn of_page(part: &str) -> Options {
    let rows = part.lines().filter(|line| line.starts_with("| `--"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 4 && cells[3].ends_with('.'), "four cells, the last a sentence: {row}");
        (code(cells[0]).unwrap(), (code(cells[1]).unwrap(), code(cells[2])))
    })
    .collect()
}

/// The part of the page under a heading, up to the next one of the same or a higher level.
fn under<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let level = heading.split(' ').next().unwrap();
    let rest = page.split_once(&format!("\n{heading}\n"))?.1;
    let ends = (2..=level.len()).filter_map(|length| rest.find(&format!("\n{} ", "#".repeat(length))));
    Some(&rest[..ends.min().unwrap_or(rest.len())])
}

#[test]
fn the_page_has_every_option_with_its_variable_and_default() {
    let page = read("docs/configuration.md");
    let serve = of_page(under(&page, "## `cpor serve`").unwrap());
    let mut found = Vec::new();
    commands("", &mut found);
    assert!(found.len() > 10, "{found:?}");
    for (command, help) in found {
        let options = of_help(&help);
        let own = under(&page, &format!("### `cpor {command}`")).map(of_page).unwrap_or_default();
        for (name, option) in &options {
            let shown = own.get(name).or_else(|| serve.get(name));
            assert_eq!(shown, Some(option), "docs/configuration.md: {name} of cpor {command}");
        }
        let gone: Vec<_> = own.keys().filter(|name| !options.contains_key(*name)).collect();
        assert!(gone.is_empty(), "docs/configuration.md has options that cpor {command} does not have: {gone:?}");
        if command == "serve" {
            let gone: Vec<_> = serve.keys().filter(|name| !options.contains_key(*name)).collect();
            assert!(gone.is_empty(), "docs/configuration.md has options that cpor serve does not have: {gone:?}");
        }
    }
}

/// The keys of a table on the page with their defaults.
fn keys(page: &str, heading: &str) -> BTreeMap<String, String> {
    let part = under(page, heading).unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.last().unwrap().ends_with('.'), "a meaning: {row}");
        (code(cells[0]).unwrap(), cells[1].trim_matches('`').to_owned())
    })
    .collect()
}

/// The fields of a struct in a source file.
fn fields(text: &str, structure: &str) -> BTreeSet<String> {
    let body = between(text, &format!("struct {structure} {{"), '}').unwrap();
    let lines = body.lines().map(|line| line.trim().trim_start_matches("pub "));
    let names = lines.filter(|line| !line.starts_with("//") && !line.starts_with('#')).filter_map(|line| {
        let (name, _) = line.split_once(": ")?;
        Some(name.to_owned())
    });
    names.collect()
}

fn below(prefix: &str, names: BTreeSet<String>) -> impl Iterator<Item = String> {
    names.into_iter().map(move |name| format!("{prefix}.{name}"))
}

#[test]
fn the_page_has_every_key_of_the_policy_file_with_its_default() {
    let source = read("domain/src/policy/file.rs");
    let mut expected = fields(&source, "PolicyFile");
    for (table, structure) in [("deadlines", "DeadlinesFile"), ("documents", "DocumentsFile")] {
        assert!(expected.remove(table), "{table}");
        expected.extend(below(table, fields(&source, structure)));
    }
    let shown = keys(&read("docs/configuration.md"), "## The policy file");
    assert_eq!(shown.keys().cloned().collect::<BTreeSet<_>>(), expected);
    // A file that says what the page calls the default changes nothing.
    let line = |(key, default): (&String, &String)| match default.split(' ').collect::<Vec<_>>()[..] {
        [days, kind, "days"] => format!("{key} = {{ days = {days}, kind = \"{kind}\" }}\n"),
        ["none"] => format!("{key} = []\n"),
        [number] if number.parse::<u32>().is_ok() => format!("{key} = {number}\n"),
        _ => format!("{key} = \"{default}\"\n"),
    };
    let file: String = shown.iter().map(line).collect();
    let file: PolicyFile = toml::from_str(&file).unwrap();
    assert_eq!(Policy::try_from(file).unwrap(), Policy::default());
}

#[test]
fn the_page_has_every_key_of_the_identity_file() {
    let source = read("src/config/identity/file.rs");
    let mut expected = fields(&source, "Entry");
    expected.extend(below("claims", fields(&source, "Claims")));
    let shown = keys(&read("docs/configuration.md"), "## The identity file");
    assert_eq!(shown.into_keys().collect::<BTreeSet<_>>(), expected);
}
