//! The newest output of a PTY, addressed by absolute byte offset.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// Sealed blocks are shared without copying and dropped whole, so a block is the grain of eviction. One frame's worth.
const BLOCK: usize = 64 * 1024;

/// What a ring holds from an offset on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Bytes beginning exactly at the offset asked for; never empty.
    Data(Bytes),
    /// The offset is the end: nothing newer has been produced yet.
    UpToDate,
    /// The offset was never produced, or its bytes have left the ring: only a snapshot helps.
    Gone,
}

/// Bytes by offset; the oldest leave first, and at least `capacity` of the newest stay.
#[derive(Debug)]
pub struct Ring {
    capacity: usize,
    block: usize,
    start: u64,
    sealed: VecDeque<Bytes>,
    sealed_len: usize,
    /// The block that is being filled. Small outputs gather here: a chunk per keystroke would cost more than its bytes.
    tail: Vec<u8>,
    /// Blocks that have left.
    evicted: u64,
}

impl Ring {
    /// An empty ring; memory is taken as it fills.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let block = (capacity / 16).clamp(1, BLOCK);
        Self { capacity, block, start: 0, sealed: VecDeque::new(), sealed_len: 0, tail: Vec::new(), evicted: 0 }
    }

    /// Forgets everything and goes on at `start`.
    pub fn restart(&mut self, start: u64) {
        *self = Self { start, evicted: self.evicted, ..Self::new(self.capacity) };
    }

    /// Appends to the end, dropping what is no longer needed to hold `capacity`.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.block - self.tail.len()));
            self.tail.extend_from_slice(now);
            bytes = later;
            if self.tail.len() == self.block {
                self.seal();
            }
        }
    }

    /// Up to `max` bytes from offset `from`, all that are there if fewer. Costs no copy within one sealed block.
    pub fn read(&self, from: u64, max: usize) -> Read {
        if from > self.end() || from < self.start {
            return Read::Gone;
        }
        if from == self.end() || max == 0 {
            return Read::UpToDate;
        }
        // Both fit: the distance is at most what the ring holds.
        let skip = (from - self.start) as usize;
        let want = max.min((self.end() - from) as usize);
        Read::Data(self.gather(skip, want))
    }

    /// The offset of the oldest byte held.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The offset after the newest byte: how many were ever pushed.
    pub fn end(&self) -> u64 {
        self.start + (self.sealed_len + self.tail.len()) as u64
    }

    /// How many blocks have left to make room for newer output.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    fn seal(&mut self) {
        self.sealed_len += self.tail.len();
        // Whoever has filled one block is likely to fill the next; only the first grows as it is needed.
        let next = Vec::with_capacity(self.block);
        self.sealed.push_back(Bytes::from(std::mem::replace(&mut self.tail, next)));
        while let Some(oldest) = self.sealed.front()
            && self.sealed_len - oldest.len() >= self.capacity
        {
            self.sealed_len -= oldest.len();
            self.start += oldest.len() as u64;
            self.sealed.pop_front();
            self.evicted += 1;
        }
    }

    fn gather(&self, skip: usize, want: usize) -> Bytes {
        // All sealed blocks have the same length.
        let (first, offset) = (skip / self.block, skip % self.block);
        if let Some(block) = self.sealed.get(first)
            && offset + want <= block.len()
        {
            return block.slice(offset..offset + want);
        }
        let mut gathered = BytesMut::with_capacity(want);
        let blocks = self.sealed.iter().skip(first).map(|block| &block[..]).chain([&self.tail[..]]);
        let mut offset = offset;
        for block in blocks {
            let piece = &block[offset..block.len().min(offset + want - gathered.len())];
            gathered.extend_from_slice(piece);
            offset = 0;
            if gathered.len() == want {
                break;
            }
        }
        gathered.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(capacity: usize, pushes: &[&str]) -> Ring {
        let mut ring = Ring::new(capacity);
        pushes.iter().for_each(|push| ring.push(push.as_bytes()));
        ring
    }

    fn check(ring: &Ring, from: u64, max: usize, expected: &Read) {
        assert_eq!(&ring.read(from, max), expected, "from {from}, at most {max}");
    }

    fn data(bytes: &str) -> Read {
        Read::Data(Bytes::copy_from_slice(bytes.as_bytes()))
    }

    #[test]
    fn bytes_are_found_by_their_offset() {
        let ring = filled(64, &["hello", " ", "world"]);
        check(&ring, 0, 100, &data("hello world"));
        check(&ring, 4, 3, &data("o w"));
        check(&ring, 11, 10, &Read::UpToDate);
        check(&ring, 3, 0, &Read::UpToDate);
        check(&ring, 12, 10, &Read::Gone);
        assert_eq!((ring.start(), ring.end()), (0, 11));
    }

    #[test]
    fn the_oldest_bytes_leave_first() {
        let ring = filled(4, &["0123456789"]);
        check(&ring, 5, 10, &Read::Gone);
        check(&ring, 6, 10, &data("6789"));
        assert_eq!(ring.evicted(), 6);
    }

    #[test]
    fn after_a_gap_it_goes_on_where_it_is_told() {
        let mut ring = filled(64, &["lost"]);
        ring.restart(100);
        ring.push(b"kept");
        check(&ring, 3, 10, &Read::Gone);
        check(&ring, 100, 10, &data("kept"));
        assert_eq!((ring.start(), ring.end()), (100, 104));
    }

    #[test]
    fn a_sealed_block_is_shared_not_copied() {
        let mut ring = Ring::new(16 * BLOCK);
        ring.push(&vec![b'x'; 2 * BLOCK]);
        let (Read::Data(one), Read::Data(two)) = (ring.read(0, BLOCK), ring.read(0, BLOCK)) else {
            panic!("two blocks are there");
        };
        assert_eq!(one.as_ptr(), two.as_ptr());
    }

    proptest! {
        #[test]
        fn every_read_equals_that_part_of_the_stream(
            capacity in 1usize..300,
            pushes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..40),
            from in 0u64..8000,
            max in 0usize..500,
        ) {
            let mut ring = Ring::new(capacity);
            let mut stream = Vec::new();
            for push in &pushes {
                ring.push(push);
                stream.extend_from_slice(push);
                prop_assert_eq!(ring.end(), stream.len() as u64);
                let held = (ring.end() - ring.start()) as usize;
                prop_assert!(held >= capacity.min(stream.len()));
                prop_assert!(held < capacity + 2 * ring.block);
            }
            let expected = match from {
                _ if from < ring.start() || from > ring.end() => Read::Gone,
                _ if from == ring.end() || max == 0 => Read::UpToDate,
                _ => {
                    let from = from as usize;
                    Read::Data(Bytes::copy_from_slice(&stream[from..stream.len().min(from + max)]))
                }
            };
            prop_assert_eq!(ring.read(from, max), expected);
        }
    }
}
