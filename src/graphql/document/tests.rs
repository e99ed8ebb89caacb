mod api;
mod plans;

use std::fmt::Write;

use async_graphql::parser::types::{Selection, SelectionSet};
use serde_json::{Value, json};

use super::refusal::*;
use super::*;

/// The introspection query of graphql-js 16 with all its options on, as GraphiQL sends it.
const INTROSPECTION: &str = include_str!("introspection.graphql");

fn gate() -> Gate {
    Gate::new(Limits::default(), ["claims", "history"], Arc::new(Rules::none()))
}

fn prepare(text: &str, variables: Value) -> Result<Prepared, Refusal> {
    gate().prepare(text, None, &Variables::from_json(variables), "somebody")
}

/// What is executed of an operation, with these variables.
fn form(text: &str, name: Option<&str>, variables: Value) -> Arc<Form> {
    let gate = gate();
    let prepared = gate.prepare(text, name, &Variables::from_json(variables), "somebody").unwrap();
    gate.form(&prepared).unwrap()
}

/// A selection without fragments, as one line; what is asked for beside it is marked by `_`.
fn line(set: &SelectionSet) -> String {
    let mut items = Vec::new();
    for item in &set.items {
        items.push(match &item.node {
            Selection::Field(field) if field.node.response_key().node.is_empty() => "_".to_owned(),
            Selection::Field(field) => {
                let field = &field.node;
                let alias = field.alias.as_ref().map(|alias| format!("{alias}: ")).unwrap_or_default();
                let arguments: Vec<String> =
                    field.arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                let arguments =
                    if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
                let below = line(&field.selection_set.node);
                let below = if below.is_empty() { below } else { format!(" {{ {below} }}") };
                format!("{alias}{}{arguments}{below}", field.name)
            }
            Selection::InlineFragment(inline) => {
                let on = &inline.node.type_condition.as_ref().unwrap().node.on;
                format!("... on {on} {{ {} }}", line(&inline.node.selection_set.node))
            }
            Selection::FragmentSpread(_) => panic!("a fragment is left"),
        });
    }
    items.join(" ")
}

/// What becomes of a document. Some of these have billions of fields: a gate that went through them would not come back.
fn code(text: &str) -> &'static str {
    prepare(text, json!({})).err().map_or("taken", |refusal| refusal.code)
}

/// The arguments of the only field that is executed, and the variables that are left.
fn shown(text: &str, variables: Value) -> String {
    let form = form(text, None, variables);
    let Selection::Field(field) = &form.selection.node.items[0].node else { panic!("no field") };
    let arguments: Vec<String> = field.node.arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let declared: Vec<&str> =
        form.operation.node.variable_definitions.iter().map(|d| d.node.name.node.as_str()).collect();
    format!("({}) declares {}", arguments.join(", "), declared.join(" "))
}

#[test]
fn the_introspection_query_of_the_tools_passes() {
    let prepared = prepare(INTROSPECTION, json!({})).unwrap();
    assert!(prepared.is_introspection());
    assert!(prepared.cost < 1_000, "{}", prepared.cost);
}

#[test]
fn ordinary_operations_pass() {
    for text in [
        "{ viewer { subject } }",
        "query Q($n: Int) { claims(first: $n) { nodes { id ...F } pageInfo { hasNextPage } } } fragment F on Claim { name }",
        "mutation { addComment(input: {claimId: \"x\", body: \"\"\"a \"{[(\" \\\"\"\" b\"\"\"}) { problems { code } } }",
        "# only a comment [[[[\n{ a(b: \"}}}} \\\" ((\") }",
        "subscription { changed { id } }",
    ] {
        assert_eq!(code(text), "taken", "{text}");
    }
}

