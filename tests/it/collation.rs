//! Lists by name are in the order of a dictionary, the same on both databases (L14).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{Caller, World, both};

both!(
    lists_by_name_are_collated,
    pages_of_a_collated_list_are_the_list,
    cursors_of_older_releases_lead_on,
    a_name_moves_when_it_changes,
    older_rows_get_sort_keys,
);

/// Names in the order of the root collation, each typed composed or not.
const NAMES: [&str; 14] = [
    "\u{201c}Quoted\u{201d} Ltd",
    "1st Choice",
    "A\u{30a}kerstro\u{308}ms",
    "Äpfel",
    "apple",
    "Apricot",
    "Çağrı",
    "Győr",
    "Győr Autó",
    "gyro",
    "Işık",
    "İstanbul",
    "zebra",
    "Αθήνα",
];

/// The kinds of lists by name: who lists them, the field, its arguments, the mutation that loads them, and a row.
struct Kind {
    field: &'static str,
    mutation: &'static str,
    row: fn(usize, &str) -> Value,
}

fn id(number: usize) -> String {
    format!("ca000000-0000-4000-8000-{number:012}")
}

const KINDS: [Kind; 4] = [
    Kind {
        field: "customers",
        mutation: "upsertCustomers",
        row: |number, name| json!({ "tenantId": id(number), "name": name, "domain": format!("collated{number}.example") }),
    },
    Kind {
        field: "partners",
        mutation: "upsertPartners",
        row: |number, name| json!({ "partnerId": id(number), "name": name, "locations": [] }),
    },
    Kind {
        field: "products",
        mutation: "upsertProducts",
        row: |number, name| json!({ "skuId": id(number), "skuPartNumber": format!("COLLATED_{number}"), "name": name, "solutionArea": "MICROSOFT_365" }),
    },
    Kind {
        field: "reviewers",
        mutation: "upsertReviewers",
        row: |number, name| json!({ "subject": format!("collated-{number}"), "name": name, "lead": false, "active": true }),
    },
];

/// Loads the names in no order.
async fn load(world: &World, kind: &Kind) {
    let rows = (0..NAMES.len()).map(|place| {
        let number = (place * 5 + 3) % NAMES.len();
        (kind.row)(number, NAMES[number])
    });
    world.load(kind.mutation, rows.collect()).await;
}

/// One page of a list, and whether the list goes on.
async fn page(caller: &Caller, field: &str, arguments: &str) -> (Vec<(String, String)>, Value) {
    let query = format!(
        "{{ {field}({arguments}) {{ edges {{ cursor node {{ name }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
    );
    let list = caller.query(&query).await[field].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let edges = list["edges"].as_array().unwrap().iter();
    (edges.map(|edge| (text(&edge["cursor"]), text(&edge["node"]["name"]))).collect(), list["pageInfo"].clone())
}

/// All names of a list, page by page.
async fn whole(caller: &Caller, field: &str) -> Vec<(String, String)> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let (mut edges, info) = page(caller, field, &format!("first: 100 {after}")).await;
        after = edges.last().map(|(cursor, _)| format!("after: \"{cursor}\"")).unwrap_or_default();
        all.append(&mut edges);
        if info["hasNextPage"] == false {
            return all;
        }
    }
}

/// Those of the names that the test has loaded.
fn ours(all: &[(String, String)]) -> Vec<&str> {
    let kept = |name: &&str| NAMES.contains(name);
    all.iter().map(|(_, name)| name.as_str()).filter(kept).collect()
}

async fn lists_by_name_are_collated(world: &World) {
    // L14
    for kind in &KINDS {
        load(world, kind).await;
        let all = whole(&world.lead, kind.field).await;
        assert_eq!(ours(&all), NAMES, "{}", kind.field);
        let keys: Vec<String> = all.iter().map(|(_, name)| domain::text::sort_key(name)).collect();
        assert!(keys.is_sorted(), "{}", kind.field);
    }
}

async fn pages_of_a_collated_list_are_the_list(world: &World) {
    // L14: forward and backward, in any size.
    for kind in &KINDS[..2] {
        load(world, kind).await;
        let all = whole(&world.lead, kind.field).await;
        for size in [1, 3, 7] {
            for (end, edge) in [("first", "after"), ("last", "before")] {
                let (mut read, mut from) = (Vec::new(), String::new());
                loop {
                    let (mut edges, info) = page(&world.lead, kind.field, &format!("{end}: {size} {from}")).await;
                    let (next, goes_on) = if end == "first" {
                        (edges.last().cloned(), &info["hasNextPage"])
                    } else {
                        (edges.first().cloned(), &info["hasPreviousPage"])
                    };
                    from = format!("{edge}: \"{}\"", next.unwrap().0);
                    let goes_on = goes_on == &json!(true);
                    if end == "first" {
                        read.append(&mut edges);
                    } else {
                        edges.append(&mut read);
                        read = edges;
                    }
                    if !goes_on {
                        break;
                    }
                }
                assert_eq!(read, all, "{} {end}: {size}", kind.field);
            }
        }
    }
}

async fn cursors_of_older_releases_lead_on(world: &World) {
    // L14: they hold the name as it is.
    load(world, &KINDS[0]).await;
    let all = whole(&world.lead, "customers").await;
    for number in [2, 7, 10] {
        let name = NAMES[number];
        let older = json!(["customers", [{ "t": name }, { "u": id(number) }]]).to_string();
        let cursor = URL_SAFE_NO_PAD.encode(older);
        let place = all.iter().position(|(_, found)| found == name).unwrap();
        assert_eq!(all[place].0, cursor);
        let (after, _) = page(&world.lead, "customers", &format!("first: 3 after: \"{cursor}\"")).await;
        assert_eq!(after, all[place + 1..(place + 4).min(all.len())], "{name}");
    }
}

async fn a_name_moves_when_it_changes(world: &World) {
    // L14, C8
    for kind in &KINDS {
        load(world, kind).await;
        world.load(kind.mutation, vec![(kind.row)(3, "Ωmega")]).await;
        let all = whole(&world.lead, kind.field).await;
        assert_eq!(all.last().map(|(_, name)| name.as_str()), Some("Ωmega"), "{}", kind.field);
        assert!(!ours(&all).contains(&NAMES[3]));
    }
}

async fn older_rows_get_sort_keys(world: &World) {
    // L14: rows that a program of the release before wrote, at the next start of this one; and all of them with the first.
    for kind in &KINDS {
        load(world, kind).await;
    }
    let database = &world.server.database;
    for tamper in ["", "DELETE FROM setting WHERE name = 'text_forms'"] {
        for kind in &KINDS {
            let table = kind.field.trim_end_matches('s');
            assert!(database.tamper(&format!("UPDATE {table} SET sort_key = ''")).await > 0);
        }
        if !tamper.is_empty() {
            database.tamper(tamper).await;
        }
        world.server.app.db().migrate_up().await.unwrap();
        for kind in &KINDS {
            assert_eq!(ours(&whole(&world.lead, kind.field).await), NAMES, "{}", kind.field);
        }
    }
}
