//! Making a client of the chat service.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use voxline_core::{Error, ErrorKind, Result, Secret};

use super::authorize;
use super::check::SizeLimit;
use super::client::{Access, ChatClient};
use super::credentials::{AppCredentials, ExpiresUnit, fault_of_secret};
use super::errand::{App, Service};
use super::tokens::Users;
use crate::http::{Setup, Url, setters};

/// The vendor's trial host: not for production, says its page.
pub const DEFAULT_BASE_URL: &str = "https://temp1.lingju.ai";
const TRIAL_HOST: &str = "temp1.lingju.ai";
const CHAT_PATH: &str = "/httpapi/AudioChat.do";
const RENEW_BEFORE: Duration = Duration::from_secs(300);

/// Makes a [`ChatClient`].
#[derive(Clone)]
#[must_use]
pub struct ChatClientBuilder {
    setup: Setup,
    token: Option<Secret>,
    credentials: Option<AppCredentials>,
    expires_unit: ExpiresUnit,
    renew_before: Duration,
    size_limit: SizeLimit,
    repeat_unknown: bool,
}

impl ChatClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            setup: Setup::new(DEFAULT_BASE_URL),
            token: None,
            credentials: None,
            expires_unit: ExpiresUnit::default(),
            renew_before: RENEW_BEFORE,
            size_limit: SizeLimit::default(),
            repeat_unknown: false,
        }
    }

    setters! {
        base_url: "Where the service is, without `/httpapi/…`; the default is the vendor's trial host."
    }

    /// A ready access token. It is not renewed, unless there are app credentials as well: then it is the first token
    /// of their user.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Credentials with which the client gets and renews its access tokens itself.
    pub fn app_credentials(mut self, credentials: AppCredentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// In what unit the service says how long a token is good; the default is hours.
    pub fn expires_unit(mut self, unit: ExpiresUnit) -> Self {
        self.expires_unit = unit;
        self
    }

    /// How long before it expires a token is renewed; the default is five minutes. Never more than a tenth of its life.
    pub fn renew_before(mut self, time: Duration) -> Self {
        self.renew_before = time;
        self
    }

    /// How the service's size limit is read; the default is less than 600 000 bytes of audio.
    pub fn size_limit(mut self, limit: SizeLimit) -> Self {
        self.size_limit = limit;
        self
    }

    /// Whether an utterance is sent again when nobody knows whether the service got it; default no.
    ///
    /// For those to whom a second answer does no harm.
    pub fn repeat_unknown(mut self, repeat: bool) -> Self {
        self.repeat_unknown = repeat;
        self
    }

    /// Checks everything and makes the client. Nothing is sent yet.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for missing or unusable credentials, an address that cannot be used,
    /// or options out of range; what [`crate::http::HttpTransport::new`] says.
    pub fn build(self) -> Result<ChatClient> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, "build chat client", what);
        // A variable that is not set is often passed on as an empty token.
        let token = self.token.filter(|token| !token.is_empty());
        if token.is_none() && self.credentials.is_none() {
            return Err(refuse("there is no access token, and there are no app credentials to get one".to_owned()));
        }
        let fault = token.as_ref().and_then(|token| fault_of_secret("access token", token));
        if let Some(fault) = fault.or_else(|| self.credentials.as_ref().and_then(AppCredentials::fault)) {
            return Err(refuse(fault));
        }
        let base = base(&self.setup).map_err(refuse)?;
        let chat_url = base.join(CHAT_PATH).map_err(|e| refuse(format!("base URL: {e}")))?;
        let trial_host = base.host() == TRIAL_HOST;
        if trial_host {
            tracing::warn!(host = TRIAL_HOST, "the vendor's trial host is in use; it is not meant for production");
        }

        let (app, access) = match (self.credentials, token) {
            (None, token) => (None, Access::Given(Arc::new(token.unwrap_or_default()))),
            (Some(AppCredentials { app_key, auth_code, user_id }), token) => {
                authorize::url(&base, &app_key, &auth_code, &user_id)
                    .map_err(|e| refuse(format!("base URL and app credentials: {e}")))?;
                let users = Users::default();
                let tokens = users.tokens_of(&user_id);
                if let Some(token) = token {
                    tokens.start_with(Arc::new(token));
                }
                let (expires_unit, renew_before) = (self.expires_unit, self.renew_before);
                let app = App { app_key, auth_code, expires_unit, renew_before, users };
                (Some(app), Access::Renewed { user_id, tokens })
            }
        };
        let service = Service {
            http: self.setup.client()?,
            base,
            chat_url,
            size_limit: self.size_limit,
            repeat_unknown: self.repeat_unknown,
            trial_host,
            app,
        };
        Ok(ChatClient::new(service, access))
    }
}

/// The address without its paths; what is wrong with it does not repeat it.
fn base(setup: &Setup) -> Result<Url, String> {
    let base = setup.base("the access token travels")?;
    // The vendor's page gives the whole address.
    if base.path().trim_end_matches('/').ends_with(CHAT_PATH) {
        return Err(format!("base URL: leave out {CHAT_PATH}, which is added"));
    }
    Ok(base)
}

impl fmt::Debug for ChatClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL was not checked yet: it may hold credentials.
        f.debug_struct("ChatClientBuilder")
            .field("token", &self.token)
            .field("credentials", &self.credentials)
            .field("expires_unit", &self.expires_unit)
            .field("renew_before", &self.renew_before)
            .field("http", &self.setup.http)
            .field("size_limit", &self.size_limit)
            .field("repeat_unknown", &self.repeat_unknown)
            .finish_non_exhaustive()
    }
}
