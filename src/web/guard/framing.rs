//! Requests that two servers would end at different bytes never reach the parser.
//!
//! hyper reads a request with both `Content-Length` and `Transfer-Encoding` by
//! the latter, and takes a length that is said twice. A proxy in front may read
//! it otherwise, and then the rest of one person's request is the beginning of
//! another's (RFC 9112 §11.2). Here such a head is spoiled on its way in, so
//! that it is answered with 400 and the connection ends (security.md row 10).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::limits;

/// A connection whose incoming heads are watched.
pub struct Watched<S> {
    inner: S,
    place: Place,
    head: Vec<u8>,
    /// What is still to be passed on instead of a spoiled head.
    instead: &'static [u8],
}

/// No method, name or value may hold a NUL: whatever came before, the parser answers 400.
const UNREADABLE: &[u8] = b"\0\r\n\r\n";

/// Where in the stream of requests the next byte lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Head,
    /// So many bytes of a body are to come.
    Body(u64),
    /// HTTP/2, a chunked body (after which the connection ends), or a head so long that it is refused anyway.
    Beyond,
    /// Nothing more is passed on.
    Spoiled,
}

impl<S> Watched<S> {
    /// Watches what comes in on `inner`.
    pub fn new(inner: S) -> Self {
        Self { inner, place: Place::Head, head: Vec::new(), instead: UNREADABLE }
    }

    /// Passes on what stands for the spoiled head, then the end of the stream.
    fn spoil(&mut self, buffer: &mut ReadBuf<'_>) {
        let (now, later) = self.instead.split_at(self.instead.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.instead = later;
    }

    /// Follows the bytes; where the head begins that must not be read, if there is one.
    fn follow(&mut self, bytes: &[u8]) -> Option<usize> {
        let (mut at, mut begun) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            match self.place {
                Place::Beyond | Place::Spoiled => break,
                Place::Body(left) => {
                    let here = left.min((bytes.len() - at) as u64);
                    at += usize::try_from(here).unwrap_or(usize::MAX);
                    self.place = if here == left { Place::Head } else { Place::Body(left - here) };
                }
                Place::Head => {
                    if self.head.is_empty() {
                        begun = at;
                    }
                    at += 1;
                    self.head.push(*byte);
                    if is_whole(&self.head) {
                        self.place = after(&self.head);
                        self.head.clear();
                    } else if self.head.len() > limits::HEADERS + 2 * limits::TARGET {
                        self.place = Place::Beyond;
                    }
                    if self.place == Place::Spoiled {
                        return Some(begun);
                    }
                }
            }
        }
        None
    }
}

/// Ends with an empty line that is not the first.
fn is_whole(head: &[u8]) -> bool {
    (head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n")) && head.iter().any(|byte| !byte.is_ascii_whitespace())
}

/// What follows a head.
fn after(head: &[u8]) -> Place {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).skip_while(|line| line.is_empty());
    if lines.next().is_some_and(|first| first.starts_with(b"PRI * HTTP/2")) {
        return Place::Beyond;
    }
    let (mut length, mut chunked) = (None, false);
    for line in lines.filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.trim_ascii().eq_ignore_ascii_case(b"content-length") {
            let Some(bytes) = length_of(value).filter(|_| length.is_none()) else { return Place::Spoiled };
            length = Some(bytes);
        } else if name.trim_ascii().eq_ignore_ascii_case(b"transfer-encoding") {
            if chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Place::Spoiled;
            }
            chunked = true;
        }
    }
    match (length, chunked) {
        (Some(_), true) => Place::Spoiled,
        (None, true) => Place::Beyond,
        (None | Some(0), false) => Place::Head,
        (Some(bytes), false) => Place::Body(bytes),
    }
}

/// Digits and nothing else (RFC 9110 §8.6).
fn length_of(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.place == Place::Spoiled {
            this.spoil(buffer);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buffer))?;
        if let Some(begun) = this.follow(&buffer.filled()[before..]) {
            buffer.set_filled(before + begun);
            this.spoil(buffer);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the text in pieces of `size`; where it was spoiled, counted from the beginning.
    fn spoiled(text: &str, size: usize) -> Option<usize> {
        let mut watched = Watched::new(());
        for (number, piece) in text.as_bytes().chunks(size).enumerate() {
            if let Some(at) = watched.follow(piece) {
                return Some(number * size + at);
            }
        }
        None
    }

    #[test]
    fn s10_a_head_that_can_be_read_two_ways_is_spoiled_and_what_came_before_is_not() {
        let good = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\r\n";
        for bad in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "content-length:1\r\ncontent-length:1",
            "Content-Length: +1",
        ] {
            let text = format!("{good}{good}POST / HTTP/1.1\r\n{bad}\r\n\r\n");
            assert_eq!(spoiled(&text, 4096), Some(2 * good.len()), "{bad}");
            assert!((1..7).all(|size| spoiled(&text, size).is_some()), "{bad}: in small pieces too");
        }
    }

    #[test]
    fn what_can_be_read_one_way_passes_in_pieces_of_any_size() {
        let body_like_a_head = "Content-Length: 1\r\nContent-Length: 2\r\n\r\n";
        let length = body_like_a_head.len();
        let texts = [
            format!(
                "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body_like_a_head}"
            ),
            format!("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n{body_like_a_head}"),
            format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{body_like_a_head}"),
        ];
        for text in texts {
            assert!((1..40).all(|size| spoiled(&text, size).is_none()), "{text}");
        }
    }
}
