//! The simulator as its owner sees it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use voxline_core::{Error, ErrorKind, Result, Secret};

use crate::chat::{ChatSeen, ScriptedAnswer};
use crate::fault::FaultPlan;
use crate::log::SimLog;
use crate::options::SimOptions;
use crate::recording::RecordingBody;
use crate::server;
use crate::state::{Leak, Shared, lock};
use crate::transcription::ScriptedTranscript;

const OP: &str = "simulator";

/// What the owner can tell the server's thread.
#[derive(Debug)]
enum Control {
    Stop,
    StopOnCtrlC,
}

/// The services on loopback, on a thread of their own; dropped, they stop.
///
/// ```
/// use voxline_sim::{SimOptions, Simulator};
/// let simulator = Simulator::start(SimOptions::default())?;
/// assert!(simulator.base_url().starts_with("http://127.0.0.1:"));
/// assert!(simulator.chat_requests().is_empty());
/// simulator.shutdown();
/// # Ok::<(), voxline_core::Error>(())
/// ```
///
/// A recording of 200 MB whose download breaks off five times, and what was seen of it:
///
/// ```
/// use voxline_sim::{FaultPlan, RecordingBody, SimOptions, Simulator};
/// let mut options = SimOptions::default();
/// options.faults = FaultPlan::parse("download:truncate=30000000*5")?;
/// let simulator = Simulator::start(options)?;
/// simulator.add_recording("long-call", RecordingBody::noise_wav(1, 50_000_000));
/// // … a client locates and downloads "long-call" at simulator.base_url() …
/// let log = simulator.log();
/// assert!(log.leaks.is_empty() && log.requests.is_empty());
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    control: UnboundedSender<Control>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Stops a [`Simulator`] from elsewhere, for example from a signal handler's thread.
#[derive(Debug, Clone)]
pub struct StopHandle(UnboundedSender<Control>);

impl StopHandle {
    /// Asks the simulator to stop and returns at once; [`Simulator::wait`] returns when it has.
    pub fn stop(&self) {
        // A closed channel means that it has stopped already.
        let _ = self.0.send(Control::Stop);
    }
}

