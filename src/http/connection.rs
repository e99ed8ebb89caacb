//! A connection whose client must read: whoever leaves lying what is sent to it loses the connection.
//!
//! This is below HTTP and WebSocket, so that it holds for answers, event streams and sockets alike. The time counts only
//! while something waits to be sent, so idle connections have all the time that they want.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_io_timeout::TimeoutWriter;

/// A connection with a time limit for its client's reading.
pub(super) struct Connection {
    stream: Pin<Box<TimeoutWriter<TcpStream>>>,
}

impl Connection {
    /// Takes up a connection; `slow_reader_timeout` is how long its client may read nothing while something waits to be sent.
    pub(super) fn new(stream: TcpStream, slow_reader_timeout: Duration) -> Self {
        let mut writer = TimeoutWriter::new(stream);
        writer.set_timeout(Some(slow_reader_timeout));
        Self { stream: Box::pin(writer) }
    }

    /// Tells the log why the connection ends here, where its client did not read.
    fn noticing<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &written
            && error.kind() == ErrorKind::TimedOut
        {
            let slow_reader_timeout = self.stream.timeout().unwrap_or_default();
            tracing::info!(?slow_reader_timeout, "a connection was closed because its client did not read");
        }
        written
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write(cx, buf);
        self.noticing(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write_vectored(cx, bufs);
        self.noticing(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream.as_mut().poll_flush(cx);
        self.noticing(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }
}
