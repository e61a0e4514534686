//! Whom to trust: the built-in authorities, and those of a file.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use voxline_core::{Error, ErrorKind, Result};

const OP: &str = "read certificate authorities";

/// The TLS settings: Mozilla's authorities, and those of the PEM file in addition.
///
/// **Errors**: the file cannot be read, holds no certificate, or holds one that cannot be used. A half-used file would
/// only show as a refused connection later.
pub(crate) fn config(ca_file: Option<&str>) -> Result<TlsConfig> {
    let Some(path) = ca_file else {
        return Ok(TlsConfig::builder().root_certs(RootCerts::WebPki).build());
    };
    let own = read_pem(Path::new(path))?;
    let builtin = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der).to_owned());
    Ok(TlsConfig::builder().root_certs(RootCerts::from(builtin.chain(own))).build())
}

fn read_pem(path: &Path) -> Result<Vec<Certificate<'static>>> {
    let shown = path.display();
    let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, OP, format!("http.ca_file \"{shown}\": {what}"));
    let pem = std::fs::read(path).map_err(|e| Error::io(OP, format_args!("http.ca_file \"{shown}\""), e))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            // A bundle may hold a key by accident; it is not ours to use.
            Ok(_) => {}
            Err(_) => return Err(refuse("it is not proper PEM".to_owned())),
        }
    }
    let mut store = RootCertStore::empty();
    for (i, certificate) in certificates.iter().enumerate() {
        let der = CertificateDer::from(certificate.der().to_vec());
        store.add(der).map_err(|e| refuse(format!("certificate {} cannot be used: {e}", i + 1)))?;
    }
    if certificates.is_empty() {
        return Err(refuse("it holds no certificate (-----BEGIN CERTIFICATE-----)".to_owned()));
    }
    Ok(certificates)
}
