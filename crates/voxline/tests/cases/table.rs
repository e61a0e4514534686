//! Reads the table.

use std::fmt;
use std::path::PathBuf;

use voxline::ErrorKind;

const TABLE: &str = include_str!("table.tsv");

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) input: Vec<u8>,
    /// Set for whole files, and for one that is missing.
    pub(crate) path: Option<PathBuf>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) expected: Expected,
}

/// What shall come out.
#[derive(Debug)]
pub(crate) enum Expected {
    Sizes(Vec<usize>),
    Kind(ErrorKind),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sizes(sizes) => write!(f, "{sizes:?}"),
            Self::Kind(kind) => write!(f, "{kind:?}"),
        }
    }
}

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| case(line).unwrap_or_else(|| panic!("not a case: {line}"))).collect()
}

fn case(line: &str) -> Option<Case> {
    let [name, input, options, outcome] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let (input, path) = input_of(input)?;
    let settings = options.split_whitespace().map(|word| word.split_once('='));
    let settings = settings.map(|pair| pair.map(|(key, value)| (key.to_owned(), value.to_owned())));
    Some(Case {
        name: name.to_owned(),
        input,
        path,
        settings: settings.collect::<Option<_>>()?,
        expected: expected(outcome)?,
    })
}

fn input_of(text: &str) -> Option<(Vec<u8>, Option<PathBuf>)> {
    if let Some(count) = text.strip_prefix("zeros:") {
        return Some((vec![0; count.parse().ok()?], None));
    }
    if let Some(text) = text.strip_prefix("hex:") {
        let (digits, rest) = text.split_once('+')?;
        let (rest, _) = input_of(rest)?;
        return Some(([unhexed(digits)?, rest].concat(), None));
    }
    if let Some(words) = text.strip_prefix("text:") {
        return Some((words.as_bytes().to_vec(), None));
    }
    let assets = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let Some((file, range)) = text.split_once(':') else {
        let path = assets.join(text);
        return Some((std::fs::read(&path).unwrap_or_default(), Some(path)));
    };
    let (from, to) = range.split_once('-')?;
    let bytes = std::fs::read(assets.join(file)).ok()?;
    Some((bytes.get(from.parse().ok()?..to.parse().ok()?)?.to_vec(), None))
}

fn unhexed(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

fn expected(text: &str) -> Option<Expected> {
    if let Some(kind) = ErrorKind::ALL.iter().find(|kind| format!("{kind:?}") == text) {
        return Some(Expected::Kind(*kind));
    }
    text.split(' ').map(|size| size.parse().ok()).collect::<Option<_>>().map(Expected::Sizes)
}
