//! The call doctor from outside: each finding is provoked with known figures, and healthy calls have none.

#[cfg(test)]
mod channels;
#[cfg(test)]
mod files;
#[cfg(test)]
mod healthy;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod page;
#[cfg(test)]
mod pairs;
#[cfg(test)]
mod support;
