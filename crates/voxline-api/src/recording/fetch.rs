//! The audio of one recording, piece by piece, across lost connections and expired addresses.

use std::sync::Arc;
use std::time::Duration;

use voxline_core::{Error, ErrorKind, Result, Retry};

use super::answer::{Answer, Begun, Rest, begin};
use super::client::{Inner, SERVICE};
use super::range::Version;
use super::request::RecordingId;
use super::url::RecordingUrl;
use super::verify::{Checksum, Tail};
use crate::http::{
    Action, Attempt, Call, CancelToken, Failure, FailureClass, TransportError, action, transport_failure,
};

/// Whoever brings fewer bytes within `http.total_timeout_ms` of waiting is not getting anywhere.
const PACE_BYTES: u64 = 16 << 10;

/// What is to be done when the rest of a file cannot be had or is that of another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restart {
    /// What was given out cannot be taken back: fetch from the start and pass over it, if it is the same.
    Skip,
    /// Tell the caller to forget what it has, and begin anew.
    Anew,
}

/// The next thing that happens.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// So many bytes are in the buffer.
    Data(usize),
    /// What was given out so far is void; the next piece is the first. Only with [`Restart::Anew`].
    Restarted,
    /// All is there.
    End,
}

/// What is there already.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    pub(super) position: u64,
    pub(super) tail: Vec<u8>,
    pub(super) version: Version,
}

pub(super) struct Fetch {
    client: Arc<Inner>,
    id: RecordingId,
    url: Option<RecordingUrl>,
    op: &'static str,
    call_id: Arc<str>,
    cancel: CancelToken,
    restart: Restart,
    answer: Option<Answer>,
    version: Version,
    content_type: Option<String>,
    position: u64,
    tail: Tail,
    given: Checksum,
    /// Bytes of the answer that were given out already, and the checksum of those that went by again.
    skip_bytes: u64,
    skipped: Checksum,
    no_range: bool,
    restarts: u32,
    /// Faults since there were new bytes, and bytes since the last of them.
    faults: u32,
    fresh_bytes: u64,
    fault: Option<Failure>,
    /// What the last of them was, for whoever has to find out why it does not work.
    last_fault: String,
    /// Time spent waiting since there was progress, and bytes that came meanwhile.
    waited: Duration,
    waited_bytes: u64,
    done: bool,
}

impl Fetch {
    pub(super) fn new(
        client: &Arc<Inner>,
        op: &'static str,
        id: RecordingId,
        url: Option<RecordingUrl>,
        restart: Restart,
        cancel: &CancelToken,
    ) -> Self {
        Self {
            client: client.clone(),
            id,
            url,
            op,
            call_id: client.http.call_id().into(),
            cancel: cancel.clone(),
            restart,
            answer: None,
            version: Version::default(),
            content_type: None,
            position: 0,
            tail: Tail::default(),
            given: Checksum::default(),
            skip_bytes: 0,
            skipped: Checksum::default(),
            no_range: false,
            restarts: 0,
            faults: 0,
            fresh_bytes: 0,
            fault: None,
            last_fault: "nothing was lost".to_owned(),
            waited: Duration::ZERO,
            waited_bytes: 0,
            done: false,
        }
    }

