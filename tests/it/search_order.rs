//! Reviewers' searches for a frequent word, in the order of names: the claims are found in `claim_search`, which has words and names,
//! and they are those that a look at the claims themselves finds.
// L14

use serde_json::{Value, json};

use crate::{
    list_indexes::{plan, planner, statements},
    support::{Backend, Caller, World, both},
};

both!(
    a_frequent_word_by_name_is_read_from_the_table_of_words,
    a_frequent_word_by_name_lists_the_claims_that_have_it,
    a_renamed_claim_moves_in_the_list_of_a_word,
    statistics_of_a_frequent_word_are_read_from_the_projection,
    the_migration_fills_in_the_names_of_claims,
);

/// Names with the word, and one without it that comes first.
const NAMES: [&str; 5] = ["zebra plenty", "Zoo Plenty", "Ödön plenty", "Öl plenty", "zoo plenty"];
const OTHER: &str = "apple";

/// More claims with the word than a search is turned into ids for, behind more others than are tried first. They are rows past the
/// server, for speed.
pub async fn many(world: &World) {
    let claim = world.submitted().await;
    let of_name = NAMES.map(|name| (name, 440));
    for (place, (name, count)) in of_name.into_iter().chain([(OTHER, 1100)]).enumerate() {
        copy(world, claim.field("number").as_str().unwrap(), name, (place * 2000, count)).await;
    }
}

/// Copies the claim so many times under another name; the numbers begin after the given one.
async fn copy(world: &World, number: &str, name: &str, (after, count): (usize, usize)) {
    let columns = "version, status, partner_id, mpn_id, tenant_id, domain, solution_area, activities, created_at, updated_at, \
        submitted_at, history_length";
    let (id, of_copy) = if world.server.database.backend == Backend::Postgres {
        ("gen_random_uuid()", format!("'COPY-' || lpad((n + {after})::text, 8, '0')"))
    } else {
        ("randomblob(16)", format!("'COPY-' || printf('%08d', n + {after})"))
    };
    let (key, words) = (domain::text::sort_key(name), domain::text::fold(name));
    let copies = format!(
        "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count}) \
         INSERT INTO claim (id, number, name, sort_key, search_text, {columns}) \
         SELECT {id}, {of_copy}, '{name}', '{key}', lower({of_copy}) || ' {words}', {columns} \
         FROM claim, counted WHERE claim.number = '{number}'"
    );
    world.server.database.tamper(&copies).await;
}

/// Takes the copies away, which have no history.
pub async fn remove_copies(world: &World) {
    let database = &world.server.database;
    database.tamper("DELETE FROM claim_search WHERE text LIKE 'copy-%'").await;
    database.tamper("DELETE FROM claim WHERE number LIKE 'COPY-%'").await;
}

