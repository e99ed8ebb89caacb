//! Work outside the span of its request.
//!
//! sqlx enters the current span for every row of a result, which is several percent of the work for a page. Here it finds no span. What
//! it logs still has the fields of the request, because the log's subscriber knows the spans of its thread.

use std::sync::OnceLock;

use tracing::{
    Dispatch, Event, Metadata, Subscriber, dispatcher,
    instrument::{WithDispatch, WithSubscriber as _},
    level_filters::LevelFilter,
    span,
    subscriber::Interest,
};

/// The log's subscriber without its current span, once logging is on.
static SPANLESS: OnceLock<Dispatch> = OnceLock::new();

/// Remembers the log's subscriber.
pub(super) fn prepare() {
    SPANLESS.get_or_init(|| Dispatch::new(Spanless::of_the_log()));
}

/// Does the work as if there were no current span.
pub fn outside_span<F>(work: F) -> WithDispatch<F> {
    match SPANLESS.get() {
        Some(spanless) => work.with_subscriber(spanless.clone()),
        None => work.with_current_subscriber(),
    }
}

/// Passes everything on to the log's subscriber, but reports no current span, as by the default of [`Subscriber::current_span`].
///
/// [`Dispatch::none`] would not do: `tracing` remembers what the subscriber of the first thread said about a place in the code. A place
/// that was first reached without a subscriber would never be logged again.
struct Spanless {
    log: Dispatch,
    level: LevelFilter,
}

impl Spanless {
    /// Around the current subscriber.
    fn of_the_log() -> Self {
        Self { log: dispatcher::get_default(Dispatch::clone), level: LevelFilter::current() }
    }
}

impl Subscriber for Spanless {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.log.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.log.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        self.log.new_span(attributes)
    }

    fn record(&self, span: &span::Id, values: &span::Record<'_>) {
        self.log.record(span, values);
    }

    fn record_follows_from(&self, span: &span::Id, follows: &span::Id) {
        self.log.record_follows_from(span, follows);
    }

    fn event(&self, event: &Event<'_>) {
        self.log.event(event);
    }

    fn enter(&self, span: &span::Id) {
        self.log.enter(span);
    }

    fn exit(&self, span: &span::Id) {
        self.log.exit(span);
    }

    fn clone_span(&self, span: &span::Id) -> span::Id {
        self.log.clone_span(span)
    }

    fn try_close(&self, span: span::Id) -> bool {
        self.log.try_close(span)
    }
}

#[cfg(test)]
mod tests {
    use tracing::{Span, info, info_span, subscriber::with_default};

    use super::*;
    use crate::telemetry::tests::logged;

    #[test]
    fn lines_from_outside_the_span_have_its_fields() {
        let lines = logged(|| {
            let spanless = Spanless::of_the_log();
            let say = || info!(target: "cpor", "said");
            info_span!("request", path = "/graphql").in_scope(|| {
                with_default(spanless, || {
                    assert!(Span::current().is_none());
                    say();
                });
                assert!(!Span::current().is_none());
                say();
            });
        });
        assert_eq!(lines, " INFO request{path=\"/graphql\"}: cpor: said\n".repeat(2));
    }
}
