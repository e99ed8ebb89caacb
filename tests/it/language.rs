//! Texts are plain English: words that readers stumbled over do not come back, and descriptions say more than a name.
//!
//! The list follows the project's guide for texts. A word that is right in its place is an entry of [`RIGHT`].

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;

use crate::support::{
    World, both,
    program::{cpor, run},
    source::{Source, read, root, rust_files, words},
};

both!(every_part_of_the_schema_has_a_description_that_is_ours,);

/// What to write, and words to write it for. A `*` stands for any ending; a phrase is words in a row.
const LIST: &[(&str, &[&str])] = &[
    ("error, problem, failure", &["fault", "faults", "what is wrong"]),
    ("report, return, send, explain", &["told", "tell", "tells", "telling"]),
    ("fix", &["mend", "mends", "mended"]),
    ("timeout, abandon, stop", &["patience", "gives up", "gave up", "given up"]),
    ("visibility, scope, access", &["in reach", "caller's reach"]),
    ("soft delete, tombstone", &["bury", "buries", "buried"]),
    ("migration", &["steps of the schema", "step of the schema", "every step"]),
    ("retry, again", &["again from the beginning", "anew"]),
    ("is invalid, is not a valid ..", &["is none of", "are none of", "is no uuid", "is no cursor", "is no position"]),
    ("the caller may not, everyone, someone", &["whoever", "nobody may", "anybody", "somebody"]),
    ("otherwise", &["; else"]),
    ("compared with", &["held against"]),
    ("depends on, is decided by", &["goes by", "go by"]),
    (
        "American spelling",
        &[
            "programme*",
            "catalogue*",
            "authoris*",
            "colour*",
            "honour*",
            "behaviour*",
            "favour*",
            "enrolment*",
            "normalis*",
            "recognis*",
            "initialis*",
            "unoptimis*",
            "practise*",
            "licence*",
        ],
    ),
];

/// Places where a word of the list is right: the name of a text, the word, and a part of the text around it.
const RIGHT: &[(&str, &str, &str)] = &[
    // Closing reasons of the protocol `graphql-transport-ws`.
    ("src/http/websocket/protocol.rs", "initialis*", "Connection initialisation timeout"),
    ("src/http/websocket/protocol.rs", "initialis*", "Too many initialisation requests"),
];

/// Whether the words of a phrase stand at the beginning of these.
fn begins(words: &[String], phrase: &[&str]) -> bool {
    words.len() >= phrase.len()
        && phrase.iter().zip(words).all(|(wanted, word)| match wanted.strip_suffix('*') {
            Some(start) => word.starts_with(start),
            None => word == wanted,
        })
}

/// Every word of the list in a text: the word, what to write in its place, and the text around it.
fn violations(name: &str, text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '\'' || c == ';';
    let text = text.replace(';', " ; ").replace('’', "'");
    let lower: Vec<String> =
        text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let mut found = Vec::new();
    for start in 0..lower.len() {
        for (instead, phrases) in LIST {
            for phrase in *phrases {
                let phrase_words: Vec<&str> = phrase.split(' ').collect();
                if !begins(&lower[start..], &phrase_words) {
                    continue;
                }
                let around = lower[start.saturating_sub(5)..lower.len().min(start + 8)].join(" ");
                let is_right = |(place, word, part): &(&str, &str, &str)| {
                    *place == name && word == phrase && around.contains(&part.to_lowercase())
                };
                if !RIGHT.iter().any(is_right) {
                    found.push(format!("{name}: \"{phrase}\" in \".. {around} ..\"; write: {instead}"));
                }
            }
        }
    }
    found
}

#[track_caller]
fn refuse(found: &[String]) {
    assert!(found.is_empty(), "{} words of the list:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_list_finds_what_it_should() {
    for bad in ["You are told.", "no fault; else", "; else", "The programmes", "it is\nnone of them", "Catalogue."] {
        assert!(!violations("planted", bad).is_empty(), "{bad}");
    }
    for good in ["a default", "the program", "somewhere else", "there is none", "a metal", "catalog"] {
        assert_eq!(violations("planted", good), Vec::<String>::new(), "{good}");
    }
}

/// A part of the schema with its description.
struct Part {
    path: String,
    name: String,
    description: String,
}

/// The parts of `schema.graphql` that have descriptions.
fn parts() -> Vec<Part> {
    let schema = read("schema.graphql");
    let mut lines = schema.lines();
    let (mut owner, mut field) = (String::new(), String::new());
    let mut parts = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim() != "\"\"\"" {
            continue;
        }
        let text: Vec<&str> = lines.by_ref().map(str::trim).take_while(|line| *line != "\"\"\"").collect();
        let described = lines.next().unwrap_or_default();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@';
        let mut names = described.split(|c| !is_part(c)).filter(|word| !word.is_empty());
        let (path, name) = match described.len() - described.trim_start().len() {
            0 => {
                owner = names.nth(1).unwrap_or("schema").to_owned();
                (owner.clone(), owner.clone())
            }
            2 => {
                names.next().unwrap().clone_into(&mut field);
                (format!("{owner}.{field}"), field.clone())
            }
            _ => {
                let name = names.next().unwrap();
                (format!("{owner}.{field}({name})"), name.to_owned())
            }
        };
        parts.push(Part { path, name, description: text.join(" ") });
    }
    assert!(parts.len() > 900, "{}", parts.len());
    parts
}

#[test]
fn descriptions_are_free_of_the_list() {
    let found: Vec<_> = parts().iter().flat_map(|part| violations(&part.path, &part.description)).collect();
    refuse(&found);
}

