//! How many bytes a payload has on the wire, without writing it.

use std::io;

use serde::Serialize;
use serde_json::{Serializer, ser::Formatter};

/// Counts the JSON of `payload` and its binary attachments.
pub fn on_the_wire<T: Serialize + ?Sized>(payload: &T) -> u64 {
    let mut counter = Counter(0);
    // A payload that cannot be written is refused by the emit; it has no size.
    match payload.serialize(&mut Serializer::with_formatter(&mut counter, Attachments)) {
        Ok(()) => counter.0,
        Err(_) => 0,
    }
}

struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compact JSON, except that bytes count as themselves: they travel beside it.
struct Attachments;

impl Formatter for Attachments {
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()> {
        writer.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::protocol::{Data, TerminalId, terminal::TerminalInput};

    fn check(data: Data, expected: usize) {
        let terminal_id = TerminalId::from_random(1);
        let frame = r#"{"terminalId":"t_0000000000001","data":}"#.len();
        assert_eq!(on_the_wire(&TerminalInput { terminal_id, data }), (frame + expected) as u64);
    }

    #[test]
    fn text_counts_with_its_quotes_and_bytes_as_themselves() {
        check(Data::Text("ls".into()), 4);
        check(Data::Bytes(vec![255; 7].into()), 7);
    }
}
