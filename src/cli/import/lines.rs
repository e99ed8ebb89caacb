//! Lines as all systems write them, brought to one form.

use std::io::{self, BufRead, Read};

use memchr::memchr;

/// The input with `\n` for every line break, be it `\r\n`, `\n` or `\r`, and with one at its end, so that every row ends in
/// exactly one and lines can be counted by them.
pub struct PlainLines<R> {
    input: R,
    last: u8,
    after_return: bool,
}

impl<R> PlainLines<R> {
    /// The same input in plain lines.
    pub const fn new(input: R) -> Self {
        Self { input, last: b'\n', after_return: false }
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
            if !self.after_return && memchr(b'\r', &chunk[..taken]).is_none() && taken > 0 {
                target[..taken].copy_from_slice(&chunk[..taken]);
                self.last = chunk[taken - 1];
                self.input.consume(taken);
                return Ok(taken);
            }
            for byte in chunk.iter().take(taken).copied() {
                let is_second_of_break = byte == b'\n' && self.after_return;
                self.after_return = byte == b'\r';
                if is_second_of_break {
                    continue;
                }
                self.last = if byte == b'\r' { b'\n' } else { byte };
                target[written] = self.last;
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