/// Words that add nothing to a name.
const EMPTY: &[&str] = &[
    "the", "a", "an", "of", "for", "to", "is", "was", "it", "its", "this", "that", "when", "who", "with", "by", "and",
];

/// The words of a name such as `createdAt` or `CREATED_AT`, in lower case.
fn words_of(name: &str) -> BTreeSet<String> {
    let mut spaced = String::new();
    let is_constant = !name.chars().any(|c| c.is_ascii_lowercase());
    for c in name.chars() {
        if c.is_ascii_uppercase() && !is_constant {
            spaced.push(' ');
        }
        spaced.push(c.to_ascii_lowercase());
    }
    words(&spaced.replace('_', " ")).map(str::to_owned).collect()
}

/// Whether a description has no word but those of the name.
fn repeats(name: &str, description: &str) -> bool {
    let name = words_of(name);
    let stem = |word: &str| word.trim_end_matches('s').trim_end_matches("ed").trim_end_matches('e').to_owned();
    let stems: BTreeSet<String> = name.iter().map(|word| stem(word)).collect();
    let lower = description.to_lowercase();
    words(&lower).all(|word| EMPTY.contains(&word) || stems.contains(&stem(word)))
}

#[test]
fn descriptions_say_more_than_the_name() {
    for (name, description) in
        [("tenantId", "The tenant id."), ("createdAt", "When it was created."), ("DISPUTED", "It was disputed.")]
    {
        assert!(repeats(name, description), "{description}");
    }
    assert!(!repeats("createdAt", "When the partner created the draft."));
    let parts = parts();
    let found: Vec<_> = parts.iter().filter(|part| repeats(&part.name, &part.description)).collect();
    let found: Vec<_> = found.iter().map(|part| format!("{}: {}", part.path, part.description)).collect();
    assert!(found.is_empty(), "descriptions that only repeat the name:\n{}", found.join("\n"));
}

const EVERYTHING: &str = "{ __schema { description directives { name description args { name description } } types { name \
    description fields(includeDeprecated: true) { name description args { name description } } inputFields { name \
    description } enumValues(includeDeprecated: true) { name description } } } }";

async fn every_part_of_the_schema_has_a_description_that_is_ours(world: &World) {
    let data = world.partner.query(EVERYTHING).await;
    let schema = &data["__schema"];
    assert!(schema["description"].as_str().unwrap().starts_with("The claims server"), "{}", schema["description"]);
    let mut without = Vec::new();
    let own = schema["types"].as_array().unwrap().iter().filter(|of| !of["name"].as_str().unwrap().starts_with("__"));
    own.chain(schema["directives"].as_array().unwrap()).for_each(|part| collect(part, "", &mut without));
    assert_eq!(without, Vec::<String>::new());
}

/// The paths of a part and of all below it that have no description.
fn collect(part: &Value, path: &str, without: &mut Vec<String>) {
    let path = format!("{path}.{}", part["name"].as_str().unwrap());
    if part["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
        without.push(path.clone());
    }
    for list in ["fields", "args", "inputFields", "enumValues"] {
        part[list].as_array().into_iter().flatten().for_each(|below| collect(below, &path, without));
    }
}

/// The texts in quotes of a Rust file that a person may read: those of more than one word.
fn messages(file: &Source) -> Vec<String> {
    let program = file.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<&str> = program.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(start) = rest.find('"') {
        // A character literal is no text.
        if rest[..start].ends_with('\'') && rest[start + 1..].starts_with('\'') {
            rest = &rest[start + 2..];
            continue;
        }
        let text = &rest[start + 1..];
        let mut escaped = false;
        let end = text.find(|c: char| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else { break };
        let is_reason = rest[..start].trim_end().ends_with("reason =");
        if text[..end].trim().contains(' ') && !is_reason {
            // Names in braces are the code's, not the reader's.
            let plain = text[..end].split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
            found.push(plain.collect::<Vec<_>>().join(" "));
        }
        rest = &text[end + 1..];
    }
    found
}

#[test]
fn messages_are_free_of_the_list() {
    let files = rust_files("src").into_iter().chain(rust_files("domain/src"));
    let mut seen = 0;
    let mut found = Vec::new();
    for file in files.filter(|file| !file.is_test()) {
        let texts = messages(&file);
        seen += texts.len();
        found.extend(texts.iter().flat_map(|text| violations(&file.path, text)));
    }
    assert!(seen > 900, "{seen}");
    refuse(&found);
}

#[test]
fn the_help_of_every_command_is_free_of_the_list() {
    let commands = [
        "",
        "demo",
        "serve",
        "migrate",
        "migrate up",
        "migrate down",
        "migrate status",
        "schema",
        "token",
        "token explain",
        "tokens",
        "revoke",
        "notices",
        "notices list",
        "notices resend",
        "notices render",
        "import",
        "generate",
        "export",
        "verify",
    ];
    let mut found = Vec::new();
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).chain(["--help"]).collect();
        let help = run(&mut cpor(root(), &arguments));
        found.extend(violations(&format!("cpor {command} --help"), help.done()));
    }
    refuse(&found);
}

/// A page without its examples and code.
fn prose(page: &str) -> String {
    let without_blocks: Vec<&str> = page.split("```").step_by(2).collect();
    without_blocks.join(" ").split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn documents_are_free_of_the_list() {
    let roots = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
    let mut pages: Vec<String> = roots.into_iter().map(str::to_owned).collect();
    for folder in ["docs", "docs/decisions"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        pages.extend(
            names
                .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md"))
                .map(|name| format!("{folder}/{name}")),
        );
    }
    assert!(pages.len() > 30, "{pages:?}");
    let found: Vec<_> = pages.iter().flat_map(|page| violations(page, &prose(&read(page)))).collect();
    refuse(&found);
}
