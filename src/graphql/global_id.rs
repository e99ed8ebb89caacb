//! Global ids: one byte for the kind of object and its key, in base64url without padding.
//!
//! Every object has one spelling of its id, and whatever is not that spelling names nothing.

use async_graphql::ID;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// The kinds of objects that have a global id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A partner company, by its id.
    Partner = 1,
    /// A location, by its MPN id.
    PartnerLocation = 2,
    /// A customer, by its tenant id.
    Customer = 3,
    /// A product, by its SKU id.
    Product = 4,
    /// A subscription, by its id.
    CustomerSubscription = 5,
    /// A claim.
    Claim = 6,
    /// A line of a claim; no `Node`.
    ClaimLine = 7,
    /// An association.
    Association = 8,
    /// A proof document.
    ProofDocument = 9,
    /// A comment.
    Comment = 10,
    /// An entry of a history.
    HistoryEntry = 11,
    /// An arbitration.
    Arbitration = 12,
    /// A reviewer, by an id that follows from the subject.
    Reviewer = 13,
    /// A notice.
    Notice = 14,
    /// A webhook endpoint.
    WebhookEndpoint = 15,
    /// A delivery to a webhook endpoint.
    WebhookDelivery = 16,
}

const KINDS: [Kind; 16] = [
    Kind::Partner,
    Kind::PartnerLocation,
    Kind::Customer,
    Kind::Product,
    Kind::CustomerSubscription,
    Kind::Claim,
    Kind::ClaimLine,
    Kind::Association,
    Kind::ProofDocument,
    Kind::Comment,
    Kind::HistoryEntry,
    Kind::Arbitration,
    Kind::Reviewer,
    Kind::Notice,
    Kind::WebhookEndpoint,
    Kind::WebhookDelivery,
];

/// What a global id names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// An object with a UUID for its key.
    Uuid(Kind, Uuid),
    /// A location by its MPN id.
    Location(String),
}

/// The global id of an object.
#[must_use]
pub fn encode(kind: Kind, key: Uuid) -> ID {
    spell(kind, key.as_bytes())
}

/// The global id of a location.
#[must_use]
pub fn encode_location(mpn_id: &str) -> ID {
    spell(Kind::PartnerLocation, mpn_id.as_bytes())
}

fn spell(kind: Kind, key: &[u8]) -> ID {
    let mut bytes = vec![kind as u8];
    bytes.extend_from_slice(key);
    ID(URL_SAFE_NO_PAD.encode(bytes))
}

/// The object that an id names; `None` for a text that is not an id.
#[must_use]
pub fn decode(id: &str) -> Option<Named> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let (first, key) = bytes.split_first()?;
    match KINDS.into_iter().find(|kind| *kind as u8 == *first)? {
        Kind::PartnerLocation => {
            let mpn_id = std::str::from_utf8(key).ok().filter(|text| !text.is_empty() && !text.contains('\0'))?;
            Some(Named::Location(mpn_id.to_owned()))
        }
        kind => Some(Named::Uuid(kind, Uuid::from_slice(key).ok()?)),
    }
}

/// The key of an object of this kind; nothing for an id of another kind or no id at all.
#[must_use]
pub fn key(kind: Kind, id: &str) -> Option<Uuid> {
    match decode(id)? {
        Named::Uuid(found, key) if found == kind => Some(key),
        Named::Uuid(..) | Named::Location(_) => None,
    }
}

/// The key for a filter: where the id names no object of this kind, one that no object has, so that nothing is found.
#[must_use]
pub fn key_or_none(kind: Kind, id: &str) -> Uuid {
    key(kind, id).unwrap_or(Uuid::max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_one_object_and_has_one_spelling() {
        for kind in KINDS.into_iter().filter(|kind| *kind != Kind::PartnerLocation) {
            let id = encode(kind, Uuid::from_u128(7));
            assert_eq!(decode(&id), Some(Named::Uuid(kind, Uuid::from_u128(7))));
            assert_eq!(key(kind, &id), Some(Uuid::from_u128(7)));
            assert_eq!(key(Kind::Claim, &id).is_some(), kind == Kind::Claim);
        }
        assert_eq!(decode(&encode_location("MPN-1")), Some(Named::Location("MPN-1".to_owned())));
    }

    #[test]
    fn what_is_no_id_names_nothing() {
        let good = encode(Kind::Claim, Uuid::from_u128(7)).0;
        let (padded, short, spaced) = (format!("{good}="), &good[..good.len() - 2], format!(" {good}"));
        for text in ["", "x", "AA", "Ag", "AgA", "not an id", "\0", padded.as_str(), short, spaced.as_str()] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
