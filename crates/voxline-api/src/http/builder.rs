//! What the builders of all services have in common.

use std::sync::Arc;

use voxline_core::options::HttpOptions;
use voxline_core::{Options, Result};

use super::{Clock, HttpClient, HttpTransport, Random, SystemClock, SystemRandom, Transport, Url};

/// Where a service is and what its client is built on; parts that are `None` become the real thing.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) base_url: String,
    pub(crate) http: HttpOptions,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) random: Option<Arc<dyn Random>>,
}

impl Setup {
    pub(crate) fn new(base_url: &str) -> Self {
        let (base_url, http) = (base_url.to_owned(), HttpOptions::default());
        Self { base_url, http, transport: None, clock: None, random: None }
    }

    /// The address, which is an origin and perhaps a path. `secret` says what would travel unencrypted.
    ///
    /// **Errors**: what is wrong with it, without repeating it.
    pub(crate) fn base(&self, secret: &str) -> Result<Url, String> {
        let base = Url::parse(&self.base_url).map_err(|e| format!("base URL: {e}"))?;
        if base.has_query() || self.base_url.contains('#') {
            return Err("base URL: it must not have a query or fragment".to_owned());
        }
        if !base.is_https() && !base.is_loopback() {
            tracing::warn!(origin = base.origin(), "{secret} unencrypted");
        }
        Ok(base)
    }

    /// Checks the options and puts the parts together.
    ///
    /// **Errors**: those of [`Options::validate`]; a proxy or certificate file that cannot be used.
    pub(crate) fn client(self) -> Result<HttpClient> {
        let mut options = Options::default();
        options.http = self.http;
        options.validate()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(&options.http)?),
        };
        Ok(HttpClient {
            transport,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
            random: self.random.unwrap_or_else(|| Arc::new(SystemRandom::new())),
            options: Arc::new(options.http),
        })
    }
}

/// The methods that every builder has, for one with a field `setup`.
macro_rules! setters {
    (base_url: $base_url:literal) => {
        #[doc = $base_url]
        pub fn base_url(mut self, url: impl Into<String>) -> Self {
            self.setup.base_url = url.into();
            self
        }

        /// Time-outs, attempts, proxy, certificate authorities. `max_response_bytes` is for answers of the service, not
        /// for recordings.
        pub fn http(mut self, options: voxline_core::options::HttpOptions) -> Self {
            self.setup.http = options;
            self
        }

        /// Sends through this transport; proxy and certificate authorities of the options are then its business.
        pub fn transport(mut self, transport: impl $crate::http::Transport + 'static) -> Self {
            self.setup.transport = Some(std::sync::Arc::new(transport));
            self
        }

        /// Takes time from this clock.
        pub fn clock(mut self, clock: impl $crate::http::Clock + 'static) -> Self {
            self.setup.clock = Some(std::sync::Arc::new(clock));
            self
        }

        /// Takes chance from this source: for waits and ids.
        pub fn random(mut self, random: impl $crate::http::Random + 'static) -> Self {
            self.setup.random = Some(std::sync::Arc::new(random));
            self
        }
    };
}
pub(crate) use setters;