    /// Goes on behind what is there. Only for [`Restart::Anew`]: what is there was not read here.
    pub(super) fn after(mut self, beginning: Beginning) -> Self {
        self.position = beginning.position;
        self.tail = Tail::new(&beginning.tail);
        self.version = beginning.version;
        self
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn version(&self) -> &Version {
        &self.version
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Begins if it has not begun yet; says whether what was there is void.
    pub(super) fn begin(&mut self) -> Result<bool> {
        if self.answer.is_some() || self.done { Ok(false) } else { self.open() }
    }

    /// The next piece into `buffer`, which is not empty.
    pub(super) fn next(&mut self, buffer: &mut [u8]) -> Result<Piece> {
        while !self.done {
            if self.cancel.is_cancelled() {
                let what = format!("the caller cancelled after {} bytes", self.position);
                let call = Call { service: SERVICE, op: self.op, id: &self.call_id };
                return Err(Error::new(ErrorKind::Cancelled, self.op, what).with_service(call.fault()));
            }
            self.check_pace()?;
            if self.begin()? {
                return Ok(Piece::Restarted);
            }
            let result = if self.skip_bytes > 0 { self.skip().map(|()| None) } else { self.read(buffer).map(Some) };
            match result {
                Ok(None) => {}
                Ok(Some(0)) => self.done = true,
                Ok(Some(n)) => return Ok(Piece::Data(n)),
                Err(failure) => {
                    self.answer = None;
                    self.fault = Some(self.count(failure)?);
                }
            }
        }
        self.answer = None;
        Ok(Piece::End)
    }

    /// New bytes; none at the end of the file.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let n = self.receive(buffer)?;
        let total = self.version.total_bytes;
        if n == 0 {
            return if total.is_some_and(|total| self.position < total) { Err(self.cut_off()) } else { Ok(0) };
        }
        let position = self.position.saturating_add(n as u64);
        if total.is_some_and(|total| position > total) {
            let what = format!("more than the announced {} bytes arrive", total.unwrap_or_default());
            return Err(self.failure(FailureClass::Garbled, ErrorKind::Service, &what));
        }
        self.check_size(position)?;
        self.position = position;
        self.fresh_bytes = self.fresh_bytes.saturating_add(n as u64);
        let new = buffer.get(..n).unwrap_or_default();
        self.tail.push(new);
        if self.restart == Restart::Skip {
            self.given.push(new);
        }
        Ok(n)
    }

    /// Passes over bytes that were given out already, and makes sure that they are the same.
    fn skip(&mut self) -> Result<(), Failure> {
        let mut piece = [0; 8192];
        let wanted = usize::try_from(self.skip_bytes).unwrap_or(usize::MAX).min(piece.len());
        let n = self.receive(piece.get_mut(..wanted).unwrap_or_default())?;
        if n == 0 {
            return Err(self.cut_off());
        }
        self.skipped.push(piece.get(..n).unwrap_or_default());
        self.skip_bytes = self.skip_bytes.saturating_sub(n as u64);
        if self.skip_bytes == 0 && self.skipped != self.given {
            return Err(self.changed());
        }
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let Some(answer) = self.answer.as_mut() else { return Ok(0) };
        let started = self.client.http.clock().now();
        let result = answer.read(buffer);
        let elapsed = self.client.http.clock().now().saturating_sub(started);
        self.waited = self.waited.saturating_add(elapsed);
        match result {
            Ok(n) => {
                self.waited_bytes = self.waited_bytes.saturating_add(n as u64);
                Ok(n)
            }
            Err(e) => {
                let call = Call { service: SERVICE, op: self.op, id: &self.call_id };
                Err(transport_failure(call, &answer.request, e))
            }
        }
    }

    /// Finds the recording if need be and begins to fetch it or its rest; says whether what was given out is void.
    fn open(&mut self) -> Result<bool> {
        let client = self.client.clone();
        let call_id = self.call_id.clone();
        let call = Call { service: SERVICE, op: self.op, id: &call_id };
        let cancel = self.cancel.clone();
        let started = client.http.clock().now();
        let total = client.http.total_timeout().saturating_sub(self.waited);
        let result = client.http.run(call, client.http.terms(true, &cancel).within(total), |attempt| {
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            let deadline = client.http.clock().now().saturating_add(attempt.remaining);
            if attempt.renew {
                self.url = None;
            }
            let url = match self.url.clone() {
                Some(url) => url,
                None => client.locate_once(call, &self.id, attempt, &cancel)?,
            };
            self.url = Some(url.clone());
            let remaining = deadline.saturating_sub(client.http.clock().now());
            self.open_at(call, &url, Attempt { remaining, ..attempt })
        });
        self.waited = self.waited.saturating_add(client.http.clock().now().saturating_sub(started));
        result
    }

    fn open_at(&mut self, call: Call<'_>, url: &RecordingUrl, attempt: Attempt) -> Result<bool, Failure> {
        let rest = Rest { position: self.position, overlap: self.tail.bytes(), version: &self.version };
        let rest = (self.position > 0 && !self.no_range).then_some(rest);
        let mut begun = begin(&self.client, call, url, rest.as_ref(), attempt, &self.cancel)?;
        if matches!(begun, Begun::NoRest) {
            self.no_range = true;
            begun = begin(&self.client, call, url, None, attempt, &self.cancel)?;
        }
        match begun {
            Begun::Part(answer) => {
                self.version.learn(answer.version.clone());
                self.content_type = self.content_type.take().or_else(|| answer.content_type.clone());
                self.take_up(answer)?;
                Ok(false)
            }
            Begun::Whole(answer) => self.open_whole(answer),
            // A whole file was asked for: `begin` made a failure of every other answer.
            Begun::NoRest => Err(self.changed()),
        }
    }

    fn open_whole(&mut self, answer: Answer) -> Result<bool, Failure> {
        self.content_type.clone_from(&answer.content_type);
        self.no_range = false;
        if self.position == 0 {
            self.version = answer.version.clone();
            self.take_up(answer)?;
            return Ok(false);
        }
        self.restarts = self.restarts.saturating_add(1);
        if self.restarts >= self.client.http.options().max_attempts {
            let what = format!(
                "the server sends the whole file each time and it never came to its end; gave up after {} times; at \
                 last: {}",
                self.restarts, self.last_fault
            );
            return Err(self.failure(FailureClass::Rejected, ErrorKind::Io, &what));
        }
        if self.restart == Restart::Skip {
            if !self.version.agrees_with(&answer.version) {
                return Err(self.changed());
            }
            self.version.learn(answer.version.clone());
            (self.skip_bytes, self.skipped) = (self.position, Checksum::default());
            self.take_up(answer)?;
            return Ok(false);
        }
        self.version = answer.version.clone();
        self.position = 0;
        self.tail.clear();
        self.take_up(answer)?;
        Ok(true)
    }

    fn take_up(&mut self, answer: Answer) -> Result<(), Failure> {
        self.check_size(self.version.total_bytes.unwrap_or(0))?;
        self.answer = Some(answer);
        Ok(())
    }

    fn check_size(&self, bytes: u64) -> Result<(), Failure> {
        match self.client.max_audio_bytes {
            Some(max) if bytes > max => {
                let what = format!("the recording has {bytes} bytes or more; at most {max} (limits.max_input_bytes)");
                Err(self.failure(FailureClass::TooLarge, ErrorKind::LimitExceeded, &what))
            }
            _ => Ok(()),
        }
    }

    /// Whether to go on after a fault within the body.
    fn count(&mut self, failure: Failure) -> Result<Failure> {
        // However few: some servers hand out little at a time. The pace is judged elsewhere.
        if self.fresh_bytes > 0 {
            self.faults = 0;
        }
        self.fresh_bytes = 0;
        self.faults = self.faults.saturating_add(1);
        failure.error.context().clone_into(&mut self.last_fault);
        if action(failure.class, true) != Action::Retry {
            return Err(failure.error);
        }
        if self.faults >= self.client.http.options().max_attempts {
            let what =
                format!("gave up after {} faults without a new byte between them (http.max_attempts)", self.faults);
            return Err(failure.error.at(what));
        }
        Ok(failure)
    }

    /// A server that drips is as good as one that is silent.
    fn check_pace(&mut self) -> Result<()> {
        if self.waited_bytes >= PACE_BYTES {
            (self.waited, self.waited_bytes) = (Duration::ZERO, 0);
        }
        let limit = self.client.http.total_timeout();
        if self.waited < limit || self.version.total_bytes == Some(self.position) {
            return Ok(());
        }
        let what = format!(
            "fewer than {PACE_BYTES} bytes came in {} ms of waiting (http.total_timeout_ms); {} bytes are there",
            limit.as_millis(),
            self.position
        );
        Err(self.failure(FailureClass::TimedOut, ErrorKind::Timeout, &what).error)
    }

    fn cut_off(&self) -> Failure {
        let call = Call { service: SERVICE, op: self.op, id: &self.call_id };
        let error =
            TransportError::Truncated { received_bytes: self.position, expected_bytes: self.version.total_bytes };
        match &self.answer {
            Some(answer) => transport_failure(call, &answer.request, error),
            None => self.failure(FailureClass::Truncated, ErrorKind::Io, &error.to_string()),
        }
    }

    fn changed(&self) -> Failure {
        let what = format!("the recording changed at the server while it was read; {} bytes were read", self.position);
        self.failure(FailureClass::Rejected, ErrorKind::Io, &what)
    }

    fn failure(&self, class: FailureClass, kind: ErrorKind, what: &str) -> Failure {
        let call = Call { service: SERVICE, op: self.op, id: &self.call_id };
        let error = Error::new(kind, self.op, format!("{}: {what}", self.id)).with_service(call.fault());
        let again = matches!(class, FailureClass::TimedOut | FailureClass::Truncated) || kind == ErrorKind::Io;
        Failure::new(class, error.with_retry(if again { Retry::Yes } else { Retry::No }))
    }
}
