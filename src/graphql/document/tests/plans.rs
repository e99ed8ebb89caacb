//! What is executed of an operation, and which plans are kept.

use super::*;

#[test]
fn every_response_key_stands_once_with_all_that_is_selected_below_it() {
    for (text, expected) in [
        ("{ a { b } a { c } }", "a { b c }"),
        ("{ x: a { b } x: a { b } a { b } }", "x: a { b } a { b }"),
        ("{ a { b } ...F } fragment F on Q { a { c { d } } a { c { e } } }", "a { b c { d e } }"),
        ("{ a { b { c } } ... { a { d } } ... on Q { a { b { e } } } }", "a { b { c e } d }"),
        ("{ ...F ...F } fragment F on Q { a(x: 1) { b } }", "a(x: 1) { b }"),
        ("mutation { m: make(n: 1) { id } m: make(n: 1) { number } }", "m: make(n: 1) { id number }"),
        ("{ a b a b }", "a b"),
    ] {
        assert_eq!(line(&form(text, None, json!({})).selection.node), expected, "{text}");
    }
}

#[test]
fn skip_and_include_are_decided_by_variables_their_defaults_and_constants() {
    let text = "query($y: Boolean = true, $n: Boolean!) { a @include(if: $y) b @skip(if: $n) \
                ... @include(if: $n) { c } ...F @skip(if: $y) e @include(if: false) f @skip(if: true) \
                g @include(if: true) @skip(if: $n) } fragment F on Q { d }";
    let left = |variables| line(&form(text, None, variables).selection.node);
    assert_eq!(left(json!({"n": false})), "a b g");
    assert_eq!(left(json!({"n": true})), "a c");
    assert_eq!(left(json!({"n": true, "y": false})), "c d");
    assert_eq!(left(json!({"n": false, "y": false})), "b d g");
    let refused = prepare(text, json!({"n": true, "y": null})).err().map(|refusal| refusal.code);
    assert_eq!(refused, Some(BAD_USER_INPUT), "a condition is true or false");
    // What is left without fields is an object all the same.
    assert_eq!(line(&form("{ a { b @skip(if: true) } }", None, json!({})).selection.node), "a { _ }");
    assert_eq!(line(&form("{ a @skip(if: true) }", None, json!({})).selection.node), "_");
}

#[test]
fn a_document_that_comes_again_is_planned_once() {
    let gate = gate();
    let prepared = |variables| {
        gate.prepare("query($n: Int) { a(b: $n) }", None, &Variables::from_json(variables), "somebody").unwrap()
    };
    let (first, second) = (prepared(json!({"n": 1})), prepared(json!({"n": 2})));
    assert!(Arc::ptr_eq(&first.plan, &second.plan));
    assert!(Arc::ptr_eq(&gate.form(&first).unwrap(), &gate.form(&second).unwrap()));
    let omitted = gate.form(&prepared(json!({}))).unwrap();
    assert_eq!(line(&omitted.selection.node), "a");
    assert!(Arc::ptr_eq(&omitted, &gate.form(&prepared(json!({}))).unwrap()));
}

#[test]
fn a_subject_with_endless_documents_pushes_out_its_own_only() {
    let plan = |text: &str| {
        let document = syntax::parse(text).unwrap();
        let measured = measure::check(&document, &Limits::default()).unwrap();
        Arc::new(Plan::of(document, text, measured, &HashSet::new()))
    };
    let weight = plan("{ a000000 }").weight() + 1_000;
    let plans = Plans::new(weight * 80);
    let others: Vec<String> = (0..40).map(|n| format!("{{ b{n:06} }}")).collect();
    for (n, text) in others.iter().enumerate() {
        plans.keep(text, &plan(text), &format!("subject {n}"));
    }
    for n in 0..2_000 {
        let text = format!("{{ a{n:06} }}");
        plans.keep(&text, &plan(&text), "flood");
        // A document of the flood is used twice, so that it looks no worse than others.
        assert!(plans.get(&text).is_some());
    }
    assert!(others.iter().all(|text| plans.get(text).is_some()), "what others use is kept");
    assert!(plans.get("{ a001999 }").is_some() && plans.get("{ a000000 }").is_none());
    // Of many subjects, each within its share, the one that used its document last keeps it.
    for n in 0..200 {
        let text = format!("{{ c{n:06} }}");
        plans.keep(&text, &plan(&text), &format!("new subject {n}"));
    }
    assert!(plans.get("{ b000000 }").is_none() && plans.get("{ c000199 }").is_some());
}

#[test]
fn a_bulk_mutation_costs_its_rows() {
    let cost =
        |text: &str, variables| prepare(text, variables).map(|prepared| prepared.cost).map_err(|refusal| refusal.code);
    // B1: a point a row, what is asked of each claim, and what is known already once.
    let rows = |count: usize| json!({"i": {"rows": vec![json!({}); count]}});
    let bulk = "mutation($i: I!) { createClaims(input: $i) { created results { index problems { code } claim { id number } } } }";
    assert_eq!(cost(bulk, rows(100)), Ok((10 + 100 * (10 + 12) + 23_usize).div_ceil(10)));
    assert_eq!(cost("mutation($i: I!) { createClaims(input: $i) { created } }", rows(500)), Ok(1 + 500 + 1));
    assert_eq!(
        cost("mutation { submitClaims(input: {claims: [{}, {}]}) { results { index } } }", json!({})),
        Ok(1 + 2 + 2)
    );
    assert_eq!(cost(bulk, rows(3_000)), Err(QUERY_TOO_COMPLEX));
}

#[test]
fn the_librarys_name_of_a_file_is_refused() {
    for text in [
        "{ a(b: \"#__graphql_file__:7\") }",
        "{ a(b: {c: [\"\\u0023__graphql_file__:x\"]}) }",
        "query($v: Upload = \"#__graphql_file__:7\") { a(b: $v) }",
    ] {
        assert_eq!(code(text), BAD_USER_INPUT, "{text}");
    }
}