#[test]
fn a_subscription_has_exactly_one_field_at_its_root() {
    for text in [
        "subscription { a }",
        "subscription { b: a { c d } }",
        "subscription { ...F } fragment F on S { a { b } }",
        "subscription { a { b @include(if: true) ...G @skip(if: false) } } fragment G on T { c }",
        "subscription { a { b } ... on S { a { c } } ...F } fragment F on S { a { d } }",
        "query Q { a b } subscription { a }",
    ] {
        assert!(matches!(code(text), "taken" | OPERATION_RESOLUTION_FAILURE | GRAPHQL_PARSE_FAILED), "{text}");
    }
    for text in [
        "subscription { a b }",
        "subscription { a: x b: x }",
        "subscription { a ... on S { b } }",
        "subscription { ...F ...G } fragment F on S { a } fragment G on S { b }",
        "subscription { ...F } fragment F on S { a ...G } fragment G on S { ... { b } }",
        "subscription { __typename }",
        "subscription { a: __typename }",
        "subscription { a __typename }",
        "subscription { ...F } fragment F on S { __schema { types { name } } }",
        "subscription { a @include(if: true) }",
        "subscription($x: Boolean!) { a @skip(if: $x) }",
        "subscription { ... @include(if: true) { a } }",
        "subscription { ...F @skip(if: false) } fragment F on S { a }",
        "subscription { ...F } fragment F on S { a @include(if: true) }",
        "subscription { ...Nobody }",
    ] {
        assert!(matches!(code(text), GRAPHQL_VALIDATION_FAILED | BAD_USER_INPUT), "{text}: {}", code(text));
    }
    // Of several operations only the one that is meant.
    let gate = gate();
    let choose = |name| {
        let two = "query Q { a b } subscription S { a b } subscription T { a }";
        gate.prepare(two, Some(name), &Variables::default(), "somebody")
            .map(|prepared| prepared.kind())
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(choose("Q"), Ok(OperationType::Query));
    assert_eq!(choose("S"), Err(GRAPHQL_VALIDATION_FAILED));
    assert_eq!(choose("T"), Ok(OperationType::Subscription));
}

#[test]
fn the_parts_of_a_subscriptions_field_are_put_together() {
    for text in [
        "subscription S { b: a(x: 1) { c ...G } } fragment G on T { d }",
        "subscription S { ...F } fragment F on S { b: a(x: 1) { c ...G } } fragment G on T { d }",
        "subscription S { b: a(x: 1) { c } ... on S { b: a(x: 1) { ...G } } } fragment G on T { d }",
        "subscription S { ...F b: a(x: 1) { ...G } } fragment F on S { b: a(x: 1) { c } } fragment G on T { d } query Q { e }",
        "query Q { ...U } fragment U on Q { e } subscription S { ...F } fragment F on S { ... { b: a(x: 1) { c ...G } } } \
         fragment G on T { d }",
    ] {
        let form = form(text, Some("S"), json!({}));
        assert_eq!(line(&form.selection.node), "b: a(x: 1) { c d }", "{text}");
    }
    // Together with variables that were not sent.
    let text = "subscription($x: Int, $y: Int) { ...F } fragment F on S { a(x: $x, y: $y) { c } }";
    assert_eq!(shown(text, json!({ "y": 1 })), "(y: $y) declares y");
}

#[test]
fn a_subscription_has_the_limits_of_a_query() {
    let cost = |text: &str| prepare(text, json!({})).map(|prepared| prepared.cost).map_err(|refusal| refusal.code);
    assert_eq!(cost("subscription { a { claims(first: 100) { nodes { id } } } }"), Ok(112));
    let nested = "subscription { a { claims(first: 100) { nodes { history(first: 100) { nodes { id } } } } } }";
    assert_eq!(cost(nested), Err(QUERY_TOO_COMPLEX));
    let deep = |levels: usize| format!("subscription {}{}", "{ a ".repeat(levels), "}".repeat(levels));
    assert_eq!((code(&deep(12)), code(&deep(13))), ("taken", QUERY_TOO_COMPLEX));
    let mut bomb = "subscription { ...F0 }".to_owned();
    for level in 0..30 {
        write!(bomb, " fragment F{level} on S {{ ...F{0} ...F{0} }}", level + 1).unwrap();
    }
    bomb.push_str(" fragment F30 on S { a }");
    assert_eq!(code(&bomb), QUERY_TOO_COMPLEX);
    assert_eq!(code("subscription { ...A } fragment A on S { ...A }"), GRAPHQL_VALIDATION_FAILED);
}

#[test]
fn text_is_counted_before_it_is_parsed() {
    let many = |start: &str, middle: &str, count, end: &str| format!("{start}{}{end}", middle.repeat(count));
    assert_eq!(code(&"#".repeat(20_481)), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&many("{", " a", 1_999, "}")), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&many("{a(b:", "[", 9_000, "")), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&many("{a(b:", "{a:", 65, "")), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&many("query($a:", "[", 65, "")), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&many("{a", "{a", 65, "")), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&format!("query($a: I = {}1{}) {{ b(c: $a) }}", "[".repeat(60), "]".repeat(60))), "taken");
    assert_eq!(code(&format!("{{ b(c: {}1{}) }}", "{a:[".repeat(30), "]}".repeat(30))), "taken");
}

