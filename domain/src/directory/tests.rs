use super::*;

const TENANT: Uuid = Uuid::from_u128(1);

fn field_of<T>(result: Result<T, Problem>) -> Option<String> {
    result.err().and_then(|problem| problem.field).map(|field| field.join("/"))
}

fn location(mpn_id: &str, country: &str) -> LocationRow {
    LocationRow {
        mpn_id: mpn_id.to_owned(),
        name: " Oslo ".to_owned(),
        country: country.to_owned(),
        enrolled_programs: vec![
            IncentiveProgram::OsuMicrosoft365,
            IncentiveProgram::OsaSell,
            IncentiveProgram::OsaSell,
        ],
        partner_type: Some(" ".to_owned()),
    }
}

fn partner(locations: Vec<LocationRow>) -> PartnerRow {
    PartnerRow {
        partner_id: Uuid::from_u128(2),
        name: " Fabrikam ".to_owned(),
        locations,
        contact_email: None,
        locale: None,
    }
}

fn customer(domain: &str, domains: &[&str]) -> CustomerRow {
    let domains = domains.iter().map(ToString::to_string).collect();
    CustomerRow {
        tenant_id: TENANT,
        name: "Contoso".to_owned(),
        domain: domain.to_owned(),
        domains: Some(domains),
        contact_email: None,
        locale: None,
    }
}

#[test]
fn a_partner_comes_to_one_form() {
    // C5, C8
    let checked = partner(vec![location(" 4711-a_B ", "no"), location("4712", " Norway ")]).check();
    let clean = |mpn_id: &str, country: &str| LocationRow {
        mpn_id: mpn_id.to_owned(),
        name: "Oslo".to_owned(),
        country: country.to_owned(),
        enrolled_programs: vec![IncentiveProgram::OsaSell, IncentiveProgram::OsuMicrosoft365],
        partner_type: None,
    };
    let expected =
        PartnerRow { name: "Fabrikam".to_owned(), ..partner(vec![clean("4711-a_B", "NO"), clean("4712", "Norway")]) };
    assert_eq!(checked, Ok(expected.clone()));
    assert_eq!(expected.clone().check(), Ok(expected));
}

#[test]
fn bad_partners_are_named_by_field() {
    // C8, L13
    let blank = PartnerRow { name: " ".to_owned(), ..partner(vec![]) };
    assert_eq!(field_of(blank.check()).as_deref(), Some("name"));
    for bad in ["", " ", "47 11", "4711;", "Ä", &"4".repeat(65)] {
        let row = partner(vec![location("1", "NO"), location(bad, "NO")]);
        assert_eq!(field_of(row.check()).as_deref(), Some("locations/1/mpnId"), "{bad}");
    }
    let twice = partner(vec![location("1", "NO"), location(" 1", "NO")]);
    assert_eq!(field_of(twice.check()).as_deref(), Some("locations/1/mpnId"));
    assert_eq!(field_of(partner(vec![location("1", "")]).check()).as_deref(), Some("locations/0/country"));
}

#[test]
fn the_default_domain_is_always_among_the_domains() {
    // C6
    let checked = customer(" Contoso.COM", &["shop.contoso.com", "CONTOSO.com", "bücher.example"]).check();
    let expected = customer("contoso.com", &["bücher.example", "contoso.com", "shop.contoso.com"]);
    assert_eq!(checked, Ok(expected));
    assert_eq!(customer("contoso.com", &[]).check(), Ok(customer("contoso.com", &["contoso.com"])));
}

