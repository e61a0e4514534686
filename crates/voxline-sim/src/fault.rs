//! What can go wrong, to order.

mod endpoint;
mod parse;
mod queue;

pub use endpoint::Endpoint;
pub(crate) use queue::{Due, FaultQueue, mix64};

use std::fmt;

use serde::{Serialize, Serializer};

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
    /// HTTP 200 with this vendor code in the service's own form of an error: at the chat service `status` and
    /// `description`, at the others `code` and a message; instead of a recording the envelope of the recording service.
    VendorStatus(i32),
    /// What lets the request in has expired. At the chat service every token given out or seen so far, that of this
    /// request included; at the download host every key given out so far; elsewhere the token or signature of this
    /// request alone, since nobody could renew it. The request goes on.
    ExpireTokens,
    /// The right answer under a `Content-Type` that is wrong for it.
    WrongType,
    /// Members that no page lists are added to the JSON.
    UnknownFields,
    /// The body comes drop by drop.
    Slow {
        /// How many bytes at a time, at least 1.
        bytes: u32,
        /// Wait between them, in ms.
        every_ms: u32,
    },
}

impl Fault {
    /// Whether it can strike there: spoken answers and recordings are no JSON, and what is pushed is no answer.
    pub fn fits(self, endpoint: Endpoint) -> bool {
        match self {
            Self::UnknownFields => endpoint.speaks_json(),
            Self::Http { .. } | Self::ExpireTokens => endpoint != Endpoint::Push,
            _ => true,
        }
    }

    /// Whether a request that meets this fault still reaches the service behind: the answer is lost, the work is done
    /// and paid for. Not so with 4xx and 503, which say that nothing was done, and with a vendor's refusal.
    pub(crate) fn lets_through(self) -> bool {
        match self {
            Self::Http { status, .. } => !(400..500).contains(&status) && status != 503,
            Self::VendorStatus(_) => false,
            _ => true,
        }
    }
}

/// Whether what is sent is, after this fault, still the whole right answer.
pub(crate) fn answer_stays_whole(fault: Option<Fault>) -> bool {
    use Fault::{ExpireTokens, Slow, UnknownFields, WrongType};
    matches!(fault, None | Some(ExpireTokens | Slow { .. } | UnknownFields | WrongType))
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
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
/// endpoint = "chat" (the default) | "tts" | "authorize" | "recording" | "batch" | "token" | "download"
///          | "submit" | "query" | "push"
/// part     = "delay=" MS                                                   0 to 600000
///          | "ok"
///          | "http=" STATUS [ "@" RETRY_AFTER_S ]                          201 to 599
///          | "drop" | "reset"
///          | "truncate" [ "=" BODY_BYTES ]
///          | "garbage" | "html"
///          | "status=" VENDOR_CODE
///          | "expire" | "wrongtype" | "extra"
///          | "slow=" BYTES "/" MS                                          at least 1 byte, 0 to 600000 ms
/// ```
///
/// `extra` cannot strike `tts` and `download`; `http` and `expire` cannot strike `push`. A `push` that is dropped or
/// reset never reaches the receiver and is tried again. `download:truncate=1000000*5` breaks five downloads off after
/// a million bytes each, whether they are resumed or begun anew.
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
    /// These orders, one after the other; one whose fault does not fit its endpoint ([`Fault::fits`]) never strikes.
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
            Self::WrongType => f.write_str("wrongtype"),
            Self::UnknownFields => f.write_str("extra"),
            Self::Slow { bytes, every_ms } => write!(f, "slow={bytes}/{every_ms}"),
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
