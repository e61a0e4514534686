//! Numbers that travel as strings.

use std::ops::RangeInclusive;

use super::codes::{Refusal, clip};
use super::fields::Fields;

/// Digits enough for a coordinate to the micrometre; more is an attack or an error.
const MAX_DIGITS: usize = 20;

/// A decimal fraction within `range`.
pub(super) fn number(fields: &Fields, name: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, Refusal> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    match decimal(text) {
        Some(n) if range.contains(&n) => Ok(Some(n)),
        _ => Err(Refusal::value(
            name,
            format!("\"{}\" is not a number from {} to {}", clip(text), range.start(), range.end()),
        )),
    }
}

/// A whole number within `range`.
pub(super) fn integer(fields: &Fields, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, Refusal> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    let plain = digits(text) && (text == "0" || !text.starts_with('0'));
    match text.parse() {
        Ok(n) if plain && range.contains(&n) => Ok(Some(n)),
        _ => Err(Refusal::value(
            name,
            format!("\"{}\" is not an integer from {} to {}", clip(text), range.start(), range.end()),
        )),
    }
}

fn digits(text: &str) -> bool {
    (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// `12`, `-1.5`: no exponent, no sign but minus, digits on both sides of the point, nothing around it.
fn decimal(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let fine = match unsigned.split_once('.') {
        None => digits(unsigned),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
    };
    if fine { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_plain() {
        for (text, value) in [("0", 0.0), ("-1.5", -1.5), ("23.12635", 23.12635), ("5.50", 5.5)] {
            assert_eq!(decimal(text), Some(value), "{text}");
        }
        for text in ["", "-", "+1", "1.", ".5", "1e3", "inf", "NaN", " 1", "1 ", "1,5", "--1", "0x1", "１"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
