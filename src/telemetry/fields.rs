//! How the fields of spans and events are written in log lines of text: `name=value`, and the message without its name.
//!
//! The library's own format styles every name and every `=`, even without colors. That took a third of the instructions of a line.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, format::Writer},
};

/// The name of the field that is the message of an event.
const MESSAGE: &str = "message";

/// Writes fields in this form.
pub(super) struct TextFields;

impl<'w> FormatFields<'w> for TextFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut written = Written { writer, is_first: true, result: Ok(()) };
        fields.record(&mut written);
        written.result
    }
}

/// Fields while they are written.
struct Written<'w> {
    writer: Writer<'w>,
    is_first: bool,
    result: fmt::Result,
}

impl<'w> Written<'w> {
    fn add(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'w>) -> fmt::Result) {
        if self.result.is_ok() {
            self.result = self.name(field).and_then(|()| value(&mut self.writer));
        }
    }

    fn name(&mut self, field: &Field) -> fmt::Result {
        if !std::mem::replace(&mut self.is_first, false) {
            self.writer.write_char(' ')?;
        }
        if field.name() == MESSAGE {
            return Ok(());
        }
        self.writer.write_str(field.name())?;
        self.writer.write_char('=')
    }
}

impl Visit for Written<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_message = field.name() == MESSAGE;
        self.add(field, |out| {
            // What is plain needs no escapes: nearly every value.
            let is_plain =
                value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
            if is_message || !is_plain {
                return if is_message { write!(Escaping(out), "{value}") } else { write!(out, "{value:?}") };
            }
            out.write_char('"')?;
            out.write_str(value)?;
            out.write_char('"')
        });
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, |out| write!(out, "{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, |out| write!(Escaping(out), "{value:?}"));
    }
}

/// Escapes control characters, so that a value neither ends its line nor speaks to a terminal.
struct Escaping<'a, 'w>(&'a mut Writer<'w>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(place) = rest.find(char::is_control) {
            let (plain, from) = rest.split_at(place);
            self.0.write_str(plain)?;
            let mut characters = from.chars();
            characters.next().map_or(Ok(()), |control| write!(self.0, "{}", control.escape_default()))?;
            rest = characters.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use crate::telemetry::tests::logged;

    #[test]
    fn a_line_names_its_fields_and_those_of_its_span() {
        let line = logged(|| {
            let span = tracing::info_span!("request", path = "/graphql", operation = tracing::field::Empty);
            span.record("operation", "claim");
            span.in_scope(
                || tracing::info!(target: "cpor", status = 200_u16, duration_ms = 1.5, late = false, "answered"),
            );
        });
        let fields = "answered status=200 duration_ms=1.5 late=false";
        assert_eq!(line, format!(" INFO request{{path=\"/graphql\" operation=\"claim\"}}: cpor: {fields}\n"));
    }

    #[test]
    fn no_value_ends_its_line_or_speaks_to_a_terminal() {
        let strange = "a\"b\\c\nd\u{1b}[31me\u{85}f";
        let line = logged(|| tracing::warn!(target: "cpor", text = strange, shown = %strange, "{strange}"));
        let escaped = "a\"b\\c\\nd\\u{1b}[31me\\u{85}f";
        let quoted = "\"a\\\"b\\\\c\\nd\\u{1b}[31me\\u{85}f\"";
        assert_eq!(line, format!(" WARN cpor: {escaped} text={quoted} shown={escaped}\n"));
    }
}
