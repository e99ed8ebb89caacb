//! The directory from files, by `cpor import`: CSV and JSON Lines, good rows and bad ones (C8).

use std::{fmt::Write as _, io::Write as _, path::Path, process::Stdio};

use serde_json::{Value, json};

use crate::support::{
    database::Database,
    directory::{self as sample, FABRIKAM, SALES},
    files::{new_folder, written},
    program::{cpor, on, on_empty_databases, run_on},
    source::root,
};

on_empty_databases!(
    the_sample_directory_is_imported_once,
    files_of_json_lines_are_imported,
    bad_rows_are_named_and_the_good_ones_loaded,
    of_rows_with_the_same_key_the_last_one_stays,
    the_first_partner_with_an_mpn_id_keeps_it,
    a_dry_run_writes_nothing,
    files_of_spreadsheets_are_imported,
    other_encodings_are_refused_with_line_and_column,
    a_cell_of_any_size_takes_no_memory,
);

/// A database with all steps and, but for subscriptions, the sample directory from its files.
fn with_directory(database: &Database) {
    on(database, &["migrate", "up"]).done();
    for what in ["products", "partners", "customers"] {
        on(database, &["import", what, &format!("data/{what}.csv")]).done();
    }
}

async fn count(database: &Database, table: &str) -> usize {
    database.read(&format!("SELECT CAST(count(*) AS text) FROM {table}")).await[0].parse().unwrap()
}

async fn the_sample_directory_is_imported_once(database: &Database) {
    // C8
    on(database, &["migrate", "up"]).done();
    for (what, table) in [
        ("products", "product"),
        ("partners", "partner"),
        ("customers", "customer"),
        ("subscriptions", "customer_subscription"),
    ] {
        let import = || on(database, &["import", what, &format!("data/{what}.csv")]);
        let first = import();
        let rows = count(database, table).await;
        assert!(rows > 3, "{what}");
        assert_eq!(first.done(), format!("{rows} inserted, 0 updated, 0 unchanged, 0 refused"), "{what}");
        assert_eq!(import().done(), format!("0 inserted, 0 updated, {rows} unchanged, 0 refused"), "{what}");
    }
    let changed =
        "sku_id,sku_part_number,name,solution_area\n".to_owned() + SALES + ",X,Another name,BUSINESS_APPLICATIONS\n";
    let ended = run_on(
        &changed,
        cpor(root(), &["import", "products", "-", "--format", "csv"]).env("DATABASE_URL", &database.url),
    );
    assert_eq!(ended.done(), "0 inserted, 1 updated, 0 unchanged, 0 refused");
    on(database, &["verify"]).done();
}

/// A file of these rows, one a line.
fn json_lines(folder: &Path, what: &str, rows: &[Value]) -> String {
    let text = rows.iter().fold(String::new(), |text, row| text + &row.to_string() + "\n");
    written(folder, &format!("{what}.jsonl"), &text)
}

async fn files_of_json_lines_are_imported(database: &Database) {
    // C8: the rows of the API's upserts, as they are.
    on(database, &["migrate", "up"]).done();
    let folder = new_folder("json-lines");
    for (what, rows) in [
        ("products", sample::products()),
        ("partners", sample::partners()),
        ("customers", sample::customers()),
        ("subscriptions", sample::subscriptions()),
    ] {
        let (file, rows) = (json_lines(&folder, what, &rows), rows.len());
        assert_eq!(
            on(database, &["import", what, &file]).done(),
            format!("{rows} inserted, 0 updated, 0 unchanged, 0 refused")
        );
        assert_eq!(
            on(database, &["import", what, &file]).done(),
            format!("0 inserted, 0 updated, {rows} unchanged, 0 refused")
        );
    }
    on(database, &["verify"]).done();
}

