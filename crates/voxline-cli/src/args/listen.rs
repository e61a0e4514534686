//! `voxline listen`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Receive transcription results: each is in the ledger and on disk before it is acknowledged.
///
/// The first line printed is the address to give as --callback-url. Deliveries that come twice or belong to no
/// submission of the ledger do no harm. Nothing proves who delivers: let only the service reach this address.
#[derive(Debug, ClapArgs)]
pub(crate) struct Listen {
    /// The ledger of `voxline transcribe run`.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    pub(crate) bind: SocketAddr,
    /// Body of the acknowledgement.
    #[arg(long, value_name = "TEXT", default_value = r#"{"code":"10000","msg":"success"}"#)]
    pub(crate) ack: String,
    /// Largest delivery accepted, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    pub(crate) max_body: u64,
    /// Seconds that a delivery may take, from the opening of its connection or the answer before it. A slower sender is
    /// cut off; the service delivers again.
    #[arg(long, value_name = "S", default_value_t = 60.0)]
    pub(crate) timeout: f64,
    /// Connections at the same time; others wait.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) connections: u16,
    /// Stop after this many new results [default: never].
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// Print one JSON object a delivery and line.
    #[arg(long)]
    pub(crate) json: bool,
}
