//! The damage corpus: what each kind of damage is taken for, what is salvaged, and what `input.strict` says.
//!
//! `docs/damage.md` is the table of the cases; `VOXLINE_WRITE_DOCS=1` writes it anew.

#[cfg(test)]
mod around;
#[cfg(test)]
mod case;
#[cfg(test)]
mod coded;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod glued;
#[cfg(test)]
mod header;
#[cfg(test)]
mod mp3;
#[cfg(test)]
mod no_audio;
#[cfg(test)]
mod ogg_au;
#[cfg(test)]
mod page;
#[cfg(test)]
mod recipe;
#[cfg(test)]
mod sizes;
