//! The sample directory of the tests: two partners, two customers, and a subscription for every case of E.

use serde_json::{Value, json};

/// A product of the real catalogue, or a subscription, tenant or partner: its UUID.
pub type Key = &'static str;

// Business Applications
pub const SALES: Key = "1e1a282c-9c54-43a2-9310-98ef728faace";
pub const FINANCE: Key = "55c9eb4e-c746-45b4-b255-9ab6b19d5c62";
pub const SUPPLY_CHAIN: Key = "f2e48cb3-9da0-42cd-8464-4a54ce198ad0";
pub const SERVICE_PRO: Key = "1439b6e2-5d59-4873-8c59-d60e2a196e92";
pub const SALES_PREMIUM: Key = "2edaa1dc-966d-4475-93d6-8ee8dfd96877";
pub const SALES_PRO: Key = "be9f9771-1c64-4618-9907-244325141096";
pub const SERVICE_CHAT: Key = "7d7af6c2-0be6-46df-84d1-c181b0272909";
/// On no tenant at all.
pub const STORAGE: Key = "328dc228-00bc-48c6-8b09-1fbc8bc3435d";
// Microsoft 365
pub const EXCHANGE_1: Key = "4b9405b0-7788-4568-add1-99614e613b69";
pub const EXCHANGE_2: Key = "19ec0d23-8335-4cbd-94ac-6050e30712fa";
pub const EXCHANGE_ARCHIVE: Key = "ee02fd1b-340e-4a4b-b355-4a514e4c8943";
pub const EXCHANGE_ESSENTIALS: Key = "e8f81a67-bd96-4074-b108-cf193eb9433b";
/// On no tenant at all.
pub const EXCHANGE_STUDENT: Key = "ad2fe44a-915d-4e2b-ade1-6766d50a9d9c";

/// The tenant that most tests claim on; its domains are `contoso.example` and `contoso-group.example`.
pub const CONTOSO: Key = "c0000000-0000-4000-8000-000000000001";
/// Another tenant; its only domain is `fabrikam.example`.
pub const FABRIKAM: Key = "c0000000-0000-4000-8000-000000000002";

/// The partner of `world.partner`.
pub const ALPINE: Key = "a0000000-0000-4000-8000-00000000000a";
/// The partner of `world.rival`.
pub const BOREAL: Key = "a0000000-0000-4000-8000-00000000000b";

/// Alpine's location that is enrolled in every programme.
pub const ALPINE_ENROLLED: &str = "1000001";
/// Alpine's location that is enrolled in *OSA Sell* only.
pub const ALPINE_SELLS: &str = "1000002";
/// Alpine's location that is enrolled in nothing and carries a partner type (C5).
pub const ALPINE_FRP: &str = "1000003";
/// Boreal's location, enrolled in every programme.
pub const BOREAL_ENROLLED: &str = "2000001";

// Contoso's subscriptions
/// The only one to Sales: eligible.
pub const CONTOSO_SALES: Key = "50000000-0000-4000-8000-000000000001";
/// One of two eligible ones to Finance (E10).
pub const CONTOSO_FINANCE: Key = "50000000-0000-4000-8000-000000000002";
/// The other, in grace.
pub const CONTOSO_FINANCE_GRACE: Key = "50000000-0000-4000-8000-000000000003";
/// Through CSP (E6).
pub const CONTOSO_SUPPLY_CSP: Key = "50000000-0000-4000-8000-000000000004";
/// Not activated yet (E7).
pub const CONTOSO_SERVICE_PENDING: Key = "50000000-0000-4000-8000-000000000005";
/// Suspended (E8).
pub const CONTOSO_PREMIUM_SUSPENDED: Key = "50000000-0000-4000-8000-000000000006";
/// Expired (E8).
pub const CONTOSO_SALES_PRO_EXPIRED: Key = "50000000-0000-4000-8000-000000000007";
/// Active, yet past its end (E8).
pub const CONTOSO_CHAT_ENDED: Key = "50000000-0000-4000-8000-000000000008";
/// Exchange plan 1, through CSP: eligible, for Microsoft 365 takes any channel (E10).
pub const CONTOSO_EXCHANGE_1: Key = "50000000-0000-4000-8000-000000000011";
/// Exchange plan 2: eligible.
pub const CONTOSO_EXCHANGE_2: Key = "50000000-0000-4000-8000-000000000012";
/// Exchange archiving: not activated yet (E7).
pub const CONTOSO_ARCHIVE_PENDING: Key = "50000000-0000-4000-8000-000000000013";
/// Exchange essentials: suspended (E8).
pub const CONTOSO_ESSENTIALS_SUSPENDED: Key = "50000000-0000-4000-8000-000000000014";
// Fabrikam's subscriptions
pub const FABRIKAM_SALES: Key = "50000000-0000-4000-8000-000000000021";
pub const FABRIKAM_EXCHANGE_1: Key = "50000000-0000-4000-8000-000000000022";

