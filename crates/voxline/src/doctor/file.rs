//! Findings about the file.

use voxline_core::{Report, Warning, WarningCode};

use super::thresholds::VERY_SHORT_S;
use super::{Finding, FindingName, Severity};

/// What the report warns of, and what its length says.
pub(super) fn findings(report: &Report) -> Vec<Finding> {
    let source = &report.source;
    let mut findings: Vec<Finding> = report.warnings.iter().filter_map(of_warning).collect();
    if source.frames > 0 {
        if !source.duration_exact {
            let what = format!(
                "the length of the original is not known to the sample; {:.3} s were decoded",
                source.duration_s
            );
            findings.push(
                Finding::new(FindingName::DurationNotExact, Severity::Info, &[], what)
                    .with("duration", source.duration_s, "s")
                    .with("frames", source.frames as f64, "frames"),
            );
        }
        if source.duration_s < VERY_SHORT_S {
            let what = format!("the recording has {:.3} s, too little for a sentence", source.duration_s);
            findings.push(Finding::new(FindingName::VeryShort, Severity::Warning, &[], what).with(
                "duration",
                source.duration_s,
                "s",
            ));
        }
    }
    findings
}

/// The finding that a warning is. The two about channel pairs are left to those who know the figures.
fn of_warning(warning: &Warning) -> Option<Finding> {
    use Severity::{Error, Info, Warning as Warn};
    let (name, severity) = match warning.code {
        WarningCode::IdenticalChannels | WarningCode::InvertedChannels => return None,
        WarningCode::Empty => (FindingName::Empty, Error),
        WarningCode::Truncated => (FindingName::Truncated, Warn),
        WarningCode::BadSize => (FindingName::BadSize, Info),
        WarningCode::JunkSkipped => (FindingName::JunkSkipped, Info),
        WarningCode::BadFrames => (FindingName::BadFrames, Warn),
        WarningCode::InconsistentHeader => (FindingName::InconsistentHeader, Warn),
        WarningCode::RateChanged => (FindingName::RateChanged, Warn),
        WarningCode::ChannelsChanged => (FindingName::ChannelsChanged, Warn),
        WarningCode::NotANumber => (FindingName::NotANumber, Warn),
        WarningCode::GluedFiles => (FindingName::GluedFiles, Warn),
        // What a later version warns of without teaching this place.
        _ => (FindingName::Other, Warn),
    };
    let finding = Finding::new(name, severity, &[], warning.message.clone());
    Some(finding.with("count", warning.count as f64, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_becomes_a_finding_of_its_name() {
        use WarningCode::{
            BadFrames, BadSize, ChannelsChanged, Clipped, Empty, GluedFiles, InconsistentHeader, JunkSkipped,
            NotANumber, RateChanged, Truncated,
        };
        let mut report = Report::default();
        for code in [
            Empty,
            Truncated,
            BadSize,
            JunkSkipped,
            BadFrames,
            InconsistentHeader,
            RateChanged,
            ChannelsChanged,
            NotANumber,
            GluedFiles,
        ] {
            let mut warnings = voxline_core::report::Warnings::default();
            warnings.add_many(code, 3, || "so it is".to_owned());
            report.warnings = warnings.into_vec();
            let [finding] = &findings(&report)[..] else { panic!("{code:?}") };
            assert_eq!(serde_json::to_value(finding.name).unwrap(), serde_json::to_value(code).unwrap());
            assert_eq!((finding.figure("count"), finding.what.as_str()), (Some(3.0), "so it is"));
        }
        let mut warnings = voxline_core::report::Warnings::default();
        warnings.add(Clipped, || "too loud".to_owned());
        warnings.add(WarningCode::IdenticalChannels, || "same".to_owned());
        report.warnings = warnings.into_vec();
        let names: Vec<FindingName> = findings(&report).iter().map(|finding| finding.name).collect();
        assert_eq!(names, [FindingName::Other]);
    }
}
