//! Claims from files, by `cpor import claims` (B1, B2).

use std::{fmt::Write as _, fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    database::Database,
    files::{new_folder, written},
    program::{Ended, cpor, on, on_empty_databases},
    source::root,
};

on_empty_databases!(
    claims_are_imported_once,
    what_exists_is_treated_as_the_options_say,
    a_file_that_cannot_be_read_to_its_end_writes_nothing,
    an_import_that_was_killed_goes_on,
    claims_need_a_partner,
    what_a_table_has_no_column_for_stays,
);

const PARTNER: &str = "10000000-0000-4000-8000-000000000001";
const TENANT: &str = "20000000-0000-4000-8000-000000000001";
const SALES: &str = "1e1a282c-9c54-43a2-9310-98ef728faace";
const COLUMNS: &str = "external_reference,name,tenant_id,domain,solution_area,activities,mpn_id,sku_ids,subscription_ids,\
    customer_contact_name,customer_contact_email\n";

/// A database with the sample directory.
fn with_directory(database: &Database) {
    on(database, &["migrate", "up"]).done();
    for what in ["products", "partners", "customers", "subscriptions"] {
        on(database, &["import", what, &format!("data/{what}.csv")]).done();
    }
}

fn row(reference: &str, name: &str) -> String {
    format!(
        "{reference},{name},{TENANT},northgate.example,BUSINESS_APPLICATIONS,USAGE;PRESALES,1000101,{SALES},,Nora,nora@northgate.example\n"
    )
}

fn import(database: &Database, file: &str, more: &[&str]) -> Ended {
    on(database, &[&["import", "claims", file, "--partner", PARTNER], more].concat())
}

async fn count(database: &Database, table: &str) -> usize {
    database.read(&format!("SELECT CAST(count(*) AS text) FROM {table}")).await[0].parse().unwrap()
}

/// The lines of a file of results.
fn results(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn claims_are_imported_once(database: &Database) {
    // B1 B2: bad rows are named, the good ones stored; again nothing changes.
    with_directory(database);
    let folder = new_folder("claims");
    let mut text = COLUMNS.to_owned() + &row("A-1", "One") + &row("A-2", "Two") + &row("A-1 ", "Again");
    text += &row("A-3", "Three").replace("northgate.example,BUSINESS", "elsewhere.example,BUSINESS");
    text += &row("", "No reference");
    text += &row("A-4", "Two ids").replace(",Nora", "x;y,Nora");
    let file = written(&folder, "claims.csv", &text);
    let result = folder.join("results.jsonl");
    let dry = import(database, &file, &["--dry-run"]);
    dry.failed(1);
    assert_eq!(dry.out.trim_end(), "dry run, nothing written: 2 created, 0 updated, 0 skipped, 4 refused");
    assert_eq!(count(database, "claim").await, 0);
    let first = import(database, &file, &["--result", result.to_str().unwrap()]);
    let told = first.failed(1);
    for (line, reason) in [(4, "Line 2"), (5, "domain"), (6, "external_reference"), (7, "subscription_ids")] {
        let named = told.lines().any(|text| text.starts_with(&format!("line {line}: ")) && text.contains(reason));
        assert!(named, "line {line} for {reason}: {told}");
    }
    assert_eq!(first.out.trim_end(), "2 created, 0 updated, 0 skipped, 4 refused");
    let outcomes: Vec<_> =
        results(&result).iter().map(|line| (line["line"].clone(), line["outcome"].clone())).collect();
    let expected = [(2, "CREATED"), (3, "CREATED"), (4, "REFUSED"), (5, "REFUSED"), (6, "REFUSED"), (7, "REFUSED")];
    assert_eq!(outcomes, expected.map(|(line, outcome)| (json!(line), json!(outcome))));
    let created = &results(&result)[0];
    assert!(
        created["claimNumber"].as_str().unwrap().starts_with("CPOR-") && created["claimId"].is_string(),
        "{created}"
    );
    assert_eq!(results(&result)[3]["problems"][0]["code"], "DOMAIN_TENANT_MISMATCH");
    let entries = count(database, "history").await;
    let again = import(database, &file, &[]);
    again.failed(1);
    assert_eq!(again.out.trim_end(), "0 created, 0 updated, 2 skipped, 4 refused");
    assert_eq!((count(database, "claim").await, count(database, "history").await), (2, entries));
    assert_eq!(database.read("SELECT actor_name FROM history").await[0], "cpor import");
    on(database, &["verify"]).done();
}

async fn what_exists_is_treated_as_the_options_say(database: &Database) {
    // B2: CSV, then JSON Lines with the names of the API.
    with_directory(database);
    let folder = new_folder("existing");
    let file = written(&folder, "claims.csv", &(COLUMNS.to_owned() + &row("A-1", "One") + &row("A-2", "Two")));
    assert_eq!(import(database, &file, &[]).done(), "2 created, 0 updated, 0 skipped, 0 refused");
    let line = |reference: &str, name: &str| {
        json!({ "externalReference": reference, "name": name, "tenantId": TENANT, "domain": "northgate.example",
            "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE", "PRESALES"], "mpnId": "1000101",
            "lines": [{ "skuId": SALES }] })
        .to_string()
    };
    let text =
        [line("A-1", "One"), line("A-2", "Renamed"), line("A-3", "Three"), "{\"name\": 1}".to_owned()].join("\n");
    let file = written(&folder, "claims.jsonl", &text);
    let refused = import(database, &file, &["--on-existing", "refuse"]);
    assert!(refused.failed(1).contains("line 1: externalReference: "), "{refused:?}");
    assert_eq!(refused.out.trim_end(), "1 created, 0 updated, 0 skipped, 3 refused");
    let updated = import(database, &file, &["--on-existing", "update-draft"]);
    updated.failed(1);
    assert_eq!(updated.out.trim_end(), "0 created, 1 updated, 2 skipped, 1 refused");
    assert_eq!(database.read("SELECT name FROM claim WHERE external_reference = 'A-2'").await, ["Renamed"]);
    on(database, &["verify"]).done();
}

