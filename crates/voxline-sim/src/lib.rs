//! A strict stand-in for the services on loopback, with faults to order.
//!
//! It is a judge, not a friend: whatever the vendor's page asks for is checked to the letter and a refusal says
//! what was wrong. It shares no code with the clients it judges. [`Simulator`] runs on a thread of its own;
//! [`FaultPlan`] makes it misbehave on demand.

mod chat;
mod fault;
mod options;
mod percent;
mod reply;
mod server;
mod simulator;
mod state;
mod wire;

pub use chat::{ChatSeen, Heard, ScriptedAnswer, Verdict};
pub use fault::{Chance, Endpoint, Fault, FaultPlan, Order};
pub use options::{DEMO_APP_KEY, DEMO_TOKEN, SimOptions, TokenRule};
pub use simulator::{Simulator, StopHandle};
pub use state::Leak;
