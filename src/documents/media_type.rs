//! The media type of a proof document, found by its content and never by its name (P1).
//!
//! Only the accepted types are recognized; any other file has none. The work is bounded: every look at the content is
//! at a fixed place or along a list whose length is capped.

use domain::proof::{EML, JPEG, PNG};

mod compound;
mod email;
mod package;
mod pdf;

/// The media type of the content; [`domain::proof::LOCKED`] if it needs a password, and `None` if it may not be
/// attached.
#[must_use]
pub fn detect(content: &[u8]) -> Option<&'static str> {
    if infer::image::is_png(content) {
        Some(PNG)
    } else if infer::image::is_jpeg(content) {
        Some(JPEG)
    } else if pdf::begins(content) {
        pdf::detect(content)
    } else if content.starts_with(compound::SIGNATURE) {
        compound::detect(content)
    } else if content.starts_with(package::SIGNATURE) {
        package::detect(content)
    } else if email::is_message(content) {
        Some(EML)
    } else {
        pdf::detect(content)
    }
}

/// The number of two bytes at a place, the least significant first.
fn u16_at(content: &[u8], at: usize) -> Option<u16> {
    let bytes = content.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(bytes.try_into().ok()?))
}

/// The number of four bytes at a place, the least significant first.
fn u32_at(content: &[u8], at: usize) -> Option<u32> {
    let bytes = content.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// The same as a place or a length.
fn usize_at(content: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(content, at)?).ok()
}

#[cfg(test)]
mod tests;
