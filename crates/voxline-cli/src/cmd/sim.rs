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
    show::remark(&format!("chat: VOXLINE_CHAT_TOKEN={}", voxline_sim::DEMO_TOKEN));
    show::remark(&format!(
        "transcription: VOXLINE_TRANSCRIPTION_APP_ID={} VOXLINE_TRANSCRIPTION_APP_KEY={}",
        voxline_sim::DEMO_TRANSCRIPTION_APP_ID,
        voxline_sim::DEMO_TRANSCRIPTION_APP_KEY
    ));
    show::remark(&format!(
        "recordings: VOXLINE_RECORDING_TOKEN={}, and --download-scheme http, because links come without a scheme",
        voxline_sim::DEMO_RECORDING_TOKEN
    ));
    show::remark("stop with Ctrl-C");
    simulator.wait()?;
    Ok(())
}
