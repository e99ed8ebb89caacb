//! The templates: how a letter's parts are laid out, as text and as HTML.

use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter, syntax::SyntaxConfig,
    value::Serde,
};
use serde::Serialize;

use super::{MailError, outline::Outline};

/// The maximum number of steps of a template: enough for a digest of a thousand notices, and a bound for endless loops.
const FUEL: u64 = 2_000_000;

/// The compiled templates.
pub(super) struct Layout(Environment<'static>);

impl Layout {
    /// No templates at all.
    pub(super) fn none() -> Self {
        Self(Environment::empty())
    }

    /// The built-in templates, or an operator's own in their place.
    ///
    /// # Errors
    /// A template that cannot be read.
    pub(super) fn new(text: Option<String>, html: Option<String>) -> Result<Self, MailError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            let is_html = std::path::Path::new(name).extension().is_some_and(|kind| kind == "html");
            if is_html { AutoEscape::Html } else { AutoEscape::None }
        });
        templates.set_formatter(format);
        templates.set_fuel(Some(FUEL));
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        templates.set_syntax(syntax.map_err(|error| wrong("notice.txt", &error))?);
        let own = |own: Option<String>, built_in: &str| own.unwrap_or_else(|| built_in.to_owned());
        for (name, source) in [
            ("notice.txt", own(text, include_str!("templates/notice.txt"))),
            ("notice.html", own(html, include_str!("templates/notice.html"))),
            ("page.html", include_str!("templates/page.html").to_owned()),
        ] {
            templates.add_template_owned(name, source).map_err(|error| wrong(name, &error))?;
        }
        templates.add_filter("quoted", quoted);
        templates.add_filter("whole", whole);
        Ok(Self(templates))
    }

    pub(super) fn text(&self, outline: &Outline) -> Result<String, MailError> {
        self.render("notice.txt", outline)
    }

    pub(super) fn html(&self, outline: &Outline) -> Result<String, MailError> {
        self.render("notice.html", outline)
    }

    pub(super) fn page(&self, page: &impl Serialize) -> Result<String, MailError> {
        self.render("page.html", page)
    }

    fn render(&self, name: &str, parts: &impl Serialize) -> Result<String, MailError> {
        let template = self.0.get_template(name).map_err(|error| wrong(name, &error))?;
        template.render(Serde(parts)).map_err(|error| wrong(name, &error))
    }
}

/// As the library escapes, but for slashes, which mean nothing in HTML: a link stays readable, to whatever reads a mail.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let is_html = matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe();
    let Some(text) = value.as_str().filter(|_| is_html) else { return escape_formatter(out, state, value) };
    Ok(out.write_str(&escaped(text))?)
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

fn wrong(name: &str, error: &Error) -> MailError {
    MailError::new(format!("The template {name} cannot be used: {error:#}"))
}

/// The text as HTML in which no line ends within a claim number: mail programs break lines at its hyphens.
fn whole(text: &str) -> Value {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, number, after)) = next_number(rest) {
        html.push_str(&escaped(before));
        html.push_str("<span style=\"white-space:nowrap\">");
        html.push_str(&escaped(number));
        html.push_str("</span>");
        rest = after;
    }
    html.push_str(&escaped(rest));
    Value::from_safe_string(html)
}

/// What is before the first claim number of a text, the number, and what is after it.
fn next_number(text: &str) -> Option<(&str, &str, &str)> {
    const SHAPE: &str = "CPOR-7K3M-9Q2D";
    text.match_indices("CPOR-").find_map(|(start, _)| {
        let (before, rest) = text.split_at(start);
        let (number, after) = rest.split_at_checked(SHAPE.len())?;
        let fits = |(got, shape): (u8, u8)| if shape == b'-' { got == b'-' } else { got.is_ascii_alphanumeric() };
        number.bytes().zip(SHAPE.bytes()).all(fits).then_some((before, number, after))
    })
}

/// Each line of the text with a mark before it, as mail quotes.
fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}
