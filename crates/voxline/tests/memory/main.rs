//! Memory does not follow the length of what is split. Alone in its process, whose peak is measured.

#[cfg(test)]
mod split;
