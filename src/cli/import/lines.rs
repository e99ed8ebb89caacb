//! Lines as all systems write them, brought to one form.

use std::io::{self, BufRead, Read};

/// The input without carriage returns and with a line break at its end, so that every row ends in exactly one and lines
/// can be counted by them.
pub struct PlainLines<R> {
    input: R,
    last: u8,
}

impl<R> PlainLines<R> {
    /// The same input in plain lines.
    pub const fn new(input: R) -> Self {
        Self { input, last: b'\n' }
    }
}

impl<R: BufRead> Read for PlainLines<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        loop {
            let chunk = self.input.fill_buf()?;
            if target.is_empty() || (chunk.is_empty() && self.last == b'\n') {
                return Ok(0);
            }
            let taken = chunk.len().min(target.len());
            let mut written = 0;
            for byte in chunk.iter().take(taken).copied().filter(|byte| *byte != b'\r') {
                target[written] = byte;
                self.last = byte;
                written += 1;
            }
            if chunk.is_empty() {
                target[0] = b'\n';
                self.last = b'\n';
                return Ok(1);
            }
            self.input.consume(taken);
            if written > 0 {
                return Ok(written);
            }
        }
    }
}
