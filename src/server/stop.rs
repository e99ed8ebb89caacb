//! What asks the process to stop.

use std::io;

/// The signals that ask the process to stop: Ctrl-C, and SIGTERM as service managers send it.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct StopSignal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignal {
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(super) async fn given(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        tracing::info!("stopping: waiting for running requests");
    }
}

/// The signal that asks the process to stop: Ctrl-C.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct StopSignal;

#[cfg(not(unix))]
impl StopSignal {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn given(self) {
        // Without a handler the signal ends the process at once, which is what it asks for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        tracing::info!("stopping: waiting for running requests");
    }
}