#[test]
fn what_is_no_graphql_is_said_so_with_the_place() {
    for text in [
        "",
        "   ",
        "{",
        "}",
        "{}",
        "{ a(b:) }",
        "{ a(b:1e999) }",
        "{ a(b:\"\\uD800\") }",
        "{ a(b:\"\\uDE00\\ud83d\") }",
        "{ a(b:\"x) }",
        "{ a(b:\"\"\"x) }",
        "nonsense",
        "\u{0}",
        "{ a } { b }",
        "query A { a } query A { b }",
        "{ ...F } fragment F on A { a } fragment F on A { b }",
        "fragment F on A { a }",
        "{ a(b: \"\\q\") }",
        "type A { b: Int }",
        "{ a(b: 00) }",
        "{ é }",
        "{ a(b: \"\\u{110000}\") }",
        "{ a(b: -) }",
    ] {
        assert_eq!(code(text), GRAPHQL_PARSE_FAILED, "{text}");
    }
    // As GraphQL has it since September 2025.
    assert_eq!(code("{ a(b:\"\\ud83d\\uDE00 \\u{1F600}\") }"), "taken");
    let refusal = prepare("{ claims(first: ) { id } }", json!({})).err().unwrap();
    assert_eq!((refusal.locations[0].line, refusal.locations[0].column), (1, 17));
    assert!(
        !refusal.message.contains('\n') && refusal.message.starts_with("Syntax error at line 1, column 17"),
        "{}",
        refusal.message
    );
}

#[test]
fn fragment_bombs_are_measured_and_not_walked() {
    let mut bomb = "{ ...F0 }".to_owned();
    for level in 0..30 {
        write!(bomb, " fragment F{level} on Query {{ ...F{0} ...F{0} }}", level + 1).unwrap();
    }
    bomb.push_str(" fragment F30 on Query { __typename }");
    assert_eq!(code(&bomb), QUERY_TOO_COMPLEX);
    assert_eq!(code(&bomb.replace("{ ...F0 }", "{ a }")), QUERY_TOO_COMPLEX, "also when nothing spreads it");
    let wide = (0..9).fold("{ ...F0 }".to_owned(), |text, level| {
        format!("{text} fragment F{level} on Query {{ {} }}", format!("...F{} ", level + 1).repeat(10))
    });
    assert_eq!(code(&format!("{wide} fragment F9 on Query {{ a }}")), QUERY_TOO_COMPLEX);
}

#[test]
fn cycles_and_unknown_fragments_end() {
    assert_eq!(code("{ ...A } fragment A on Q { ...A ...A }"), GRAPHQL_VALIDATION_FAILED);
    assert_eq!(
        code("{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ...A ...A }"),
        GRAPHQL_VALIDATION_FAILED
    );
    assert_eq!(code("{ a } fragment A on Q { ...B } fragment B on Q { ...A }"), GRAPHQL_VALIDATION_FAILED);
    assert_eq!(code("{ ...Nobody }"), "taken", "validation names it");
}

