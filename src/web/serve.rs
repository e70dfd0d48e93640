//! The accept loop: bytes to requests, within deadlines and sizes, until told to stop.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use futures::future::BoxFuture;
use http::header::{CONNECTION, TRANSFER_ENCODING};
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::guard::framing::Watched;
use super::guard::limits;
use super::guard::proxies::Peer;
use super::tls::Certificate;

/// How long and how many.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// To the last byte of a request's head, and of a TLS handshake.
    pub head: Duration,
    /// Connections at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// After the word to stop: still accepting, so that a proxy sees `/readyz` turn first.
    pub linger: Duration,
    /// After that, for requests in flight.
    pub drain: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            connections: 4096,
            linger: Duration::from_secs(2),
            drain: Duration::from_secs(25),
        }
    }
}

/// Serves `router` until `stop` is cancelled, then finishes what is in flight.
/// Returns when the last connection has ended or the drain is over.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Certificate>,
    stop: CancellationToken,
    bounds: Bounds,
) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let lingered = {
        let (stop, linger) = (stop.clone(), bounds.linger);
        async move {
            stop.cancelled().await;
            tokio::time::sleep(linger).await;
        }
    };
    tokio::pin!(lingered);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut lingered => break,
        };
        let Some((stream, place)) = accepted else { continue };
        // Each handshake takes the certificate of its moment; connections that stand keep theirs.
        let tls = tls.as_ref().map(Certificate::now);
        let connection = Connection { tls, router: router.clone(), head: bounds.head, place };
        tokio::spawn(connection.run(stream, graceful.watcher()));
    }
    drop(listener);
    if tokio::time::timeout(bounds.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests still in flight");
    }
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            // Out of descriptors, most likely: some will come back soon.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

struct Connection {
    tls: Option<TlsAcceptor>,
    router: Router,
    head: Duration,
    /// Given back when the connection ends.
    place: OwnedSemaphorePermit,
}

impl Connection {
    async fn run(self, stream: TcpStream, watcher: Watcher) {
        let Ok(peer) = stream.peer_addr() else { return };
        // Answers are small: waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let service = Answers { router: self.router, peer: Peer(peer) };
        match &self.tls {
            None => speak(stream, service, self.head, watcher).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = tokio::time::timeout(self.head, tls.accept(stream)).await {
                    speak(stream, service, self.head, watcher).await;
                } else {
                    tracing::debug!(%peer, "no TLS handshake");
                }
            }
        }
        drop(self.place);
    }
}

/// The router, told who asks.
#[derive(Clone)]
struct Answers {
    router: Router,
    peer: Peer,
}

impl hyper::service::Service<Request<Incoming>> for Answers {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        let chunked = request.headers().contains_key(TRANSFER_ENCODING);
        let answering = self.router.clone().oneshot(request);
        Box::pin(async move {
            let mut response = answering.await?;
            if chunked {
                // `framing` does not look behind a chunked body, so nothing may follow it.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        })
    }
}

async fn speak<S>(stream: S, service: Answers, head: Duration, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_headers(limits::HEADER_COUNT)
        .max_buf_size(limits::HEADERS + 2 * limits::TARGET);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits::HEADERS).unwrap_or(u32::MAX))
        .max_concurrent_streams(100)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(head);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(Watched::new(stream)), service);
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(error, "a connection broke off");
    }
}
