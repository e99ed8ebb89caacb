//! Arbitrations.

mod enums;
mod mutation;
mod query;
mod types;

pub use enums::ArbitrationStatus;
pub(super) use mutation::ArbitrationMutation;
pub(super) use query::ArbitrationQuery;
pub use types::{Arbitration, ArbitrationConnection, ArbitrationsOf};
