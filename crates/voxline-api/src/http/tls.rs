//! Whom to trust: the built-in authorities, and those of a file.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use voxline_core::{Error, ErrorKind, Result};

const OP: &str = "read certificate authorities";

/// The TLS settings: Mozilla's authorities, and those of the PEM file in addition.
///
/// **Errors**: the file cannot be read, holds no certificate, or holds one that cannot be used. A half-used file would
/// only show as a refused connection later.
pub(crate) fn config(ca_file: Option<&str>) -> Result<Arc<ClientConfig>> {
    // Names and keys, read out beforehand: half the size of the certificates, and nothing to parse for each client.
    let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca_file {
        add_file(&mut store, Path::new(path))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|e| Error::new(ErrorKind::Internal, "prepare TLS", e.to_string()))?;
    let mut config = config.with_root_certificates(store).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn add_file(store: &mut RootCertStore, path: &Path) -> Result<()> {
    let shown = path.display();
    let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, OP, format!("http.ca_file \"{shown}\": {what}"));
    let pem = std::fs::read(path).map_err(|e| Error::io(OP, format_args!("http.ca_file \"{shown}\""), e))?;
    let mut count = 0;
    // A bundle may hold a key by accident; it is not ours to use, and passed over.
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| refuse("it is not proper PEM".to_owned()))?;
        count += 1;
        store.add(certificate).map_err(|e| refuse(format!("certificate {count} cannot be used: {e}")))?;
    }
    if count == 0 {
        return Err(refuse("it holds no certificate (-----BEGIN CERTIFICATE-----)".to_owned()));
    }
    Ok(())
}
