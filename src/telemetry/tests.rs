//! What the tests of the log share.

use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use super::fields::TextFields;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// What is logged by `log`, without its time.
pub(super) fn logged(log: impl FnOnce()) -> String {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).with_ansi(false).without_time();
    tracing::subscriber::with_default(subscriber.fmt_fields(TextFields).finish(), log);
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}
