//! One cell in eight bytes: what stands there, how wide it is, and the number of its style.

/// A cell. An empty one has no character and is one cell wide; behind a wide character stands one without width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// Code point or number of a cluster, and above it [`CLUSTER`] and the width.
    content: u32,
    pub(super) style: u32,
}

const CODE: u32 = (1 << 21) - 1;
/// The content is a cluster of several code points, kept in a pool.
const CLUSTER: u32 = 1 << 21;
const WIDTH: u32 = 22;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing was written here.
    Empty,
    /// One code point.
    Code(u32),
    /// The number of a cluster.
    Cluster(u32),
}

impl Cell {
    /// Nothing, in a style: what erasing leaves behind.
    pub(super) const fn empty(style: u32) -> Self {
        Self { content: 1 << WIDTH, style }
    }

    /// What stands behind a wide character.
    pub(super) const fn spacer(style: u32) -> Self {
        Self { content: 0, style }
    }

    pub(super) const fn code(code: u32, width: u8, style: u32) -> Self {
        Self { content: (code & CODE) | (width as u32) << WIDTH, style }
    }

    pub(super) const fn cluster(id: u32, width: u8, style: u32) -> Self {
        Self { content: (id & CODE) | CLUSTER | (width as u32) << WIDTH, style }
    }

    /// As it was packed.
    pub(super) const fn from_bits(content: u32, style: u32) -> Self {
        Self { content, style }
    }

    pub(super) const fn bits(self) -> u32 {
        self.content
    }

    pub(super) fn content(self) -> Content {
        match (self.content & (CODE | CLUSTER), self.content & CODE) {
            (0, _) => Content::Empty,
            (content, code) if content & CLUSTER == 0 => Content::Code(code),
            (_, id) => Content::Cluster(id),
        }
    }

    pub(super) const fn width(self) -> u8 {
        (self.content >> WIDTH) as u8
    }

    /// Whether it holds a character.
    pub(super) const fn is_filled(self) -> bool {
        self.content & (CODE | CLUSTER) != 0
    }

    /// Whether nothing is here and nothing wide is before it.
    pub(super) const fn is_empty(self) -> bool {
        self.content == 1 << WIDTH
    }

    /// Whether it stands behind a wide character.
    pub(super) const fn is_spacer(self) -> bool {
        self.content == 0
    }

    /// Whether a printable character of ASCII stands here alone.
    pub(super) const fn is_ascii(self) -> bool {
        (self.content ^ 1 << WIDTH).wrapping_sub(0x20) < 0x5f
    }
}
