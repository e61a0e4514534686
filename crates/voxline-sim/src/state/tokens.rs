//! Chat tokens: which are good, which were, and which must not turn up elsewhere.

use std::collections::VecDeque;
use std::sync::Mutex;

use voxline_core::Secret;

use super::lock;
use crate::options::TokenRule;

/// A longer token is unknown whatever the rule, so that memory stays bounded.
const MAX_TOKEN_BYTES: usize = 4_096;
/// Tokens remembered as seen, so that their leaks are recognised.
const MAX_TOKENS: usize = 1_000;

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenVerdict {
    Good,
    Unknown,
    Expired,
}

/// Every token so far.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// Whether any text will do.
    any: bool,
    lists: Mutex<Lists>,
}

#[derive(Debug)]
struct Lists {
    /// Listed and issued tokens that are good.
    good: Vec<Secret>,
    expired: Vec<Secret>,
    /// Accepted at least once, or given out.
    known: VecDeque<Secret>,
    issued: u64,
}

impl Tokens {
    pub(crate) fn new(rule: &TokenRule) -> Self {
        let (any, good) = match rule {
            TokenRule::Listed(tokens) => (false, tokens.clone()),
            TokenRule::AnyNonEmpty => (true, Vec::new()),
        };
        let lists = Lists { known: good.iter().cloned().collect(), good, expired: Vec::new(), issued: 0 };
        Self { any, lists: Mutex::new(lists) }
    }

    pub(crate) fn check(&self, token: &str) -> TokenVerdict {
        let mut lists = lock(&self.lists);
        let holds = |list: &[Secret]| list.iter().any(|known| known.expose() == token);
        if holds(&lists.expired) {
            return TokenVerdict::Expired;
        }
        let any = self.any && (1..=MAX_TOKEN_BYTES).contains(&token.len());
        if !any && !holds(&lists.good) {
            return TokenVerdict::Unknown;
        }
        lists.remember(token);
        TokenVerdict::Good
    }

    /// A token that is good from now on.
    pub(crate) fn issue(&self) -> Secret {
        let mut lists = lock(&self.lists);
        lists.issued += 1;
        let token = Secret::new(format!("voxline-sim-token-{}", lists.issued));
        lists.accept(token.clone());
        token
    }

    pub(crate) fn accept(&self, token: Secret) {
        lock(&self.lists).accept(token);
    }

    /// Every token known so far is expired from now on.
    pub(crate) fn expire(&self) {
        let mut lists = lock(&self.lists);
        let good = std::mem::take(&mut lists.good);
        for token in lists.known.clone().into_iter().chain(good) {
            if !lists.expired.contains(&token) {
                lists.expired.push(token);
            }
        }
    }

    /// Whether one for which `stands` holds was seen.
    pub(crate) fn any_known(&self, stands: impl Fn(&Secret) -> bool) -> bool {
        lock(&self.lists).known.iter().any(stands)
    }
}

impl Lists {
    fn accept(&mut self, token: Secret) {
        self.expired.retain(|expired| *expired != token);
        self.remember(token.expose());
        self.good.push(token);
    }

    fn remember(&mut self, token: &str) {
        if self.known.iter().any(|known| known.expose() == token) {
            return;
        }
        if self.known.len() == MAX_TOKENS {
            self.known.pop_front();
        }
        self.known.push_back(Secret::new(token));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Tokens {
        Tokens::new(&TokenRule::Listed(vec![Secret::new(crate::DEMO_TOKEN)]))
    }

    #[test]
    fn tokens_live_and_die() {
        let tokens = listed();
        let demo = crate::DEMO_TOKEN;
        assert_eq!(tokens.check("other"), TokenVerdict::Unknown);
        assert_eq!(tokens.check(""), TokenVerdict::Unknown);
        assert_eq!(tokens.check(demo), TokenVerdict::Good);
        tokens.expire();
        assert_eq!(tokens.check(demo), TokenVerdict::Expired);
        let fresh = tokens.issue();
        assert_eq!(tokens.check(fresh.expose()), TokenVerdict::Good);
        tokens.accept(Secret::new(demo));
        assert_eq!(tokens.check(demo), TokenVerdict::Good);
    }

    #[test]
    fn tokens_expire_even_if_they_are_too_many_to_remember() {
        let tokens = listed();
        for _ in 0..MAX_TOKENS {
            tokens.issue();
        }
        tokens.expire();
        assert_eq!(tokens.check(crate::DEMO_TOKEN), TokenVerdict::Expired);
        assert_eq!(lock(&tokens.lists).known.len(), MAX_TOKENS);
    }

    #[test]
    fn with_any_token_those_seen_expire() {
        let tokens = Tokens::new(&TokenRule::AnyNonEmpty);
        assert_eq!(tokens.check(""), TokenVerdict::Unknown);
        assert_eq!(tokens.check(&"a".repeat(MAX_TOKEN_BYTES + 1)), TokenVerdict::Unknown);
        assert_eq!(tokens.check("a"), TokenVerdict::Good);
        tokens.expire();
        assert_eq!(tokens.check("a"), TokenVerdict::Expired);
        assert_eq!(tokens.check("b"), TokenVerdict::Good);
    }
}
