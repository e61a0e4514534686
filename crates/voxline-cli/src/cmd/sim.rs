//! `voxline sim`.

use voxline::Error;
use voxline_sim::{FaultPlan, RecordingBody, SimOptions, Simulator};

use crate::args::sim::Sim;
use crate::fail::Fail;
use crate::show;

pub(crate) fn run(args: &Sim) -> Result<(), Fail> {
    let mut options = SimOptions::default();
    options.port = args.port;
    if let Some(plan) = &args.faults {
        options.faults = FaultPlan::parse(plan).map_err(Fail::usage)?;
    }
    options.recording.download_port = args.download_port;
    options.recording.ranges = !args.no_ranges;
    options.recording.key_valid_ms = args.link_valid_ms;
    options.transcription.pending_polls = args.pending_polls;
    options.transcription.push_duplicates = args.push_duplicates;
    options.transcription.clock_offset_s = args.clock_offset_s;
    let recordings = recordings(&args.recording)?;
    let simulator = Simulator::start(options)?;
    for (id, body) in recordings {
        simulator.add_recording(id, body);
    }
    // The first line is for programs that start this one.
    show::line(simulator.base_url())?;
    show::remark(&format!("chat: VOXLINE_CHAT_TOKEN={}", voxline_sim::DEMO_TOKEN));
    show::remark(&format!(
        "  or VOXLINE_CHAT_APPKEY={} with any VOXLINE_CHAT_AUTHCODE and VOXLINE_CHAT_USER",
        voxline_sim::DEMO_APP_KEY
    ));
    show::remark(&format!(
        "transcription: VOXLINE_TRANSCRIPTION_APP_ID={} VOXLINE_TRANSCRIPTION_APP_KEY={}",
        voxline_sim::DEMO_TRANSCRIPTION_APP_ID,
        voxline_sim::DEMO_TRANSCRIPTION_APP_KEY
    ));
    show::remark(&format!("recordings: VOXLINE_RECORDING_TOKEN={}", voxline_sim::DEMO_RECORDING_TOKEN));
    show::remark(&format!(
        "  --download-scheme http --user {} --task {} --record {} (WAV) or {} (MP3)",
        voxline_sim::DEMO_USER_ID,
        voxline_sim::DEMO_TASK_ID,
        voxline_sim::DEMO_RECORD_ID,
        voxline_sim::DEMO_MP3_RECORD_ID
    ));
    show::remark(&format!("what it saw: {}/_log", simulator.base_url()));
    show::remark("stop with Ctrl-C");
    simulator.wait()?;
    Ok(())
}

fn recordings(pairs: &[String]) -> Result<Vec<(String, RecordingBody)>, Fail> {
    let read = |pair: &String| {
        let Some((id, file)) = pair.split_once('=').filter(|(id, _)| !id.is_empty()) else {
            return Err(Fail::usage_text(format!("--recording {pair}: write ID=FILE")));
        };
        let bytes = std::fs::read(file).map_err(|e| Error::io("read recording", file, e))?;
        Ok((id.to_owned(), RecordingBody::from_bytes(bytes)))
    };
    pairs.iter().map(read).collect()
}
