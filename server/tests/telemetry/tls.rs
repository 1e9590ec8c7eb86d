//! A backend behind TLS that takes everything. Whom nobody knows has signed its certificate.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// One of the files, all of which were made for these tests and are good until 2119: `ca.pem` has signed the others.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telemetry/tls").join(name)
}

/// Listens on a free port of this machine; `asks` whether it lets in only those who say who they are.
pub fn listen(asks: bool) -> SocketAddr {
    let certificate = |name| CertificateDer::from_pem_file(file(name)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = if asks {
        let mut roots = RootCertStore::empty();
        roots.add(certificate("ca.pem")).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        config.with_client_cert_verifier(verifier)
    } else {
        config.with_no_client_auth()
    };
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = Arc::new(config.with_single_cert(vec![certificate("server.pem")], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for link in listener.incoming() {
            let config = Arc::clone(&config);
            // How a link ends is seen at its other end.
            thread::spawn(move || answer(config, link.unwrap()));
        }
    });
    address
}

/// Takes one request after the other.
fn answer(config: Arc<ServerConfig>, mut link: TcpStream) -> io::Result<()> {
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    if let Err(error) = tls.complete_io(&mut link) {
        // It has been told why. A link that is closed before it has read that would be reset.
        io::copy(&mut link, &mut io::sink())?;
        return Err(error);
    }
    let mut link = BufReader::new(StreamOwned::new(tls, link));
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if link.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        io::copy(&mut (&mut link).take(length), &mut io::sink())?;
        link.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
        link.get_mut().flush()?;
    }
}
