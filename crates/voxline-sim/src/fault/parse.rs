//! A plan from text. The grammar stands at [`FaultPlan`].

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use voxline_core::{Error, ErrorKind, Result};

use super::{Chance, Endpoint, Fault, FaultPlan, Order};

/// A wait beyond this is a typing error rather than a wish.
const MAX_DELAY_MS: u32 = 600_000;
const MAX_COUNT: u32 = 1_000_000;
/// So that a plan from a command line stays a plan.
const MAX_ITEMS: usize = 10_000;

impl FaultPlan {
    /// Reads the text form described at [`FaultPlan`].
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] with the number of the item and what is possible there.
    pub fn parse(text: &str) -> Result<Self> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut plan = Self::default();
        for (index, item) in text.split(',').map(str::trim).enumerate() {
            let number = index + 1;
            let fail = |why: String| Error::new(ErrorKind::InvalidArgument, "fault plan", why);
            let at_item = |why: String| fail(format!("item {number} \"{}\": {why}", clip(item)));
            if number > MAX_ITEMS {
                return Err(fail(format!("more than {MAX_ITEMS} items")));
            }
            match item.strip_prefix("chance=") {
                Some(_) if index > 0 => return Err(at_item("chance must be the first item".to_owned())),
                Some(chance) => plan.chance = Some(parse_chance(chance).map_err(at_item)?),
                None => plan.orders.push(parse_order(item).map_err(at_item)?),
            }
        }
        if plan.chance.is_some() && plan.orders.is_empty() {
            let why = "chance needs at least one fault to draw, such as chance=20,drop";
            return Err(Error::new(ErrorKind::InvalidArgument, "fault plan", why));
        }
        Ok(plan)
    }
}