/// A list by name; its page is what comes after the filter, such as `first: 5`.
fn list(filter: &str, direction: &str, page: &str) -> String {
    format!(
        "{{ claims(filter: {{ {filter} }}, orderBy: {{ field: NAME, direction: {direction} }}, {page}) {{ \
           nodes {{ number name }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    )
}

async fn page(caller: &Caller, query: &str) -> Value {
    caller.graphql(query, json!({})).await.data()["claims"].clone()
}

/// The numbers of the whole list, page by page.
async fn walk(caller: &Caller, filter: &str, direction: &str, backward: bool) -> Vec<String> {
    let (mut walked, mut place) = (Vec::new(), String::new());
    loop {
        let end = if backward { "last" } else { "first" };
        let page = page(caller, &list(filter, direction, &format!("{end}: 100 {place}"))).await;
        let numbers = page["nodes"].as_array().unwrap().iter().map(|node| node["number"].as_str().unwrap().to_owned());
        let (more, cursor) = if backward {
            walked.extend(numbers.rev());
            (&page["pageInfo"]["hasPreviousPage"], &page["pageInfo"]["startCursor"])
        } else {
            walked.extend(numbers);
            (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["endCursor"])
        };
        if more != &json!(true) {
            return walked;
        }
        place = format!("{}: {cursor}", if backward { "before" } else { "after" });
    }
}

async fn a_frequent_word_by_name_is_read_from_the_table_of_words(world: &World) {
    many(world).await;
    let connection = planner(world, true).await;
    for page in ["first: 5", "last: 5"] {
        let ran = statements(world, &world.reviewer, [list("search: \"plenty\"", "ASC", page)]).await;
        let of_words: Vec<&String> = ran.iter().filter(|sql| sql.contains("claim_search.sort_key")).collect();
        // The last page is full of the word; the first is not.
        assert_eq!(of_words.len(), usize::from(page == "first: 5"), "{page}: {ran:#?}");
        for sql in of_words {
            let plan = plan(&connection, sql).await.join("\n");
            assert!(!plan.contains("claim_by_name"), "{sql}\n{plan}");
            if world.server.database.backend == Backend::Postgres {
                assert!(plan.contains("claim_search_by_trigram"), "{sql}\n{plan}");
            }
        }
    }
    connection.close().await.unwrap();
    remove_copies(world).await;
}

async fn a_frequent_word_by_name_lists_the_claims_that_have_it(world: &World) {
    many(world).await;
    // The partner's list is read from the claims. The last search names the location of all these claims.
    for filter in [
        "search: \"PLENTY copy\"",
        "search: \"plenty\", status: SUBMITTED",
        "search: \"plenty\", status: REJECTED",
        "search: \"1000001 plenty\"",
    ] {
        for (direction, backward) in [("ASC", false), ("DESC", false), ("ASC", true)] {
            let [seen, expected] = [
                walk(&world.reviewer, filter, direction, backward).await,
                walk(&world.partner, filter, direction, backward).await,
            ];
            assert_eq!(seen, expected, "{filter} {direction} backward: {backward}");
            assert_eq!(seen.len(), if filter.contains("REJECTED") { 0 } else { 2200 }, "{filter}");
        }
    }
    remove_copies(world).await;
}

async fn a_renamed_claim_moves_in_the_list_of_a_word(world: &World) {
    many(world).await;
    let first = list("search: \"plenty\"", "ASC", "first: 1");
    assert_eq!(page(&world.reviewer, &first).await["nodes"][0]["name"], json!(NAMES[2]));
    for (column, text) in [("name", "Abel plenty".to_owned()), ("sort_key", domain::text::sort_key("Abel plenty"))] {
        let change = format!("UPDATE claim SET {column} = '{text}' WHERE number = 'COPY-00000007'");
        assert_eq!(world.server.database.tamper(&change).await, 1);
    }
    assert_eq!(page(&world.reviewer, &first).await["nodes"][0]["number"], json!("COPY-00000007"));
    remove_copies(world).await;
}

async fn statistics_of_a_frequent_word_are_read_from_the_projection(world: &World) {
    // S1
    many(world).await;
    let query = "query($words: String!) { claimStatistics(filter: { search: $words }) { total overdue byStatus { status count } } }";
    let answer = async |words: &str| {
        let statistics = world.reviewer.graphql(query, json!({ "words": words })).await;
        statistics.data()["claimStatistics"].clone()
    };
    // Words that few texts have, that most have, and that are too short for a trigram; with an id in the claim or without.
    let searches = [
        ("PLENTY 1000001", 2200, false),
        ("plenty", 2200, true),
        ("plenty copy", 2200, true),
        ("e", 3301, true),
        ("le 1000001", 3301, false),
    ];
    let mut by_claims = Vec::new();
    for (words, total, _) in searches {
        by_claims.push(answer(words).await);
        assert_eq!(by_claims.last().unwrap()["total"], json!(total), "{words}");
    }
    world.server.app.project().await.unwrap();
    for ((words, _, excludes), by_claims) in searches.into_iter().zip(by_claims) {
        world.server.statements();
        assert_eq!(answer(words).await, by_claims, "{words}");
        let ran = world.server.statements();
        let projected = ran.iter().find(|sql| sql.contains("claim_projection"));
        assert_eq!(projected.is_some(), world.server.database.backend == Backend::Postgres, "{words}: {ran:#?}");
        assert!(projected.is_none_or(|sql| sql.contains("NOT EXISTS") == excludes), "{words}: {projected:?}");
    }
    remove_copies(world).await;
    for table in ["claim_projection", "claim_counted", "claim_figures", "projection_cursor"] {
        world.server.database.tamper(&format!("DELETE FROM {table}")).await;
    }
}

async fn the_migration_fills_in_the_names_of_claims(world: &World) {
    world.draft().await;
    world.submitted_on(&world.partner, 1).await;
    let db = world.server.app.db();
    let steps = db.migrations().await.unwrap();
    let since = steps.iter().skip_while(|step| step.name != "m20261130_000025_search_order").count();
    db.migrate_down(u32::try_from(since).unwrap()).await.unwrap();
    world.submitted_on(&world.partner, 2).await;
    db.migrate_up().await.unwrap();
    let names = "SELECT claim_search.sort_key FROM claim_search JOIN claim ON claim.id = claim_search.claim_id \
        AND claim.sort_key = claim_search.sort_key WHERE claim.sort_key <> ''";
    assert_eq!(world.server.database.read(names).await.len(), 2);
}
