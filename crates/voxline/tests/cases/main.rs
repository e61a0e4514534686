//! The table of cases that Rust, C and Python share: here it is held against what it says, and what came out is written
//! to the file that `VOXLINE_CASES_OUT` names, for the other languages to be compared with.

#[cfg(test)]
mod table;
#[cfg(test)]
mod ways;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::table::{Expected, cases};
    use crate::ways::{Outcome, ways};

    #[test]
    fn every_way_gives_what_the_table_says() {
        let (mut lines, mut faults) = (String::new(), Vec::new());
        for case in cases() {
            let ways = ways(&case);
            for (way, outcome) in &ways {
                writeln!(lines, "{}\t{way}\t{outcome}", case.name).unwrap();
                if !fits(&case.expected, outcome, &ways[0].1) {
                    faults.push(format!("{} {way}: expected {}, got {}", case.name, case.expected, outcome.short()));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        if let Some(file) = std::env::var_os("VOXLINE_CASES_OUT") {
            std::fs::write(file, lines).unwrap();
        }
    }

    /// Sizes and kinds are those of the table; the bytes themselves are the same whatever the way.
    fn fits(expected: &Expected, outcome: &Outcome, first: &Outcome) -> bool {
        match (expected, outcome) {
            (Expected::Kind(kind), Outcome::Failed(error)) => kind == error,
            (Expected::Sizes(sizes), Outcome::Bytes(outputs)) => {
                outputs.iter().map(Vec::len).eq(sizes.iter().copied()) && outcome == first
            }
            (_, Outcome::Samples(_) | Outcome::Found(_)) => true,
            _ => false,
        }
    }

    #[test]
    fn names_are_unique_and_every_kind_of_input_error_is_among_the_cases() {
        let mut names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        for kind in ["InvalidArgument", "UnknownOption", "UnsupportedFormat", "MalformedInput", "TruncatedInput", "Io"]
        {
            assert!(cases().iter().any(|case| case.expected.to_string() == kind), "no case ends with {kind}");
        }
    }
}