impl Simulator {
    /// Binds 127.0.0.1 and returns when it listens: a client may connect at once.
    ///
    /// **Errors**: [`ErrorKind::Io`] when the port is taken or no thread can be had.
    pub fn start(options: SimOptions) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| Error::io(OP, "runtime", source))?;
        let (api, api_address) = bind(&runtime, options.port)?;
        let (downloads, download_address) = bind(&runtime, options.recording.download_port)?;
        let shared = Arc::new(Shared::new(options, api_address.to_string(), download_address.to_string()));
        let io = |source| Error::io(OP, api_address, source);
        let (control, orders) = unbounded_channel();
        let (for_server, name) = (Arc::clone(&shared), "voxline-sim".to_owned());
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || run(&runtime, api, downloads, for_server, orders))
            .map_err(io)?;
        Ok(Self { shared, control, thread: Mutex::new(Some(thread)) })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }

    /// The same for the download host, which is another origin.
    pub fn download_base_url(&self) -> String {
        format!("http://{}", self.shared.download_authority)
    }

    /// Everything seen so far, of all three services: what `GET /_log` answers as JSON.
    pub fn log(&self) -> SimLog {
        self.shared.log()
    }

    /// Puts a recording where every known user and task has it, in place of an older one of that id.
    pub fn add_recording(&self, record_id: impl Into<String>, body: RecordingBody) {
        lock(&self.shared.recordings).add(record_id.into(), body);
    }

    /// Takes a recording away; addresses given out for it are answered with 404.
    pub fn remove_recording(&self, record_id: &str) {
        lock(&self.shared.recordings).remove(record_id);
    }

    /// Every address given out so far for a recording expires.
    pub fn expire_download_keys(&self) {
        lock(&self.shared.recordings).expire_keys();
    }

    /// The result of jobs for this link that are submitted from now on.
    pub fn set_transcript(&self, file_link: impl Into<String>, result: ScriptedTranscript) {
        lock(&self.shared.jobs).script(file_link.into(), result);
    }

    /// The chat requests received so far, oldest first; the last 10 000 are kept. They hold no token.
    pub fn chat_requests(&self) -> Vec<ChatSeen> {
        self.shared.chats.seen()
    }

    /// Replaces what is left of the fault plan.
    pub fn set_faults(&self, plan: &FaultPlan) {
        self.shared.set_faults(plan);
    }

    /// Queues an answer for the next good chat request.
    pub fn next_answer(&self, answer: ScriptedAnswer) {
        self.shared.chats.script(answer);
    }

    /// Every token known so far expires: its next use is answered with status 122.
    pub fn expire_tokens(&self) {
        self.shared.tokens.expire();
    }

    /// This token is good from now on, even if it had expired.
    pub fn accept_token(&self, token: Secret) {
        self.shared.tokens.accept(token);
    }

    /// Secrets that were seen where they do not belong: a chat token outside the chat body, a token of the recording
    /// service outside `Authorization` at its own API, the AppKey of the transcription service anywhere, and any
    /// `Authorization` at all at the download host or on a spoken answer.
    pub fn leaks(&self) -> Vec<Leak> {
        self.shared.leaks()
    }

    /// A handle that stops it from elsewhere.
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(self.control.clone())
    }

    /// Blocks until it is stopped, by a [`StopHandle`], [`Simulator::shutdown`] or Ctrl-C.
    ///
    /// The first call takes over Ctrl-C for the whole process; it stays so afterwards.
    ///
    /// **Errors**: [`ErrorKind::Internal`] when the server's thread panicked.
    pub fn wait(&self) -> Result<()> {
        let _ = self.control.send(Control::StopOnCtrlC);
        self.join()
    }

    /// Stops it, open connections included, and waits until its port is free. Doing so twice is fine.
    pub fn shutdown(&self) {
        let _ = self.control.send(Control::Stop);
        // Whoever cares about a panic calls `wait`; there is nothing to be done about it here.
        let _ = self.join();
    }

    /// Holds the lock while it waits, so that a second caller does not return early.
    fn join(&self) -> Result<()> {
        match lock(&self.thread).take().map(JoinHandle::join) {
            Some(Err(_)) => Err(Error::new(ErrorKind::Internal, OP, "the server's thread panicked")),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Listens on 127.0.0.1.
fn bind(runtime: &Runtime, port: u16) -> Result<(tokio::net::TcpListener, SocketAddr)> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let io = |source| Error::io(OP, wanted, source);
    let listener = TcpListener::bind(wanted).map_err(io)?;
    listener.set_nonblocking(true).map_err(io)?;
    let address = listener.local_addr().map_err(io)?;
    let _inside = runtime.enter();
    Ok((tokio::net::TcpListener::from_std(listener).map_err(io)?, address))
}

/// The server's thread: serves until told to stop, then drops every connection with the runtime.
fn run(
    runtime: &Runtime,
    api: tokio::net::TcpListener,
    downloads: tokio::net::TcpListener,
    shared: Arc<Shared>,
    mut orders: UnboundedReceiver<Control>,
) {
    runtime.block_on(async {
        tokio::select! {
            () = server::serve(api, Arc::clone(&shared)) => {}
            () = server::serve_downloads(downloads, shared) => {}
            () = stopped(&mut orders) => {}
        }
    });
}

async fn stopped(orders: &mut UnboundedReceiver<Control>) {
    // Everything but the wish to hear of Ctrl-C means stop, a vanished owner too.
    if let Some(Control::StopOnCtrlC) = orders.recv().await {
        tokio::select! {
            // Without a handler for it Ctrl-C ends the process anyway.
            Ok(()) = tokio::signal::ctrl_c() => {}
            () = async { while let Some(Control::StopOnCtrlC) = orders.recv().await {} } => {}
        }
    }
}
