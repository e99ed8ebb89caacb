//! What the database remembers about itself: the sandbox clock's offset (T5), whether notices are delivered (M1), and the key
//! of signed addresses (P2).

mod read;

pub mod write;

pub use read::{delivers_notices, sandbox_offset};

const OFFSET: &str = "sandbox_offset_micros";
const DELIVERS: &str = "delivers_notices";
const DOCUMENT_KEY: &str = "document_address_key";
