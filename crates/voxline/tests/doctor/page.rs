//! `docs/doctor.md` says of each finding what there is to say.

use voxline::{Finding, FindingName};

const PAGE: &str = include_str!("../../../../docs/doctor.md");

/// The cells of each finding: name, severities, when, figures, advice.
fn rows() -> Vec<Vec<&'static str>> {
    PAGE.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// Whether a finding is as the page has it: its severity, its figures and their units.
pub(crate) fn check(finding: &Finding) {
    let rows = rows();
    let row = rows.iter().find(|row| row[0] == format!("`{}`", finding.name)).unwrap();
    assert!(row[1].split(", ").any(|severity| severity == finding.severity.as_str()), "{finding:?}");
    let documented: Vec<&str> = row[3].split(", ").collect();
    for figure in &finding.figures {
        let unit = if figure.unit == figure.name { "" } else { &figure.unit };
        let cell = format!("`{}` {unit}", figure.name);
        assert!(documented.contains(&cell.trim_end()), "{cell} is not in {documented:?}");
    }
}

#[test]
fn the_page_has_one_row_for_each_finding_in_order_with_its_advice() {
    let rows = rows();
    let names: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let expected: Vec<&str> = FindingName::ALL.iter().map(|name| name.as_str()).collect();
    assert_eq!(names, expected);
    for (row, name) in rows.iter().zip(FindingName::ALL) {
        assert_eq!(row.len(), 5, "{name}");
        assert_eq!(row[4], name.advice(), "{name}");
        for severity in row[1].split(", ") {
            assert!(["info", "warning", "error"].contains(&severity), "{name}: {severity}");
        }
    }
}
