//! A client that sends exactly what it is told and hides nothing of the answer.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Long enough for a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Client(pub SocketAddr);

impl Client {
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send("POST", path, headers, body)
    }

    /// Asks for a websocket.
    pub fn upgrade(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let handshake = [
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        self.send("GET", path, &[&handshake, headers].concat(), "")
    }

    /// The origin of the server's own page.
    pub fn origin(&self) -> String {
        format!("http://{}", self.0)
    }

    /// The cookie that the start token of tests is exchanged for.
    pub fn sign_in(&self, path: &str) -> String {
        let answer = self.get(path, &[("Accept", "text/html")]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.header("set-cookie").expect("the exchange sets a cookie").split(';').next().unwrap().to_owned()
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        let given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        if !given("host") {
            request += &format!("Host: {}\r\n", self.0);
        }
        if !given("connection") {
            request += "Connection: close\r\n";
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());

        let mut connection = TcpStream::connect(self.0).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut connection)
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    fn read(connection: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            let read = connection.read(&mut piece).unwrap();
            assert_ne!(read, 0, "the answer has no end of its headers");
            bytes.extend_from_slice(&piece[..read]);
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
        let headers: Vec<_> = headers.collect();
        let length: Option<usize> =
            headers.iter().find(|(name, _)| name == "content-length").map(|(_, length)| length.parse().unwrap());
        // Whoever asks for an upgrade and is refused keeps the connection, which then has no end to wait for.
        let end = end + 4;
        match length {
            Some(length) if bytes.len() < end + length => {
                let mut rest = vec![0; end + length - bytes.len()];
                connection.read_exact(&mut rest).unwrap();
                bytes.append(&mut rest);
            }
            None if status != 101 => drop(connection.read_to_end(&mut bytes).unwrap()),
            _ => {}
        }
        Self { status, headers, body: String::from_utf8_lossy(&bytes[end..]).into_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}
