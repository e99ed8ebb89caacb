//! The commands of the README and of `docs/first-claim.md`, as a newcomer runs them: their own bash blocks with curl, against a
//! demo that is really started.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::{
    files::new_folder,
    program::{Running, cpor, run},
    source::{read, root},
};

/// The bash blocks of a page, in their order.
fn blocks(page: &str) -> Vec<String> {
    page.split("```bash\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Runs blocks of bash in this folder and takes each line of their output apart.
fn answers(folder: &Path, blocks: &[String]) -> Vec<Value> {
    let script = blocks.join("\n");
    let walked = run(Command::new("bash").args(["-eu", "-o", "pipefail", "-c", &script]).current_dir(folder));
    walked.done().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[test]
fn the_readme_is_short_and_shows_the_two_commands_and_a_picture_that_exists() {
    let readme = read("README.md");
    assert!(readme.lines().count() < 150, "{} lines", readme.lines().count());
    assert!(readme.contains("cargo run --release -- demo") && readme.contains("scripts/test"), "the two commands");
    let picture = readme.split("](docs/images/").nth(1).and_then(|rest| rest.split(')').next()).expect("a picture");
    let size = std::fs::metadata(root().join("docs/images").join(picture)).unwrap().len();
    assert!(size < 300_000, "{picture} has {size} bytes");
}

#[test]
fn the_pages_own_commands_take_a_claim_from_eligibility_to_approval() {
    // L1 L2 L3 L4 L5 L6 P1 H2 H3
    let folder = new_folder("walk");
    // The pages' address is the default one, which may be taken here. The walk reads it from the file of tokens.
    let (demo, _) = Running::start(cpor(&folder, &["demo"]).env("CPOR_LISTEN", "127.0.0.1:0"), "Ctrl-C stops the demo");
    let asked = answers(&folder, &blocks(&read("README.md")));
    assert!(!asked[0]["data"]["claims"]["nodes"].as_array().unwrap().is_empty(), "{asked:?}");
    let walk = blocks(&read("docs/first-claim.md"));
    assert!(walk.len() > 6, "{} blocks", walk.len());
    let answers = answers(&folder, &walk);
    let shown = answers.iter().rfind(|answer| !answer["data"]["claim"]["status"].is_null()).unwrap();
    assert!(answers.iter().all(|answer| answer["errors"].is_null()), "{answers:#?}");
    assert_eq!(
        statuses(&answers),
        ["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "UNDER_REVIEW", "APPROVED"]
    );
    assert_eq!(shown["data"]["claim"]["status"], "APPROVED", "{shown}");
    // H2: the walk ends live, with the second of the claim's entries.
    let [.., first, second] = &answers[..] else { panic!("{answers:#?}") };
    assert_eq!(first["data"]["claim"]["history"]["nodes"][0]["action"], "CREATED", "{first}");
    let heard = &second["data"]["historyAppended"];
    assert_eq!(heard["action"], "PROOF_ATTACHED", "{second}");
    assert_ne!(heard["position"], first["data"]["claim"]["history"]["nodes"][0]["position"]);
    let eligibility = &answers[1]["data"];
    assert_eq!(eligibility["london"]["eligible"], true, "{eligibility}");
    assert_eq!(eligibility["dublin"]["problems"][0]["code"], "LOCATION_NOT_ENROLLED", "{eligibility}");
    assert!(run(&mut cpor(&folder, &["verify"])).done().ends_with("OK"));
    demo.stop().done();
}

/// The status that each mutation's answer shows, where it shows one.
fn statuses(answers: &[Value]) -> Vec<&str> {
    let payloads = answers.iter().filter_map(|answer| answer["data"].as_object()).flat_map(|data| data.values());
    payloads.filter_map(|payload| payload["claim"]["status"].as_str()).collect()
}

#[test]
fn the_demo_knows_its_reviewers_before_any_of_them_has_signed_in() {
    // R1
    let folder = new_folder("demo");
    let (demo, _) = Running::start(cpor(&folder, &["demo"]).env("CPOR_LISTEN", "127.0.0.1:0"), "Ctrl-C stops the demo");
    let ask = r#". ./cpor-data/tokens.env
curl -sS "$CPOR_ENDPOINT" -H "Authorization: Bearer $AUDITOR" -H 'Content-Type: application/json' \
  -d '{"query": "{ reviewers { nodes { name lead } } }"}'"#;
    let asked = answers(&folder, &[ask.to_owned()]);
    let known = json!([{"name": "Lena Hart", "lead": true}, {"name": "Rita Moss", "lead": false}]);
    assert_eq!(asked[0]["data"]["reviewers"]["nodes"], known, "{asked:?}");
    demo.stop().done();
}

#[test]
fn a_demo_that_is_started_again_goes_on_where_it_was() {
    let folder = new_folder("demo");
    let once = || {
        let (demo, _) =
            Running::start(cpor(&folder, &["demo"]).env("CPOR_LISTEN", "127.0.0.1:0"), "Ctrl-C stops the demo");
        let ask = ". ./cpor-data/tokens.env; curl -sSf \"${CPOR_ENDPOINT%graphql}readyz\"";
        run(Command::new("bash").args(["-eu", "-c", ask]).current_dir(&folder)).done();
        demo.stop().done();
        let secret = std::fs::read_to_string(folder.join("cpor-data/secret")).unwrap();
        (secret, run(&mut cpor(&folder, &["verify"])).done().to_owned())
    };
    assert_eq!(once(), once());
}
