//! The HTTP clients of the backends: one for all, and one more for each that has certificates of its own.

use std::path::PathBuf;

use reqwest::{Certificate, Client, ClientBuilder, Identity};

use crate::telemetry::config::{Tls, TlsFile};

/// Why there is no client for a backend.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The library's own reasons, such as no trusted certificate at all.
    #[error("no HTTP client can be made for telemetry: {0}")]
    Build(#[from] reqwest::Error),
    /// A certificate or key cannot be used.
    #[error("{setting} is {}: {problem}", path.display())]
    File {
        /// The variable that named the file.
        setting: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// The clients made so far.
#[derive(Default)]
pub(in crate::telemetry) struct Clients(Vec<(Tls, Client)>);

impl Clients {
    /// Returns the client for a backend's certificates.
    ///
    /// # Errors
    ///
    /// When one of its files cannot be read or is not PEM, or no client can be made.
    pub(in crate::telemetry) fn of(&mut self, tls: &Tls) -> Result<Client, ClientError> {
        if let Some((_, client)) = self.0.iter().find(|(known, _)| known == tls) {
            return Ok(client.clone());
        }
        let client = build(tls)?;
        self.0.push((tls.clone(), client.clone()));
        Ok(client)
    }
}

/// Redirects are not followed: credentials go where the settings say or nowhere.
fn build(tls: &Tls) -> Result<Client, ClientError> {
    // An error means that a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder: ClientBuilder = Client::builder()
        .user_agent(concat!("aetherterm/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none());
    if let Some(file) = &tls.trusted {
        let certificates = Certificate::from_pem_bundle(&read(file)?).map_err(|error| wrong(file, &error))?;
        if certificates.is_empty() {
            return Err(wrong(file, &"there is no certificate in it"));
        }
        builder = builder.tls_certs_only(certificates);
    }
    if let Some((key, certificate)) = &tls.client {
        let mut pem = read(certificate)?;
        pem.push(b'\n');
        pem.extend(read(key)?);
        builder = builder.identity(Identity::from_pem(&pem).map_err(|error| wrong(key, &error))?);
    }
    Ok(builder.build()?)
}

fn read(file: &TlsFile) -> Result<Vec<u8>, ClientError> {
    std::fs::read(&file.path).map_err(|error| wrong(file, &error))
}

fn wrong(file: &TlsFile, problem: &dyn std::fmt::Display) -> ClientError {
    ClientError::File { setting: file.setting.clone(), path: file.path.clone(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_its_variable() {
        let directory = tempfile::tempdir().unwrap();
        let check = |text: Option<&str>, part: &str| {
            let path = directory.path().join("ca.pem");
            match text {
                Some(text) => std::fs::write(&path, text).unwrap(),
                None => assert!(!path.exists()),
            }
            let trusted = TlsFile { setting: "OTEL_EXPORTER_OTLP_CERTIFICATE".to_owned(), path };
            let error = Clients::default().of(&Tls { trusted: Some(trusted), client: None }).unwrap_err().to_string();
            assert!(error.contains("OTEL_EXPORTER_OTLP_CERTIFICATE") && error.contains(part), "{error}");
        };
        check(None, "No such file");
        check(Some("no certificate"), "there is no certificate in it");
    }
}