#[test]
fn long_chains_are_refused() {
    let chain = |length: usize| {
        (0..length).fold("{ ...F0 }".to_owned(), |text, n| format!("{text} fragment F{n} on Q {{ ...F{} }}", n + 1))
            + &format!(" fragment F{length} on Q {{ a }}")
    };
    assert_eq!(code(&chain(10_000)), DOCUMENT_TOO_LARGE);
    assert_eq!(code(&chain(49)), QUERY_TOO_COMPLEX);
    assert_eq!(code(&chain(10)), "taken");
    let limits = Limits { max_document_bytes: usize::MAX, max_tokens: usize::MAX, ..Limits::default() };
    let open = Gate::new(limits, [], Arc::new(Rules::none()));
    assert_eq!(
        open.prepare(&chain(10_000), None, &Variables::default(), "somebody").err().unwrap().code,
        QUERY_TOO_COMPLEX
    );
}

#[test]
fn each_size_has_its_limit() {
    let repeat = |count: usize, text: fn(usize) -> String| (0..count).map(text).collect::<Vec<_>>().join(" ");
    let depth = |levels: usize| format!("{}{}", "{ a ".repeat(levels), "}".repeat(levels));
    for (within, beyond) in [
        (depth(12), depth(13)),
        (
            format!("{{ b {{ {} }} }}", repeat(30, |n| format!("a{n}: a"))),
            format!("{{ b {{ {} }} }}", repeat(31, |n| format!("a{n}: a"))),
        ),
        (format!("{{ {} }}", repeat(20, |n| format!("a{n}"))), format!("{{ {} }}", repeat(21, |n| format!("a{n}")))),
        (format!("{{ a {} }}", "@x ".repeat(50)), format!("query @x {{ a {} }}", "@x ".repeat(50))),
        (repeat(8, |n| format!("query A{n} {{ a }}")), repeat(9, |n| format!("query A{n} {{ a }}"))),
        (
            format!("query({}) {{ a }}", repeat(100, |n| format!("$v{n}: Int"))),
            format!("query({}) {{ a }}", repeat(101, |n| format!("$v{n}: Int"))),
        ),
    ] {
        assert!(matches!(code(&within), "taken" | OPERATION_RESOLUTION_FAILURE), "{within}");
        assert_eq!(code(&beyond), QUERY_TOO_COMPLEX, "{beyond}");
    }
    assert_eq!(
        code("{ ...F ...G } fragment F on Q { a { ...H } } fragment G on Q { b { ...H } } fragment H on Q { c }"),
        "taken"
    );
    let spread_aliases =
        format!("{{ x {{ ...F }} y {{ ...F }} }} fragment F on Q {{ {} }}", repeat(16, |n| format!("a{n}: a")));
    assert_eq!(code(&spread_aliases), QUERY_TOO_COMPLEX, "aliases count wherever the fragment is spread");
    assert_eq!(code(&format!("{{ ...F }} fragment F on Q {}", depth(13))), QUERY_TOO_COMPLEX);
}

#[test]
fn introspection_has_a_depth_of_its_own() {
    let circular = |levels: usize| {
        format!("{{ __schema {{ types {} }} }}", "{ fields { type ".repeat(levels) + "{ name }" + &"} }".repeat(levels))
    };
    assert_eq!(code(&circular(2)), "taken");
    assert_eq!(code(&circular(3)), QUERY_TOO_COMPLEX);
    let of_type = |levels: usize| {
        format!("{{ __type(name: \"Q\") {{ {} name {} }} }}", "ofType {".repeat(levels), "}".repeat(levels))
    };
    assert_eq!(code(&of_type(18)), "taken");
    assert_eq!(code(&of_type(19)), QUERY_TOO_COMPLEX);
}