impl FromStr for FaultPlan {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// The start of an item, enough to find it.
fn clip(item: &str) -> &str {
    item.char_indices().nth(40).map_or(item, |(end, _)| &item[..end])
}

fn names() -> String {
    Endpoint::ALL.iter().map(|endpoint| endpoint.as_str()).collect::<Vec<_>>().join(", ")
}

fn parse_chance(text: &str) -> Result<Chance, String> {
    let (percent, seed) = text.split_once('/').map_or((text, None), |(percent, seed)| (percent, Some(seed)));
    let percent = number("percent", percent, 1..=100)?;
    let seed = seed.map_or(Ok(0), |seed| number("seed", seed, 0..=u64::MAX))?;
    Ok(Chance { percent, seed })
}

fn parse_order(item: &str) -> Result<Order, String> {
    let (endpoint, rest) = match item.split_once(':') {
        None => (Endpoint::Chat, item),
        Some((name, rest)) => {
            let known = Endpoint::ALL.iter().find(|endpoint| endpoint.as_str() == name);
            (*known.ok_or_else(|| format!("\"{name}\" is not one of {}", names()))?, rest)
        }
    };
    let (parts, count) = match rest.split_once('*') {
        None => (rest, 1),
        Some((parts, count)) => (parts, number("count", count, 1..=MAX_COUNT)?),
    };
    let mut order = Order::fine().at(endpoint).times(count);
    let (mut delays, mut faults) = (0, 0);
    for part in parts.split('+') {
        if let Some(ms) = part.strip_prefix("delay=") {
            delays += 1;
            order.delay_ms = number("delay in ms", ms, 0..=MAX_DELAY_MS)?;
        } else {
            faults += 1;
            order.fault = parse_fault(part)?;
        }
    }
    if let Some(fault) = order.fault.filter(|fault| !fault.fits(endpoint)) {
        return Err(format!("{fault} cannot strike {}", endpoint.as_str()));
    }
    if delays > 1 || faults > 1 {
        return Err("one delay and one fault can be joined by +, not more".to_owned());
    }
    Ok(order)
}

/// `None` for `ok`.
fn parse_fault(part: &str) -> Result<Option<Fault>, String> {
    let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
    Ok(Some(match (name, value) {
        ("ok", None) => return Ok(None),
        ("http", Some(value)) => {
            let (status, seconds) = value.split_once('@').map_or((value, None), |(s, after)| (s, Some(after)));
            Fault::Http {
                status: number("HTTP status", status, 201..=599)?,
                retry_after_s: seconds.map(|s| number("Retry-After in s", s, 0..=86_400)).transpose()?,
            }
        }
        ("drop", None) => Fault::Drop,
        ("reset", None) => Fault::Reset,
        ("truncate", None) => Fault::Truncate { keep_bytes: None },
        ("truncate", Some(bytes)) => Fault::Truncate { keep_bytes: Some(number("bytes", bytes, 0..=usize::MAX)?) },
        ("garbage", None) => Fault::Garbage,
        ("html", None) => Fault::Html,
        ("status", Some(code)) => Fault::VendorStatus(number("vendor code", code, i32::MIN..=i32::MAX)?),
        ("expire", None) => Fault::ExpireTokens,
        ("wrongtype", None) => Fault::WrongType,
        ("extra", None) => Fault::UnknownFields,
        ("slow", Some(value)) => {
            let (bytes, every_ms) = value.split_once('/').ok_or("slow needs two numbers: slow=BYTES/MS")?;
            Fault::Slow {
                bytes: number("bytes", bytes, 1..=u32::MAX)?,
                every_ms: number("interval in ms", every_ms, 0..=MAX_DELAY_MS)?,
            }
        }
        ("slow", None) => return Err("slow needs two numbers: slow=BYTES/MS".to_owned()),
        ("http" | "status" | "delay", None) => return Err(format!("{name} needs a value: {name}=NUMBER")),
        ("ok" | "drop" | "reset" | "garbage" | "html" | "expire" | "wrongtype" | "extra", Some(_)) => {
            return Err(format!("{name} takes no value"));
        }
        _ => {
            return Err("unknown; use ok, delay=MS, http=STATUS[@S], drop, reset, truncate[=BYTES], garbage, html, \
                        status=CODE, expire, wrongtype, extra or slow=BYTES/MS"
                .to_owned());
        }
    }))
}

fn number<T: FromStr + PartialOrd + Display>(what: &str, text: &str, range: RangeInclusive<T>) -> Result<T, String> {
    match text.parse() {
        Ok(n) if range.contains(&n) => Ok(n),
        _ => Err(format!("{what} \"{}\" is not a number from {} to {}", clip(text), range.start(), range.end())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_plan_agree_in_both_directions() {
        let plan = FaultPlan::new([
            Order::new(Fault::Http { status: 503, retry_after_s: Some(2) }).times(2),
            Order::fine().after_ms(200),
            Order::new(Fault::Drop).after_ms(5).at(Endpoint::Tts),
            Order::new(Fault::Reset),
            Order::new(Fault::Truncate { keep_bytes: None }),
            Order::new(Fault::Truncate { keep_bytes: Some(7) }),
            Order::new(Fault::Garbage),
            Order::new(Fault::Html).at(Endpoint::Authorize),
            Order::new(Fault::VendorStatus(-1)),
            Order::fine().times(3),
            Order::new(Fault::ExpireTokens),
            Order::new(Fault::WrongType).at(Endpoint::Download),
            Order::new(Fault::UnknownFields).at(Endpoint::Query),
            Order::new(Fault::Slow { bytes: 10, every_ms: 3 }).at(Endpoint::Push),
        ])
        .by_chance(Chance { percent: 20, seed: 7 });
        let text = "chance=20/7,http=503@2*2,delay=200,tts:delay=5+drop,reset,truncate,truncate=7,garbage,\
                    authorize:html,status=-1,ok*3,expire,\
                    download:wrongtype,query:extra,push:slow=10/3";
        assert_eq!(plan.to_string(), text);
        assert_eq!(FaultPlan::parse(text).unwrap(), plan);
        assert_eq!(text.replace(',', " , ").parse::<FaultPlan>().unwrap(), plan);
    }

    #[test]
    fn nothing_is_no_plan() {
        assert_eq!(FaultPlan::parse("  ").unwrap(), FaultPlan::default());
    }

    #[test]
    fn errors_name_the_item_and_the_way_out() {
        for (text, part) in [
            ("drop,,html", "item 2 \"\": unknown; use ok"),
            ("dorp", "item 1 \"dorp\": unknown; use ok"),
            ("http", "http needs a value"),
            ("delay", "delay needs a value"),
            ("http=200", "HTTP status \"200\" is not a number from 201 to 599"),
            ("http=600", "from 201 to 599"),
            ("http=503@x", "Retry-After in s \"x\""),
            ("drop=1", "drop takes no value"),
            ("drop*0", "count \"0\" is not a number from 1 to 1000000"),
            ("delay=600001", "delay in ms"),
            ("status=99999999999", "vendor code"),
            ("truncate=-1", "bytes \"-1\""),
            ("drop+html", "one delay and one fault"),
            ("delay=1+delay=2", "one delay and one fault"),
            ("moon:drop", "\"moon\" is not one of chat, tts, authorize, recording, batch"),
            ("slow", "slow needs two numbers"),
            ("slow=5", "slow needs two numbers"),
            ("slow=0/5", "bytes \"0\""),
            ("slow=5/600001", "interval in ms"),
            ("extra=1", "extra takes no value"),
            ("download:extra", "extra cannot strike download"),
            ("tts:extra", "extra cannot strike tts"),
            ("push:http=500", "http=500 cannot strike push"),
            ("push:expire", "expire cannot strike push"),
            ("drop,chance=20", "item 2 \"chance=20\": chance must be the first item"),
            ("chance=0,drop", "percent \"0\""),
            ("chance=20", "chance needs at least one fault"),
        ] {
            let error = FaultPlan::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
    }
}