async fn a_file_that_cannot_be_read_to_its_end_writes_nothing(database: &Database) {
    // B1
    with_directory(database);
    let folder = new_folder("broken");
    let mut bytes = (COLUMNS.to_owned() + &row("A-1", "One")).into_bytes();
    bytes.extend(b"A-2,M\xfcller\n");
    let file = folder.join("ansi.csv");
    fs::write(&file, bytes).unwrap();
    assert!(import(database, file.to_str().unwrap(), &[]).failed(1).contains("line 3"));
    assert_eq!(count(database, "claim").await, 0);
}

async fn an_import_that_was_killed_goes_on(database: &Database) {
    // B2: each claim once.
    with_directory(database);
    let folder = new_folder("killed");
    let mut text = COLUMNS.to_owned();
    for number in 0..8_000 {
        write!(text, "{}", row(&format!("K-{number}"), "Many")).unwrap();
    }
    let (file, result) = (written(&folder, "claims.csv", &text), folder.join("results.jsonl"));
    let mut command =
        cpor(root(), &["import", "claims", &file, "--partner", PARTNER, "--result", result.to_str().unwrap()]);
    let mut child = command.env("DATABASE_URL", &database.url).spawn().unwrap();
    while fs::metadata(&result).map_or(0, |about| about.len()) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let stored = count(database, "claim").await;
    assert!((1..8_000).contains(&stored), "{stored}");
    // What the database still took from the killed program may come after the count.
    let again = import(database, &file, &[]);
    let counts: Vec<usize> = again.done().split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(counts[0] + counts[2] == 8_000 && counts[1] + counts[3] == 0, "{counts:?}");
    let references = "SELECT CAST(count(DISTINCT external_reference) AS text) FROM claim";
    assert_eq!((database.read(references).await[0].as_str(), count(database, "claim").await), ("8000", 8_000));
    on(database, &["verify"]).done();
}

async fn claims_need_a_partner(database: &Database) {
    on(database, &["migrate", "up"]).done();
    let folder = new_folder("partner");
    let file = written(&folder, "claims.csv", COLUMNS);
    assert!(on(database, &["import", "claims", &file]).failed(2).contains("--partner"));
    assert!(import(database, &file, &[]).failed(1).contains(PARTNER), "a partner that is not there");
    for (option, value) in [("--result", "x"), ("--partner", PARTNER), ("--on-existing", "skip")] {
        let refused = on(database, &["import", "products", "data/products.csv", option, value]);
        assert!(refused.failed(2).contains(option), "{option}: {refused:?}");
    }
    assert_eq!(count(database, "product").await, 0);
}

async fn what_a_table_has_no_column_for_stays(database: &Database) {
    // B2 L12
    with_directory(database);
    let folder = new_folder("contacts");
    let contact = json!({ "name": "Nora", "email": "nora@northgate.example", "title": "Head of IT", "phone": "+44 1" });
    let whole = json!({ "externalReference": "A-1", "name": "One", "tenantId": TENANT, "domain": "northgate.example",
        "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE", "PRESALES"], "mpnId": "1000101",
        "lines": [{ "skuId": SALES }], "customerContact": contact });
    import(database, &written(&folder, "claims.jsonl", &whole.to_string()), &[]).done();
    let contact = async || {
        let stored: Value =
            serde_json::from_str(&database.read("SELECT customer_contact FROM claim").await[0]).unwrap();
        ["name", "email", "title", "phone"].map(|field| stored[field].as_str().unwrap_or_default().to_owned())
    };
    let update = |text: String| {
        let file = written(&folder, "claims.csv", &text);
        import(database, &file, &["--on-existing", "update-draft"]).done().to_owned()
    };
    let again = update(COLUMNS.to_owned() + &row("A-1", "One"));
    assert_eq!(again, "0 created, 0 updated, 1 skipped, 0 refused", "a row that says nothing new");
    let renamed = row("A-1", "One").replace("Nora,", "Nora Berg,");
    assert_eq!(update(COLUMNS.to_owned() + &renamed), "0 created, 1 updated, 0 skipped, 0 refused");
    assert_eq!(contact().await, ["Nora Berg", "nora@northgate.example", "Head of IT", "+44 1"]);
    let titled =
        COLUMNS.trim_end().to_owned() + ",customer_contact_title,customer_contact_phone\n" + renamed.trim_end();
    assert_eq!(update(titled + ",CIO,\n"), "0 created, 1 updated, 0 skipped, 0 refused");
    assert_eq!(contact().await, ["Nora Berg", "nora@northgate.example", "CIO", "+44 1"], "a blank cell says nothing");
    on(database, &["verify"]).done();
}
