//! Brings an answer of async-graphql 7.2 into the form that the GraphQL specification asks for.
//!
//! The library collects the fields of an object in the order in which they were ready, and leaves one out that failed.
//! Clients may rely on the order of their selection, and on a failed field being null or making its parent null. The keys
//! and where null may stand are part of a document's plan, so that an answer without errors is only written down.

mod keys;
mod nulls;
mod write;

use async_graphql::{Response, ServerError, Value};
use bytes::Bytes;
pub use keys::{Key, Keys, Shape, TYPE};

/// Puts null where fields failed.
pub(super) fn complete(response: &mut Response, keys: &Keys) {
    let failed = || response.errors.iter().map(|error| &error.path).filter(|path| !path.is_empty());
    failed().for_each(|path| nulls::revive(&mut response.data, path));
    for path in failed() {
        if nulls::put(&mut response.data, path, keys).is_err() {
            response.data = Value::Null;
        }
    }
}

/// The JSON text of an answer: errors first, and no `data` where nothing was executed. `size` is how long it may get.
pub(super) fn write(errors: &[ServerError], data: Option<(&Value, &Keys)>, size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(size);
    out.push(b'{');
    if !errors.is_empty() {
        out.extend_from_slice(b"\"errors\":");
        write::json(&mut out, errors);
    }
    if let Some((data, keys)) = data {
        if !errors.is_empty() {
            out.push(b',');
        }
        out.extend_from_slice(b"\"data\":");
        write::value(&mut out, data, Some(keys));
    }
    out.push(b'}');
    out
}

/// An answer's JSON text with extensions at its end. The text is an object that has something in it.
pub(super) fn with_extensions(text: &[u8], extensions: &serde_json::Value) -> Bytes {
    let Some(open) = text.strip_suffix(b"}") else { return Bytes::copy_from_slice(text) };
    let mut out = open.to_vec();
    out.extend_from_slice(b",\"extensions\":");
    write::json(&mut out, extensions);
    out.push(b'}');
    out.into()
}

#[cfg(test)]
mod tests;
