//! The stream of one terminal between the server and the host: a fixed header, then raw bytes.
//!
//! ```text
//! kind u8 │ length u32 │ offset u64 │ payload        (little-endian)
//! host → server   Output(bytes at offset) · Size(cols u16, rows u16) · Title(text) · Bell(count u64) · Ended(JSON)
//! server → host   Input(bytes) · Resize(cols u16, rows u16)
//! ```
//!
//! Output, sizes and the end come in the order in which they happened, so that who reads knows what was before what.

use std::io::{self, IoSlice};

use super::socket::Socket;
use crate::terminal::Size;
use bytes::{Buf as _, Bytes};
use thiserror::Error;

/// Bytes in front of each payload.
const HEADER: usize = 13;

/// The largest payload: one block of the ring.
pub(super) const PAYLOAD: usize = 64 * 1024;

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Output = 1,
    Size = 2,
    Title = 3,
    Bell = 4,
    Ended = 5,
    Input = 16,
    Resize = 17,
}

/// The other side does not speak our language; nothing more can be read from it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a frame that nobody sends")]
pub struct BadFrame;

impl From<BadFrame> for io::Error {
    fn from(error: BadFrame) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// One whole frame that has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) seq: u64,
    pub(super) payload: &'a [u8],
}

/// Collects what a socket gives and hands out whole frames.
#[derive(Debug)]
pub(super) struct Incoming {
    /// Room for two frames: what is left of one and all of the next.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Incoming {
    pub(super) fn new() -> Self {
        Self { buffer: vec![0; 2 * (HEADER + PAYLOAD)], start: 0, end: 0 }
    }

    /// Takes what the socket has; false at its end. To be called once it is readable; then all frames are to be taken.
    ///
    /// # Errors
    /// What the system says; `WouldBlock` when there is nothing after all.
    pub(super) fn fill(&mut self, stream: &Socket) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        let read = stream.read(&mut self.buffer[self.end..])?;
        self.end += read;
        Ok(read > 0)
    }

    /// The next whole frame, if there is one.
    ///
    /// # Errors
    /// [`BadFrame`].
    pub(super) fn next(&mut self) -> Result<Option<Frame<'_>>, BadFrame> {
        let Some((header, rest)) = self.buffer[self.start..self.end].split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let (kind, length, seq) = decode(*header)?;
        if rest.len() < length {
            return Ok(None);
        }
        let from = self.start + HEADER;
        self.start = from + length;
        Ok(Some(Frame { kind, seq, payload: &self.buffer[from..self.start] }))
    }
}

/// One frame on its way out.
#[derive(Debug)]
pub(super) struct Outgoing {
    header: Bytes,
    payload: Bytes,
}

impl Outgoing {
    /// `payload` has at most [`PAYLOAD`] bytes.
    pub(super) fn new(kind: Kind, seq: u64, payload: Bytes) -> Self {
        Self { header: Bytes::copy_from_slice(&encode(kind, payload.len(), seq)), payload }
    }

    pub(super) fn size(kind: Kind, seq: u64, size: Size) -> Self {
        let [cols, rows] = [size.cols(), size.rows()].map(u16::to_le_bytes);
        Self::new(kind, seq, Bytes::from([cols, rows].concat()))
    }

    /// Hands over as much as the socket takes; true once it has everything.
    ///
    /// # Errors
    /// What the system says; `WouldBlock` when it takes nothing.
    pub(super) fn write(&mut self, stream: &Socket) -> io::Result<bool> {
        let mut written = stream.write(&[IoSlice::new(&self.header), IoSlice::new(&self.payload)])?;
        let of_header = written.min(self.header.len());
        self.header.advance(of_header);
        written -= of_header;
        self.payload.advance(written);
        Ok(self.header.is_empty() && self.payload.is_empty())
    }

    /// Hands over everything.
    ///
    /// # Errors
    /// What the system says.
    pub(super) async fn send(mut self, stream: &Socket) -> io::Result<()> {
        loop {
            match self.write(stream) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => stream.writable().await,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Reads the payload of a size.
///
/// # Errors
/// [`BadFrame`].
pub(super) fn read_size(payload: &[u8]) -> Result<Size, BadFrame> {
    let [a, b, c, d] = payload.try_into().map_err(|_| BadFrame)?;
    Ok(Size::clamped(u16::from_le_bytes([a, b]).into(), u16::from_le_bytes([c, d]).into()))
}

fn encode(kind: Kind, length: usize, seq: u64) -> [u8; HEADER] {
    debug_assert!(length <= PAYLOAD, "whoever sends cuts");
    let mut header = [0; HEADER];
    header[0] = kind as u8;
    header[1..5].copy_from_slice(&(length as u32).to_le_bytes());
    header[5..].copy_from_slice(&seq.to_le_bytes());
    header
}

fn decode(header: [u8; HEADER]) -> Result<(Kind, usize, u64), BadFrame> {
    let [kind, a, b, c, d, seq @ ..] = header;
    let kind = match kind {
        1 => Kind::Output,
        2 => Kind::Size,
        3 => Kind::Title,
        4 => Kind::Bell,
        5 => Kind::Ended,
        16 => Kind::Input,
        17 => Kind::Resize,
        _ => return Err(BadFrame),
    };
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > PAYLOAD {
        return Err(BadFrame);
    }
    Ok((kind, length, u64::from_le_bytes(seq)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(bytes: &[u8]) -> Incoming {
        let mut incoming = Incoming::new();
        incoming.buffer[..bytes.len()].copy_from_slice(bytes);
        incoming.end = bytes.len();
        incoming
    }

    fn frame(kind: Kind, seq: u64, payload: &[u8]) -> Vec<u8> {
        [&encode(kind, payload.len(), seq)[..], payload].concat()
    }

    #[test]
    fn frames_are_handed_out_whole() {
        let bytes = [frame(Kind::Output, 7, b"hello"), frame(Kind::Bell, 12, b"")].concat();
        for cut in 0..bytes.len() {
            let mut incoming = filled(&bytes[..cut]);
            let whole = [0, HEADER + 5, bytes.len()].iter().filter(|end| **end <= cut).count() - 1;
            let count = std::iter::from_fn(|| incoming.next().unwrap().map(|_| ())).count();
            assert_eq!(count, whole, "after {cut} bytes");
        }
        let mut incoming = filled(&bytes);
        assert_eq!(incoming.next().unwrap(), Some(Frame { kind: Kind::Output, seq: 7, payload: b"hello" }));
        assert_eq!(incoming.next().unwrap(), Some(Frame { kind: Kind::Bell, seq: 12, payload: b"" }));
    }

    #[test]
    fn what_nobody_sends_is_refused() {
        assert_eq!(filled(&frame(Kind::Output, 0, b"")[..]).next().map(|frame| frame.is_some()), Ok(true));
        let mut unknown = frame(Kind::Output, 0, b"");
        unknown[0] = 99;
        assert_eq!(filled(&unknown).next(), Err(BadFrame));
        let mut long = frame(Kind::Output, 0, b"");
        long[4] = 1;
        assert_eq!(filled(&long).next(), Err(BadFrame));
    }

    #[test]
    fn a_size_survives() {
        let outgoing = Outgoing::size(Kind::Size, 3, Size::clamped(132, 43));
        assert_eq!(read_size(&outgoing.payload), Ok(Size::clamped(132, 43)));
        assert_eq!(read_size(b"abc"), Err(BadFrame));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut incoming = filled(&bytes);
            while let Ok(Some(_)) = incoming.next() {}
        }
    }
}
