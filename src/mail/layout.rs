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
    let mut rest = text;
    while let Some(place) = rest.find(['&', '<', '>', '"', '\'']) {
        out.write_str(&rest[..place])?;
        out.write_str(match rest.as_bytes()[place] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[place + 1..];
    }
    Ok(out.write_str(rest)?)
}

fn wrong(name: &str, error: &Error) -> MailError {
    MailError::new(format!("The template {name} cannot be used: {error:#}"))
}

/// Each line of the text with a mark before it, as mail quotes.
fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}