/// A file whose rows are bad on some of its lines: what, name, text, the bad lines with words of the reason, and how many
/// rows are good.
type Bad = (&'static str, &'static str, String, Vec<(u64, &'static str)>, usize);

fn bad_files() -> Vec<Bad> {
    let id = |number: u32| format!("b0000000-0000-4000-8000-{number:012}");
    let mut subscriptions = String::from("subscription_id,tenant_id,sku_id,channel,status,seats,starts_at,ends_at\n");
    for (number, tenant, channel, seats, ends) in [
        (1, FABRIKAM, "CSP", "5", ""),
        (2, "b0000000-0000-4000-8000-0000000000ff", "CSP", "5", ""),
        (3, FABRIKAM, "SHOP", "5", ""),
        (4, FABRIKAM, "CSP", "-5", ""),
        (5, FABRIKAM, "CSP", "5", "2020-01-01T00:00:00Z"),
    ] {
        writeln!(subscriptions, "{},{tenant},{SALES},{channel},ACTIVE,{seats},2025-01-01T00:00:00Z,{ends}", id(number))
            .unwrap();
    }
    let customer =
        |number: u32, domain: &str| json!({ "tenantId": id(number), "name": "N", "domain": domain }).to_string();
    vec![
        (
            "products",
            "bad.csv",
            format!(
                "sku_id,sku_part_number,name,solution_area\n{},A,A,MICROSOFT_365\n\nnope,B,B,MICROSOFT_365\n{},C,C,XBOX\n{},D\n{},E, ,MICROSOFT_365\n",
                id(1),
                id(2),
                id(3),
                id(4)
            ),
            vec![(4, "sku_id"), (5, "solution_area"), (6, "cells"), (7, "name")],
            1,
        ),
        (
            "customers",
            "bad.jsonl",
            format!(
                "{}\n{{\"tenantId\"\n[]\n{}\n{}\n",
                customer(1, "one.example"),
                customer(2, "no domain"),
                json!({ "tenantId": id(3), "title": "x" })
            ),
            vec![(2, ""), (3, "object"), (4, "domain"), (5, "title")],
            1,
        ),
        (
            "partners",
            "bad.csv",
            format!(
                "partner_id,partner_name,mpn_id,location_name,country,enrolled_programs\n{},P,7000001,A,CH,OSA_SELL;OSU_MICROSOFT_365\n{},P,7000002,B,CH,OSA_BUY\n{},Q,1000101,C,CH,\n",
                id(1),
                id(1),
                id(2)
            ),
            vec![(3, "enrolled_programs"), (4, "mpn_id")],
            1,
        ),
        (
            "subscriptions",
            "bad.csv",
            subscriptions,
            vec![(3, "tenant_id"), (4, "channel"), (5, "seats"), (6, "ends_at")],
            1,
        ),
    ]
}

async fn bad_rows_are_named_and_the_good_ones_loaded(database: &Database) {
    // C8
    with_directory(database);
    let folder = new_folder("bad-rows");
    on(database, &["import", "customers", &json_lines(&folder, "sample", &sample::customers())]).done();
    for (what, name, text, bad, good) in bad_files() {
        let file = written(&folder, name, &text);
        let ended = on(database, &["import", what, &file]);
        let told = ended.failed(1);
        for (line, reason) in &bad {
            let named = told.lines().any(|text| text.starts_with(&format!("line {line}: ")) && text.contains(reason));
            assert!(named, "{what}: line {line} for {reason}: {told}");
        }
        assert_eq!(told.lines().filter(|line| line.starts_with("line ")).count(), bad.len(), "{what}: {told}");
        let refused = bad.len();
        assert_eq!(
            ended.out.trim_end(),
            format!("{good} inserted, 0 updated, 0 unchanged, {refused} refused"),
            "{what}: {told}"
        );
        let again = on(database, &["import", what, &file]);
        again.failed(1);
        assert_eq!(
            again.out.trim_end(),
            format!("0 inserted, 0 updated, {good} unchanged, {refused} refused"),
            "{what}"
        );
    }
    let whole = written(&folder, "whole.csv", "sku_id,name\n");
    assert!(on(database, &["import", "products", &whole]).failed(1).contains("sku_part_number"));
    on(database, &["verify"]).done();
}

async fn of_rows_with_the_same_key_the_last_one_stays(database: &Database) {
    // C8: also where they are far apart, so that they are stored in different transactions.
    on(database, &["migrate", "up"]).done();
    let mut text = "tenant_id,name,domain\n".to_owned();
    for row in 0..4_500 {
        let id = if row % 1_500 == 0 { 0 } else { row };
        writeln!(text, "c0000000-0000-4000-8000-{id:012},Name {row},c{row}.example").unwrap();
    }
    let file = written(&new_folder("same-key"), "customers.csv", &text);
    assert_eq!(
        on(database, &["import", "customers", &file]).done(),
        "4498 inserted, 2 updated, 0 unchanged, 0 refused"
    );
    let name = "SELECT name FROM customer WHERE domain = 'c3000.example'";
    assert_eq!(database.read(name).await, ["Name 3000"]);
    assert_eq!(count(database, "customer").await, 4_498);
}

async fn the_first_partner_with_an_mpn_id_keeps_it(database: &Database) {
    // C8: batches of partners are stored one after the other.
    on(database, &["migrate", "up"]).done();
    let mut text = "partner_id,partner_name,mpn_id,location_name,country,enrolled_programs\n".to_owned();
    for row in 0..2_500 {
        let mpn_id = 1_000_000 + row % 2_499;
        writeln!(text, "a0000000-0000-4000-8000-{row:012},Partner {row},{mpn_id},Office,CH,OSU_BUSINESS_APPLICATIONS")
            .unwrap();
    }
    let file = written(&new_folder("same-mpn-id"), "partners.csv", &text);
    let ended = on(database, &["import", "partners", &file]);
    let told = ended.failed(1);
    assert!(told.contains("line 2501: ") && told.contains("The MPN id 1000000 is another partner's."), "{told}");
    assert_eq!(count(database, "partner").await, 2_499);
}

async fn a_dry_run_writes_nothing(database: &Database) {
    // C8
    with_directory(database);
    let folder = new_folder("dry-run");
    let before = count(database, "product").await;
    let good = on(database, &["import", "subscriptions", "data/subscriptions.csv", "--dry-run"]);
    assert!(good.done().starts_with("dry run, nothing written: ") && good.out.contains(" 0 refused"), "{good:?}");
    assert_eq!(count(database, "customer_subscription").await, 0);
    let (_, _, text, bad, _) = bad_files().remove(0);
    let refused = on(database, &["import", "products", &written(&folder, "bad.csv", &text), "--dry-run"]);
    assert!(refused.failed(1).contains(&format!("line {}: ", bad[0].0)), "{refused:?}");
    assert!(
        refused.out.contains("1 inserted") && refused.out.contains(&format!("{} refused", bad.len())),
        "{refused:?}"
    );
    assert_eq!(count(database, "product").await, before);
}

/// A file of these bytes.
fn bytes_file(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The rows of the sample files as a European spreadsheet writes them: separated so, with this line break, a blank row at the
/// end, and names of columns as people write them.
fn as_spreadsheet(what: &str, separator: &str, line_break: &str) -> String {
    let mut file = csv::Reader::from_path(root().join(format!("data/{what}.csv"))).unwrap();
    let quoted = |cell: &str| {
        let plain = !cell.contains([';', ',', '\t', '"']);
        if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    let title = |name: &str| {
        name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect::<Vec<_>>().join(" ")
    };
    let headers: Vec<String> = file.headers().unwrap().iter().map(title).collect();
    let mut lines = vec![headers.join(separator)];
    for record in file.records() {
        lines.push(record.unwrap().iter().map(quoted).collect::<Vec<_>>().join(separator));
    }
    lines.push(separator.repeat(headers.len() - 1));
    lines.join(line_break) + line_break
}

async fn files_of_spreadsheets_are_imported(database: &Database) {
    // C8: every kind of rows, each in another form that spreadsheets write.
    on(database, &["migrate", "up"]).done();
    let folder = new_folder("spreadsheets");
    let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let files = [
        ("products", format!("\u{feff}{}", as_spreadsheet("products", ";", "\r\n")).into_bytes()),
        (
            "partners",
            [b"\xff\xfe".to_vec(), utf16(&as_spreadsheet("partners", "\t", "\r\n"), u16::to_le_bytes)].concat(),
        ),
        ("customers", format!("sep=;\r\n{}", as_spreadsheet("customers", ";", "\r\n")).into_bytes()),
        (
            "subscriptions",
            [b"\xfe\xff".to_vec(), utf16(&as_spreadsheet("subscriptions", ",", "\r"), u16::to_be_bytes)].concat(),
        ),
    ];
    for (what, content) in files {
        let file = bytes_file(&folder, &format!("{what}.csv"), &content);
        let told = on(database, &["import", what, &file]).done().to_owned();
        assert!(
            told.ends_with("0 updated, 0 unchanged, 0 refused") && !told.starts_with("0 inserted"),
            "{what}: {told}"
        );
        // The same rows as those of the sample file.
        let again = on(database, &["import", what, &format!("data/{what}.csv")]).done().to_owned();
        assert!(again.starts_with("0 inserted, 0 updated, ") && again.ends_with(" 0 refused"), "{what}: {again}");
    }
    on(database, &["verify"]).done();
}

async fn other_encodings_are_refused_with_line_and_column(database: &Database) {
    // C8: Windows-1252 as spreadsheets write it by default.
    with_directory(database);
    let folder = new_folder("encodings");
    let content = b"tenant_id;name;domain\r\nb0000000-0000-4000-8000-000000000001;Plain;plain.example\r\n\r\n\
        b0000000-0000-4000-8000-000000000002;M\xfcller & S\xf6hne;mueller.example\r\n";
    let ended = on(database, &["import", "customers", &bytes_file(&folder, "ansi.csv", content)]);
    let told = ended.failed(1);
    for part in ["not UTF-8", "line 4, column name,", "0xFC", "Windows-1252", "\"ü\"", "CSV UTF-8"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(count(database, "customer WHERE name LIKE '%hne'").await, 0);
}

async fn a_cell_of_any_size_takes_no_memory(database: &Database) {
    // C8: refused in constant memory, with its place; the other rows are loaded.
    on(database, &["migrate", "up"]).done();
    let mut command = cpor(root(), &["import", "products", "-", "--format", "csv"]);
    let command = command.env("DATABASE_URL", &database.url);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"sku_id,sku_part_number,name,solution_area\n").unwrap();
    input.write_all(b"b0000000-0000-4000-8000-000000000001,A,").unwrap();
    let chunk = vec![b'x'; 1024 * 1024];
    // More would prove no more, and take long without optimization.
    for _ in 0..192 {
        input.write_all(&chunk).unwrap();
    }
    // All but what the pipe holds has been read.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 128 * 1024, "{peak} KiB");
    input.write_all(b",MICROSOFT_365\nb0000000-0000-4000-8000-000000000002,B,B,MICROSOFT_365\n").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(err.contains("line 2: name: the cell has more than"), "{err}");
    assert_eq!(out.trim_end(), "1 inserted, 0 updated, 0 unchanged, 1 refused", "{err}");
}
