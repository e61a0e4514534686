//! The table at the end of a run: what ran, how it ended, what was skipped and why.

use crate::run::Result;

enum State {
    Passed,
    Failed(String),
    Skipped(String),
}

/// Collects the outcome of every step; nothing stops at the first failure.
#[derive(Default)]
pub(crate) struct Summary {
    steps: Vec<(String, State)>,
    only: Option<String>,
}

impl Summary {
    /// One that runs only the steps whose name contains `word`.
    pub(crate) fn only(word: &str) -> Self {
        Self { steps: Vec::new(), only: Some(word.to_owned()) }
    }

    /// Runs a step and keeps its outcome.
    pub(crate) fn step(&mut self, name: &str, step: impl FnOnce() -> Result) {
        if self.only.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            return;
        }
        println!("\n==> {name}");
        let state = match step() {
            Ok(()) => State::Passed,
            Err(error) => {
                println!("{error}");
                State::Failed(first_line(&error.to_string()))
            }
        };
        self.steps.push((name.to_owned(), state));
    }

    /// Notes something that did not run, once.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        self.steps.push((name.to_owned(), State::Skipped(reason.to_owned())));
    }

    /// Prints the table; an error when a step failed.
    pub(crate) fn finish(self, title: &str) -> Result {
        print!("\n{}", self.table(title));
        match self.failures() {
            _ if self.steps.is_empty() => Err(format!("{title}: nothing ran").into()),
            0 => Ok(()),
            n => Err(format!("{title}: {n} of {} failed", self.steps.len()).into()),
        }
    }

    fn failures(&self) -> usize {
        self.steps.iter().filter(|(_, state)| matches!(state, State::Failed(_))).count()
    }

    fn table(&self, title: &str) -> String {
        let width = self.steps.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(title.len());
        let mut table = format!("{title:<width$}  result\n{}\n", "-".repeat(width + 8));
        for (name, state) in &self.steps {
            let state = match state {
                State::Passed => "passed".to_owned(),
                State::Failed(why) => format!("FAILED   {why}"),
                State::Skipped(why) => format!("skipped  {why}"),
            };
            table.push_str(&format!("{name:<width$}  {state}\n"));
        }
        let count = |wanted: fn(&State) -> bool| self.steps.iter().filter(|(_, s)| wanted(s)).count();
        table.push_str(&format!(
            "{} run, {} passed, {} failed, {} skipped\n",
            count(|s| !matches!(s, State::Skipped(_))),
            count(|s| matches!(s, State::Passed)),
            self.failures(),
            count(|s| matches!(s, State::Skipped(_))),
        ));
        table
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_run_and_the_others_are_still_counted() {
        let mut summary = Summary::default();
        summary.step("first", || Err("broken\ndetails".into()));
        summary.step("second", || Ok(()));
        summary.skip("third", "needs lame");
        let table = summary.table("suite");
        assert!(table.contains("first   FAILED   broken\n"), "{table}");
        assert!(table.contains("third   skipped  needs lame\n"), "{table}");
        assert!(table.ends_with("2 run, 1 passed, 1 failed, 1 skipped\n"), "{table}");
        assert_eq!(summary.finish("suite").unwrap_err().to_string(), "suite: 1 of 3 failed");
    }

    #[test]
    fn a_word_chooses_the_steps_and_running_none_is_a_failure() {
        let mut summary = Summary::only("eco");
        summary.step("first", || Err("must not run".into()));
        assert_eq!(summary.table("suite").lines().last(), Some("0 run, 0 passed, 0 failed, 0 skipped"));
        summary.step("second", || Ok(()));
        assert!(summary.finish("suite").is_ok());
        assert!(Summary::only("eco").finish("suite").is_err());
    }

    #[test]
    fn skipping_alone_is_no_failure() {
        let mut summary = Summary::default();
        summary.skip("third", "needs lame");
        assert!(summary.finish("suite").is_ok());
    }
}
