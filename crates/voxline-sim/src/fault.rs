//! What can go wrong, to order.

mod parse;
mod queue;

pub(crate) use queue::{Due, FaultQueue};

use std::fmt;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /httpapi/AudioChat.do`.
    Chat,
    /// `GET /tts/…`, the spoken answers.
    Tts,
    /// `GET /httpapi/authorize.do`.
    Authorize,
}

impl Endpoint {
    /// Every endpoint, for tables and tests.
    pub const ALL: &'static [Self] = &[Self::Chat, Self::Tts, Self::Authorize];

    /// The name used in the text form of a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Tts => "tts",
            Self::Authorize => "authorize",
        }
    }
}

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// This HTTP status with a short plain text, and `Retry-After` where given.
    Http {
        /// 201 to 599.
        status: u16,
        /// Seconds of `Retry-After`.
        retry_after_s: Option<u32>,
    },
    /// The request is read, then the connection is closed without a byte of an answer.
    Drop,
    /// The same with a TCP reset.
    Reset,
    /// The whole head with its `Content-Length`, the first bytes of the body, then the connection is closed.
    Truncate {
        /// Bytes of the body that are sent, at most all but one; `None`: half of them.
        keep_bytes: Option<usize>,
    },
    /// HTTP 200 and `application/json`, but the body is neither JSON nor UTF-8.
    Garbage,
    /// HTTP 200 and a web page, as captive portals and proxies send.
    Html,
    /// HTTP 200 with this vendor code in `status` and a `description`.
    VendorStatus(i32),
    /// Every token given out or seen so far expires, that of this request included; the request goes on.
    ExpireTokens,
}

/// What happens to one request, or to several in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// Where.
    pub endpoint: Endpoint,
    /// Wait before the answer, in ms.
    pub delay_ms: u32,
    /// What goes wrong; `None`: nothing.
    pub fault: Option<Fault>,
    /// For how many requests in a row, at least 1; under a [`Chance`] the weight.
    pub count: u32,
}

impl Order {
    /// Nothing goes wrong with one chat request.
    pub const fn fine() -> Self {
        Self { endpoint: Endpoint::Chat, delay_ms: 0, fault: None, count: 1 }
    }

    /// This fault strikes one chat request.
    pub const fn new(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::fine() }
    }

    /// The same at another endpoint.
    #[must_use]
    pub const fn at(self, endpoint: Endpoint) -> Self {
        Self { endpoint, ..self }
    }

    /// The same after a wait of `delay_ms`.
    #[must_use]
    pub const fn after_ms(self, delay_ms: u32) -> Self {
        Self { delay_ms, ..self }
    }

    /// The same for `count` requests in a row.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self { count, ..self }
    }
}

/// Faults by lot: the same seed gives the same faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance {
    /// How many of a hundred requests are struck.
    pub percent: u8,
    /// Where the random numbers start.
    pub seed: u64,
}

/// Faults in the order in which they strike, each endpoint on its own; when they are used up all is fine.
///
/// With a [`Chance`] the orders are not a queue but a hat: each request is struck with the given probability, and then
/// by one of the orders of its endpoint.
///
/// **Text form** (see [`FaultPlan::parse`]), spaces around items are ignored:
///
/// ```text
/// plan     = [ "chance=" PERCENT [ "/" SEED ] "," ] item *( "," item )      or empty: no faults
/// item     = [ endpoint ":" ] part [ "+" part ] [ "*" COUNT ]             COUNT 1 to 1000000
/// endpoint = "chat" (the default) | "tts" | "authorize"
/// part     = "delay=" MS                                                   0 to 600000
///          | "ok"
///          | "http=" STATUS [ "@" RETRY_AFTER_S ]                          201 to 599
///          | "drop" | "reset"
///          | "truncate" [ "=" BODY_BYTES ]
///          | "garbage" | "html"
///          | "status=" VENDOR_CODE
///          | "expire"
/// ```
///
/// ```
/// use voxline_sim::FaultPlan;
/// // Two 503s, one slow answer, one dropped connection, then the vendor's code for an expired token.
/// let plan = FaultPlan::parse("http=503@1*2,delay=200,drop,status=122")?;
/// assert_eq!(plan.orders().len(), 4);
/// assert_eq!(plan.to_string(), "http=503@1*2,delay=200,drop,status=122");
/// let error = FaultPlan::parse("http=503,dorp").unwrap_err();
/// assert!(error.to_string().contains("item 2"), "{error}");
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FaultPlan {
    orders: Vec<Order>,
    chance: Option<Chance>,
}

impl FaultPlan {
    /// These orders, one after the other.
    pub fn new(orders: impl IntoIterator<Item = Order>) -> Self {
        Self { orders: orders.into_iter().collect(), chance: None }
    }

    /// The same orders by lot instead of in turn.
    #[must_use]
    pub fn by_chance(mut self, chance: Chance) -> Self {
        self.chance = Some(chance);
        self
    }

    /// The orders as given.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// The lot, if the orders are drawn.
    pub fn chance(&self) -> Option<Chance> {
        self.chance
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { status, retry_after_s: None } => write!(f, "http={status}"),
            Self::Http { status, retry_after_s: Some(seconds) } => write!(f, "http={status}@{seconds}"),
            Self::Drop => f.write_str("drop"),
            Self::Reset => f.write_str("reset"),
            Self::Truncate { keep_bytes: None } => f.write_str("truncate"),
            Self::Truncate { keep_bytes: Some(bytes) } => write!(f, "truncate={bytes}"),
            Self::Garbage => f.write_str("garbage"),
            Self::Html => f.write_str("html"),
            Self::VendorStatus(code) => write!(f, "status={code}"),
            Self::ExpireTokens => f.write_str("expire"),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.endpoint != Endpoint::Chat {
            write!(f, "{}:", self.endpoint.as_str())?;
        }
        match (self.delay_ms, self.fault) {
            (0, None) => f.write_str("ok")?,
            (0, Some(fault)) => write!(f, "{fault}")?,
            (delay, None) => write!(f, "delay={delay}")?,
            (delay, Some(fault)) => write!(f, "delay={delay}+{fault}")?,
        }
        if self.count == 1 { Ok(()) } else { write!(f, "*{}", self.count) }
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut items: Vec<String> =
            self.chance.iter().map(|chance| format!("chance={}/{}", chance.percent, chance.seed)).collect();
        items.extend(self.orders.iter().map(Order::to_string));
        f.write_str(&items.join(","))
    }
}
