//! Splitting from outside: laws, places of cuts, memory.

#[cfg(test)]
mod laws;
#[cfg(test)]
mod lengths;
#[cfg(test)]
mod listening;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod support;