#[test]
fn domains_are_host_names() {
    // C6, C8
    for good in ["a.b", "1and1.com", "हिन्दी.example", "a-b.co.uk"] {
        assert_eq!(host_name("domain", good), Ok(good.to_owned()));
    }
    // L15: a name has one form, however it is written.
    assert_eq!(host_name("domain", "XN--bcher-kva.example"), Ok("bücher.example".to_owned()));
    let label = "a".repeat(64);
    let long = "a.".repeat(127) + "com";
    for bad in [
        "",
        "contoso",
        ".com",
        "contoso.",
        "a..b",
        "-a.com",
        "a-.com",
        "a b.com",
        "a_b.com",
        "https://a.com",
        "a.com/x",
        "10.0.0.1",
        "a\0.com",
        "a\u{202e}.com",
        &format!("{label}.com"),
        &long,
    ] {
        assert_eq!(field_of(customer(bad, &[]).check()).as_deref(), Some("domain"), "{bad}");
        assert_eq!(field_of(customer("a.com", &["b.com", bad]).check()).as_deref(), Some("domains/1"), "{bad}");
    }
}

#[test]
fn subscriptions_make_sense() {
    // C7, C8
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let (Some(start), Some(end)) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")) else {
        panic!("two times");
    };
    let row = SubscriptionRow {
        subscription_id: Uuid::from_u128(3),
        tenant_id: TENANT,
        sku_id: Uuid::from_u128(4),
        channel: SubscriptionChannel::Csp,
        status: SubscriptionStatus::Active,
        seats: 0,
        starts_at: start,
        ends_at: Some(end),
    };
    assert_eq!(row.clone().check(), Ok(row.clone()));
    assert_eq!(field_of(SubscriptionRow { seats: -1, ..row.clone() }.check()).as_deref(), Some("seats"));
    assert_eq!(field_of(SubscriptionRow { ends_at: Some(start), ..row }.check()).as_deref(), Some("endsAt"));
}

#[test]
fn products_need_their_names() {
    // C1, L13
    let row = ProductRow {
        sku_id: Uuid::from_u128(4),
        sku_part_number: " D365_SALES ".to_owned(),
        name: "Dynamics 365 Sales".to_owned(),
        solution_area: SolutionArea::BusinessApplications,
    };
    assert_eq!(row.clone().check().map(|row| row.sku_part_number), Ok("D365_SALES".to_owned()));
    assert_eq!(
        field_of(ProductRow { sku_part_number: String::new(), ..row.clone() }.check()).as_deref(),
        Some("skuPartNumber")
    );
    assert_eq!(field_of(ProductRow { name: "\0".to_owned(), ..row }.check()).as_deref(), Some("name"));
}

#[test]
fn json_lines_use_the_names_of_the_api() {
    // C8
    let line = r#"{"subscriptionId":"00000000-0000-0000-0000-000000000003","tenantId":"00000000-0000-0000-0000-000000000001","skuId":"00000000-0000-0000-0000-000000000004","channel":"WEB_DIRECT","status":"IN_GRACE","seats":5,"startsAt":"2026-01-01T01:00:00+01:00"}"#;
    let row: Result<SubscriptionRow, _> = serde_json::from_str(line);
    let again = row.and_then(|row| serde_json::to_value(&row));
    let text = again
        .map(|value| (value["startsAt"].to_string(), value["endsAt"].is_null()))
        .map_err(|error| error.to_string());
    assert_eq!(text, Ok((r#""2026-01-01T00:00:00Z""#.to_owned(), true)));

    // L12: left out, they stay; null clears them.
    let listed = |domains: Option<Vec<String>>| Some(CustomerRow { domains, ..customer("contoso.com", &[]) });
    for (domains, expected) in [
        ("", listed(None)),
        (r#","domains":null"#, listed(Some(Vec::new()))),
        (r#","domains":[]"#, listed(Some(Vec::new()))),
    ] {
        let line = format!(
            r#"{{"tenantId":"00000000-0000-0000-0000-000000000001","name":"Contoso","domain":"contoso.com"{domains}}}"#
        );
        assert_eq!(serde_json::from_str(&line).ok(), expected);
    }
    let unknown = r#"{"tenantId":"00000000-0000-0000-0000-000000000001","name":"C","domain":"c.com","domian":"x"}"#;
    assert!(serde_json::from_str::<CustomerRow>(unknown).is_err());
}
