//! `voxline sim`.

use clap::Args as ClapArgs;

/// Run the built-in stand-in for the services on loopback.
///
/// The first line printed is the base URL of all three services; what their clients need stands on standard error.
/// GET /_log tells as JSON what was seen: every request with its verdict, connections, leaked secrets, paid
/// submissions.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = FAULTS)]
pub(crate) struct Sim {
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Port of the host that recordings are downloaded from; 0 takes any free one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) download_port: u16,
    /// Faults to play, in order, such as "http=503*2,delay=200,drop,status=122"; --help shows all.
    #[arg(long, value_name = "PLAN")]
    pub(crate) faults: Option<String>,
    /// A recording besides the bundled one; may be repeated.
    #[arg(long, value_name = "ID=FILE")]
    pub(crate) recording: Vec<String>,
    /// Ignore Range: a download that was broken off begins anew.
    #[arg(long)]
    pub(crate) no_ranges: bool,
    /// How long the link to a recording is good [default: for ever].
    #[arg(long, value_name = "MS")]
    pub(crate) link_valid_ms: Option<u64>,
    /// How many questions find a transcription pending.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) pending_polls: u32,
    /// How often a pushed result that was acknowledged comes again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) push_duplicates: u32,
    /// How far the clock of the transcription service is ahead; negative: behind.
    #[arg(long, value_name = "S", default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) clock_offset_s: i64,
}

/// **Source**: `voxline_sim::FaultPlan`.
const FAULTS: &str = "\
Faults: items joined by commas, each strikes one request of its endpoint, in order; then all is fine.
  [ENDPOINT:]FAULT[+delay=MS][*COUNT]    or first  chance=PERCENT[/SEED],  then drawn by lot
  ENDPOINT  chat (default) tts authorize recording batch token download submit query push
  FAULT     http=STATUS[@RETRY_AFTER_S]  an HTTP error       drop, reset   the connection ends
            truncate[=BYTES]             a cut answer        slow=BYTES/MS a dripping one
            garbage, html, wrongtype     no proper answer    extra         unknown fields in it
            status=CODE                  the vendor's error  expire        tokens or links expire
            delay=MS                     a late answer       ok            no fault
  For example: --faults 'download:truncate=5000*3,submit:http=503,query:delay=500'";
