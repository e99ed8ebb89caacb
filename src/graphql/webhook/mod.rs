//! Webhook endpoints and what was sent to them (W).

mod enums;
mod mutation;
mod payloads;
mod query;
mod types;

pub use mutation::WebhookMutation;
pub use query::{WebhookQuery, deliveries, endpoints};
pub use types::{WebhookDelivery, WebhookEndpoint};
