//! Global ids, made by the tests themselves where asking for each would hide what a test is about. `nodes.rs` holds them
//! against the server's own.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// The first byte of an id, by the type of what it names.
pub const KINDS: &[(&str, u8)] = &[
    ("Partner", 1),
    ("PartnerLocation", 2),
    ("Customer", 3),
    ("Product", 4),
    ("CustomerSubscription", 5),
    ("Claim", 6),
    ("ClaimLine", 7),
    ("Association", 8),
    ("ProofDocument", 9),
    ("Comment", 10),
    ("HistoryEntry", 11),
    ("Arbitration", 12),
];

/// The global id of an object whose key is a UUID.
pub fn of_uuid(kind: &str, key: &str) -> String {
    encode(kind, Uuid::parse_str(key).unwrap().as_bytes())
}

/// The global id of a location.
pub fn of_location(mpn_id: &str) -> String {
    encode("PartnerLocation", mpn_id.as_bytes())
}

pub fn of_product(sku: &str) -> String {
    of_uuid("Product", sku)
}

pub fn of_customer(tenant: &str) -> String {
    of_uuid("Customer", tenant)
}

/// A well-formed id of something that never was.
pub fn of_nothing(kind: &str) -> String {
    of_uuid(kind, "01900000-0000-7000-8000-0000deadbeef")
}

/// The key in a global id whose key is a UUID.
pub fn key(id: &str) -> Uuid {
    Uuid::from_slice(&URL_SAFE_NO_PAD.decode(id).unwrap()[1..]).unwrap()
}

fn encode(kind: &str, key: &[u8]) -> String {
    let (_, first) = KINDS.iter().find(|(name, _)| *name == kind).unwrap_or_else(|| panic!("no ids of {kind}"));
    let mut bytes = vec![*first];
    bytes.extend_from_slice(key);
    URL_SAFE_NO_PAD.encode(bytes)
}
