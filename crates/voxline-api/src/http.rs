//! What every web service needs: a transport, time, retries, and silence about secrets.
//!
//! [`Transport`] sends one request once; [`HttpTransport`] is the one used unless another is injected. Above it the
//! clients repeat a request by a policy table (kind of failure × whether the request may be repeated), wait by the
//! injected [`Clock`], and describe what happened without ever naming a secret.

mod builder;
mod cancel;
mod client;
mod clock;
mod date;
mod message;
mod net;
mod policy;
mod proxy;
mod random;
pub(crate) mod redact;
mod redirect;
mod retry;
mod retry_after;
#[cfg(test)]
pub(crate) mod testing;
mod tls;
mod transport;
mod url;

pub use cancel::CancelToken;
pub use clock::{Clock, SystemClock};
pub use message::{Body, Headers, Method, Request, Response};
pub use net::HttpTransport;
pub use random::{Random, SystemRandom};
pub use transport::{Limits, Phase, Transport, TransportError};
pub use url::{Url, UrlError};

pub(crate) use builder::{Setup, setters};
pub(crate) use client::{Answered, Call, HttpClient, Opened, Reading, Terms, transport_failure};
pub(crate) use policy::{Action, FailureClass, action, class_of_status};
pub(crate) use retry::{Attempt, Failure};
pub(crate) use retry_after::retry_after;
pub(crate) use url::has_scheme;