/// The whole directory: each mutation with its rows, in an order in which they can be loaded.
pub fn whole() -> [(&'static str, Vec<Value>); 4] {
    [
        ("upsertProducts", products()),
        ("upsertPartners", partners()),
        ("upsertCustomers", customers()),
        ("upsertSubscriptions", subscriptions()),
    ]
}

/// Every product of `data/products.csv`, as rows of `upsertProducts`.
pub fn products() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/products.csv");
    let mut file = csv::Reader::from_path(path).unwrap();
    file.records()
        .map(|record| {
            let record = record.unwrap();
            json!({ "skuId": record[0], "skuPartNumber": record[1], "name": record[2], "solutionArea": record[3] })
        })
        .collect()
}

pub fn partners() -> Vec<Value> {
    let all = ["OSA_SELL", "OSU_BUSINESS_APPLICATIONS", "OSU_MICROSOFT_365"];
    vec![
        json!({ "partnerId": ALPINE, "name": "Alpine Advisers", "locations": [
            { "mpnId": ALPINE_ENROLLED, "name": "Alpine Bern", "country": "CH", "enrolledPrograms": all },
            { "mpnId": ALPINE_SELLS, "name": "Alpine Basel", "country": "CH", "enrolledPrograms": ["OSA_SELL"] },
            { "mpnId": ALPINE_FRP, "name": "Alpine Chur", "country": "CH", "enrolledPrograms": [], "partnerType": "FRP FastTrack" },
        ] }),
        json!({ "partnerId": BOREAL, "name": "Boreal Consulting", "locations": [
            { "mpnId": BOREAL_ENROLLED, "name": "Boreal Oslo", "country": "NO", "enrolledPrograms": all },
        ] }),
    ]
}

pub fn customers() -> Vec<Value> {
    vec![
        json!({ "tenantId": CONTOSO, "name": "Contoso", "domain": "contoso.example", "domains": ["contoso-group.example"] }),
        json!({ "tenantId": FABRIKAM, "name": "Fabrikam", "domain": "fabrikam.example" }),
    ]
}

pub fn subscriptions() -> Vec<Value> {
    vec![
        subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "ACTIVE"),
        subscription(CONTOSO_FINANCE, CONTOSO, FINANCE, "VOLUME_LICENSING", "ACTIVE"),
        subscription(CONTOSO_FINANCE_GRACE, CONTOSO, FINANCE, "WEB_DIRECT", "IN_GRACE"),
        subscription(CONTOSO_SUPPLY_CSP, CONTOSO, SUPPLY_CHAIN, "CSP", "ACTIVE"),
        subscription(CONTOSO_SERVICE_PENDING, CONTOSO, SERVICE_PRO, "VOLUME_LICENSING", "PENDING_PROVISIONING"),
        subscription(CONTOSO_PREMIUM_SUSPENDED, CONTOSO, SALES_PREMIUM, "VOLUME_LICENSING", "SUSPENDED"),
        subscription(CONTOSO_SALES_PRO_EXPIRED, CONTOSO, SALES_PRO, "VOLUME_LICENSING", "EXPIRED"),
        ended(CONTOSO_CHAT_ENDED, CONTOSO, SERVICE_CHAT),
        subscription(CONTOSO_EXCHANGE_1, CONTOSO, EXCHANGE_1, "CSP", "ACTIVE"),
        subscription(CONTOSO_EXCHANGE_2, CONTOSO, EXCHANGE_2, "WEB_DIRECT", "ACTIVE"),
        subscription(CONTOSO_ARCHIVE_PENDING, CONTOSO, EXCHANGE_ARCHIVE, "WEB_DIRECT", "PENDING_PROVISIONING"),
        subscription(CONTOSO_ESSENTIALS_SUSPENDED, CONTOSO, EXCHANGE_ESSENTIALS, "WEB_DIRECT", "SUSPENDED"),
        subscription(FABRIKAM_SALES, FABRIKAM, SALES, "VOLUME_LICENSING", "ACTIVE"),
        subscription(FABRIKAM_EXCHANGE_1, FABRIKAM, EXCHANGE_1, "WEB_DIRECT", "ACTIVE"),
    ]
}

/// A row of `upsertSubscriptions` that began in 2025 and has no end.
pub fn subscription(id: &str, tenant: &str, sku: &str, channel: &str, status: &str) -> Value {
    json!({ "subscriptionId": id, "tenantId": tenant, "skuId": sku, "channel": channel, "status": status,
        "seats": 25, "startsAt": "2025-01-01T00:00:00Z" })
}

/// One that is called active although its end has passed when the tests begin.
fn ended(id: &str, tenant: &str, sku: &str) -> Value {
    let mut row = subscription(id, tenant, sku, "WEB_DIRECT", "ACTIVE");
    row["endsAt"] = json!("2026-02-28T23:59:59Z");
    row
}
