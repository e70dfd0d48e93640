//! Bytes to a socket and back: for requests no client would send.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends the bytes and reads until the server closes; an open connection after ten seconds fails the test.
pub async fn until_closed(address: SocketAddr, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    // The server may close before it has read everything: that is no failure here.
    let _ = socket.write_all(request).await;
    read_to_end(&mut socket).await
}

/// Reads until the server closes.
pub async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut bytes));
    let _ = reading.await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How many answers there are in what came back.
pub fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

/// The first status; 0 when nothing came back.
pub fn status(text: &str) -> u16 {
    text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
}
