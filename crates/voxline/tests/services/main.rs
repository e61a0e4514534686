//! The three services from outside: the clients against the simulator, over real sockets.

#[cfg(test)]
mod canary;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod large;
#[cfg(test)]
mod long;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod support;
#[cfg(test)]
mod timeouts;
#[cfg(test)]
mod world;
