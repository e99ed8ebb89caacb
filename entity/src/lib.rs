//! The tables of cpor, one module each.
//!
//! A `Model` is flat, and its columns have the types of the domain: vocabularies, instants, contacts ([`mod@column`]). The store
//! builds the domain's structures from them.

#![expect(
    clippy::disallowed_methods,
    reason = "the code that `sea_orm::model` writes begins transactions of its own; nothing here calls it"
)]

pub mod arbitration;
pub mod arbitration_claim;
pub mod association;
pub mod claim;
pub mod claim_activity;
pub mod claim_line;
pub mod claim_origin;
pub mod column;
pub mod comment;
pub mod customer;
pub mod customer_domain;
pub mod customer_subscription;
pub mod evaluation;
pub mod history;
pub mod idempotency;
pub mod notice;
pub mod notice_preference;
pub mod partner;
pub mod partner_location;
pub mod product;
pub mod proof_document;
pub mod refused_address;
pub mod reviewer;
pub mod revocation;
pub mod service_token;
pub mod setting;
pub mod webhook_attempt;
pub mod webhook_delivery;
pub mod webhook_endpoint;