#[test]
fn cost_follows_the_page_size() {
    let cost =
        |text: &str, variables| prepare(text, variables).map(|prepared| prepared.cost).map_err(|refusal| refusal.code);
    assert_eq!(cost("{ viewer { subject name } }", json!({})), Ok(2));
    // In tenths: the connection, 20 times an object with two values, the number; rounded up.
    assert_eq!(
        cost("{ claims { nodes { id name } totalCount } }", json!({})),
        Ok((10 + 20 * 12 + 1_usize).div_ceil(10))
    );
    assert_eq!(cost("{ claims(first: 100) { nodes { id } } }", json!({})), Ok(111));
    assert_eq!(cost("{ claims(last: -5) { nodes { id } } }", json!({})), Ok(3));
    assert_eq!(cost("{ other(first: 3) { a } }", json!({})), Ok(5));
    let by_variable = "query($n: Int = 7) { claims(first: $n) { nodes { id } } }";
    assert_eq!(cost(by_variable, json!({})), Ok((10 + 7 * 11_usize).div_ceil(10)));
    assert_eq!(cost(by_variable, json!({"n": 50})), Ok(56));
    assert_eq!(cost(by_variable, json!({"n": i32::MAX})), Ok(111));
    assert_eq!(cost("query($i: [ID!]!) { nodes(ids: $i) { id } }", json!({"i": ["a", "b", "c"]})), Ok(5));
    let nested = "{ claims(first: 100) { nodes { ...C } } } fragment C on Claim { history(first: 100) { edges { node { id } } } }";
    assert_eq!(cost(nested, json!({})), Err(QUERY_TOO_COMPLEX));
}

#[test]
fn the_operation_is_chosen_by_name() {
    let gate = gate();
    let choose = |text, name| {
        let prepared = gate.prepare(text, name, &Variables::default(), "somebody");
        prepared.map(|prepared| prepared.kind()).map_err(|refusal| refusal.code)
    };
    let two = "query A { a } mutation B { b }";
    assert_eq!(choose(two, Some("B")), Ok(OperationType::Mutation));
    assert_eq!(choose(two, None), Err(OPERATION_RESOLUTION_FAILURE));
    assert_eq!(choose(two, Some("C")), Err(OPERATION_RESOLUTION_FAILURE));
    assert_eq!(choose("query A { a }", None), Ok(OperationType::Query));
    assert_eq!(choose("{ a }", Some("A")), Err(OPERATION_RESOLUTION_FAILURE));
}

#[test]
fn variables_are_judged_by_their_declaration() {
    let judge = |declared: &str, variables| {
        prepare(&format!("query($v: {declared}) {{ a(b: $v) }}"), variables).err().map(|refusal| refusal.code)
    };
    for (declared, value) in [
        ("Int!", json!(null)),
        ("Int", json!("1")),
        ("Int", json!(1.5)),
        ("Int", json!(2_147_483_648_i64)),
        ("String", json!(1)),
        ("Boolean", json!("true")),
        ("[Int!]", json!([1, null])),
        ("[[Int]]", json!([["x"]])),
        ("ID", json!(1.5)),
        ("String", json!(["a"])),
    ] {
        assert_eq!(judge(declared, json!({"v": value})), Some(BAD_USER_INPUT), "{declared} {value}");
    }
    for (declared, value) in [
        ("Int", json!(null)),
        ("ID!", json!("x")),
        ("ID", json!(7)),
        ("[Int]", json!(1)),
        ("Float", json!(1)),
        ("Custom", json!({"a": 1})),
    ] {
        assert_eq!(judge(declared, json!({"v": value})), None, "{declared} {value}");
    }
    assert_eq!(judge("Int!", json!({})), Some(BAD_USER_INPUT));
    assert_eq!(judge("Int! = 3", json!({})), None);
}

#[test]
fn omitted_variables_are_left_out() {
    let patch = "mutation($id: ID!, $n: String, $m: String = \"d\") { update(input: {id: $id, name: $n, more: {n: $n, m: $m}, list: [$n, $m]}, x: $n) { id } }";
    assert_eq!(shown(patch, json!({"id": "1"})), "(input: {id: $id, more: {m: $m}, list: [null, $m]}) declares id m");
    assert_eq!(
        shown(patch, json!({"id": "1", "n": null})),
        "(input: {id: $id, name: $n, more: {n: $n, m: $m}, list: [$n, $m]}, x: $n) declares id n m"
    );
    let beside = "query($a: Int, $b: Int, $c: Boolean!) { f(a: $a, b: $b, k: 1) @include(if: $c) }";
    assert_eq!(shown(beside, json!({"b": 2, "c": true})), "(b: $b, k: 1) declares b");
    assert_eq!(shown("query($a: Int!) { f(a: $a, b: $nobody) }", json!({"a": 1})), "(a: $a, b: $nobody) declares a");
}
