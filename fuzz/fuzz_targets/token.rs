//! Tokens: nothing is accepted that was not signed, however it is written.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpor::{auth::Authenticator, config::Identity};
use libfuzzer_sys::fuzz_target;

static AUTHENTICATOR: LazyLock<Authenticator> = LazyLock::new(|| {
    let identity = Identity::of_secret("a secret that nobody who fuzzes knows".into(), "cpor", "cpor");
    Authenticator::new(&identity.expect("a secret that is long enough"))
});

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    // As it is, and as the parts of a token whose texts these are.
    let parts = text.split('.').map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join(".");
    for token in [text, parts] {
        let accepted = futures_util::future::FutureExt::now_or_never(AUTHENTICATOR.authenticate(&token));
        assert!(accepted.is_none_or(|answer| answer.is_err()));
    }
});
