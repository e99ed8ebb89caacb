//! Work outside the span of its request.
//!
//! A library that enters the current span for every row of a result takes a tenth of the time of a page for that. Here it finds no
//! span. What it logs still has the fields of the request, which the log's subscriber knows by itself.

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

/// Notes the log's subscriber.
pub(super) fn prepare() {
    let log = dispatcher::get_default(Dispatch::clone);
    SPANLESS.get_or_init(|| Dispatch::new(Spanless { log, level: LevelFilter::current() }));
}

/// Does the work as if there were no current span.
pub fn outside_span<F>(work: F) -> WithDispatch<F> {
    match SPANLESS.get() {
        Some(spanless) => work.with_subscriber(spanless.clone()),
        None => work.with_current_subscriber(),
    }
}

/// Everything but the current span is the log's: of that, a subscriber that does not say otherwise knows nothing. To go without any
/// subscriber would not do: what is logged for the first time in such a place would never be logged again, anywhere.
struct Spanless {
    log: Dispatch,
    level: LevelFilter,
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
