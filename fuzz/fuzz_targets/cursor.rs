//! Cursors and ids: what is read as one is written as the same again.
#![no_main]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpor::{
    graphql::global_id,
    store::{history, page::Cursor},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let texts = [URL_SAFE_NO_PAD.encode(data), String::from_utf8_lossy(data).into_owned()];
    for text in texts {
        for order in [&history::ORDER, &history::ORDER_OF_CLAIM] {
            if let Ok(cursor) = Cursor::decode(&text, order) {
                assert_eq!(Cursor::decode(&cursor.encode(), order).ok(), Some(cursor));
            }
        }
        let _ = global_id::key(global_id::Kind::ProofDocument, &text);
    }
});
