//! `voxline sim`.

use voxline_sim::{FaultPlan, SimOptions, Simulator};

use crate::args::Sim;
use crate::fail::Fail;
use crate::show;

pub(crate) fn run(args: &Sim) -> Result<(), Fail> {
    let mut options = SimOptions::default();
    options.port = args.port;
    if let Some(plan) = &args.faults {
        options.faults = FaultPlan::parse(plan).map_err(Fail::usage)?;
    }
    let simulator = Simulator::start(options)?;
    // The first line is for programs that start this one.
    show::line(simulator.base_url())?;
    show::remark(&format!("chat: VOXLINE_CHAT_TOKEN={}; stop with Ctrl-C", voxline_sim::DEMO_TOKEN));
    simulator.wait()?;
    Ok(())
}
