//! The call doctor: what is wrong with a recording, how bad that is, and what to do.

use std::ffi::{CString, c_char, c_void};
use std::fmt;

use serde_json::Value;
use voxline::{Diagnosis, Error, ErrorKind, Finding, Result, Severity, Source};

use crate::boundary::{OK, c_text, call, free, peek};
use crate::error::voxline_error;
use crate::handle::shared;
use crate::json::voxline_json;
use crate::options::voxline_options;
use crate::prepare::{Job, reader, voxline_progress_fn, voxline_read_fn};
use crate::report::voxline_report;
use crate::status::voxline_status;

shared!(voxline_diagnosis);

/// How bad a finding is. Higher numbers are worse.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_severity {
    /// Nothing was found.
    VOXLINE_SEVERITY_NONE = 0,
    /// Good to know; nothing has to be done.
    VOXLINE_SEVERITY_INFO = 1,
    /// Part of what was said may be lost or ascribed to the wrong side.
    VOXLINE_SEVERITY_WARNING = 2,
    /// The recording cannot be used as it is.
    VOXLINE_SEVERITY_ERROR = 3,
}

fn severity_number(severity: Option<Severity>) -> i32 {
    let number = match severity {
        None => voxline_severity::VOXLINE_SEVERITY_NONE,
        Some(Severity::Info) => voxline_severity::VOXLINE_SEVERITY_INFO,
        Some(Severity::Warning) => voxline_severity::VOXLINE_SEVERITY_WARNING,
        Some(_) => voxline_severity::VOXLINE_SEVERITY_ERROR,
    };
    number as i32
}

/// One thing that was found. What it points to lives as long as the diagnosis.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct voxline_finding {
    /// What was found, for programs: "clipping", "identical_channels" …; docs/doctor.md lists them.
    pub name: *const c_char,
    /// What it is, in one sentence.
    pub what: *const c_char,
    /// What to do about it, in one sentence.
    pub advice: *const c_char,
    /// The numbers behind it, a JSON list: [{"name":"…","value":…,"unit":"…"}, …].
    pub figures: *const c_char,
    /// The channels concerned, counted from 1; NULL when it is the file.
    pub channels: *const u16,
    /// How many channels that are.
    pub channel_count: usize,
    /// A voxline_severity.
    pub severity: i32,
}

/// The texts of a finding.
struct Texts {
    name: CString,
    what: CString,
    advice: CString,
    figures: CString,
}

impl Texts {
    fn new(finding: &Finding, figures: &Value) -> Self {
        Self {
            name: c_text(finding.name.as_str()),
            what: c_text(&finding.what),
            advice: c_text(&finding.advice),
            figures: c_text(&figures.to_string()),
        }
    }
}

/// What an examination says. It is never changed: threads may read it together.
pub struct voxline_diagnosis {
    diagnosis: Diagnosis,
    texts: Vec<Texts>,
    json: voxline_json,
    report: voxline_report,
}

impl fmt::Debug for voxline_diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("voxline_diagnosis").field("diagnosis", &self.diagnosis).finish_non_exhaustive()
    }
}

impl voxline_diagnosis {
    fn new(diagnosis: Diagnosis) -> Result<Self> {
        let value = serde_json::to_value(&diagnosis);
        let value = value.map_err(|e| Error::new(ErrorKind::Internal, "diagnosis", e.to_string()))?;
        let texts = diagnosis.findings.iter().enumerate();
        let texts = texts.map(|(i, finding)| Texts::new(finding, &value["findings"][i]["figures"])).collect();
        let report = voxline_report::new(diagnosis.report.clone());
        Ok(Self { texts, json: voxline_json::new(value), report, diagnosis })
    }
}

/// Examines a file in one pass and bounded memory: silent, clipped, noisy or muffled channels, channels that are copies of
/// each other or leak into each other, and every oddity of the file. Free the result with voxline_diagnosis_free().
///
/// Of the options, input.* and limits.* count; `options` and `progress` may be NULL. Damage that decoding puts up with is a
/// finding, and so is a file without audio.
///
/// Errors: those of voxline_inspect_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_doctor_path(
    path: *const c_char,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    diagnosis: *mut *mut voxline_diagnosis,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_doctor_path", |door| {
            let out = door.out(diagnosis, "diagnosis")?;
            let source = Source::Path(door.path(path, "path")?);
            let job = Job::new(door, source, options, progress, progress_data)?;
            out.set_new(voxline_diagnosis::new(job.examine()?)?);
            OK
        })
    }
}

/// Examines the content of a file that is in memory; otherwise as voxline_doctor_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_doctor_bytes(
    data: *const u8,
    size_bytes: usize,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    diagnosis: *mut *mut voxline_diagnosis,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_doctor_bytes", |door| {
            let out = door.out(diagnosis, "diagnosis")?;
            let source = Source::Bytes(door.slice(data, size_bytes, "data")?);
            let job = Job::new(door, source, options, progress, progress_data)?;
            out.set_new(voxline_diagnosis::new(job.examine()?)?);
            OK
        })
    }
}

/// Examines what a callback reads; otherwise as voxline_doctor_path().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_doctor_reader(
    read: voxline_read_fn,
    read_data: *mut c_void,
    options: *const voxline_options,
    progress: voxline_progress_fn,
    progress_data: *mut c_void,
    diagnosis: *mut *mut voxline_diagnosis,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_doctor_reader", |door| {
            let out = door.out(diagnosis, "diagnosis")?;
            let source = reader(door, read, read_data)?;
            let job = Job::new(door, source, options, progress, progress_data)?;
            out.set_new(voxline_diagnosis::new(job.examine()?)?);
            OK
        })
    }
}

/// Frees a diagnosis. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_free(diagnosis: *mut voxline_diagnosis) {
    // SAFETY: as the header says.
    unsafe { free(diagnosis) }
}

/// A voxline_severity: that of the worst finding; VOXLINE_SEVERITY_NONE when nothing was found, -1 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_worst(diagnosis: *const voxline_diagnosis) -> i32 {
    // SAFETY: as the header says.
    unsafe { peek(diagnosis, -1, |diagnosis| severity_number(diagnosis.diagnosis.worst())) }
}

/// How many findings there are; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_count(diagnosis: *const voxline_diagnosis) -> usize {
    // SAFETY: as the header says.
    unsafe { peek(diagnosis, 0, |diagnosis| diagnosis.texts.len()) }
}

/// Describes finding number `index`, from 0; VOXLINE_END when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_finding(
    diagnosis: *const voxline_diagnosis,
    index: usize,
    finding: *mut voxline_finding,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_diagnosis_finding", |door| {
            let out = door.out(finding, "finding")?;
            let this = door.borrow(diagnosis, "diagnosis")?;
            let Some((found, texts)) = this.diagnosis.findings.get(index).zip(this.texts.get(index)) else {
                return Ok(voxline_status::VOXLINE_END);
            };
            let channels = &found.channels;
            out.set(voxline_finding {
                name: texts.name.as_ptr(),
                what: texts.what.as_ptr(),
                advice: texts.advice.as_ptr(),
                figures: texts.figures.as_ptr(),
                channels: if channels.is_empty() { std::ptr::null() } else { channels.as_ptr() },
                channel_count: channels.len(),
                severity: severity_number(Some(found.severity)),
            });
            OK
        })
    }
}

/// Gives the number `name` of finding number `index`; VOXLINE_END when there is no such finding or number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_figure(
    diagnosis: *const voxline_diagnosis,
    index: usize,
    name: *const c_char,
    value: *mut f64,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_diagnosis_figure", |door| {
            let (out, name) = (door.out(value, "value")?, door.text(name, "name")?);
            let findings = &door.borrow(diagnosis, "diagnosis")?.diagnosis.findings;
            match findings.get(index).and_then(|finding| finding.figure(name)) {
                Some(figure) => out.set(figure),
                None => return Ok(voxline_status::VOXLINE_END),
            }
            OK
        })
    }
}

/// Gives all of it by name: "findings", "channels" (each in numbers, good or bad), "pair" (null unless there are two),
/// "sample_rate_hz", "frames", "report". It belongs to `diagnosis` and lives as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_json(
    diagnosis: *const voxline_diagnosis,
    json: *mut *const voxline_json,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_diagnosis_json", |door| {
            let out = door.out(json, "json")?;
            out.set(&raw const door.borrow(diagnosis, "diagnosis")?.json);
            OK
        })
    }
}

/// Gives the report of the recording, as voxline_inspect_path() makes it; it belongs to `diagnosis` and lives as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_diagnosis_report(
    diagnosis: *const voxline_diagnosis,
    report: *mut *const voxline_report,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_diagnosis_report", |door| {
            let out = door.out(report, "report")?;
            out.set(&raw const door.borrow(diagnosis, "diagnosis")?.report);
            OK
        })
    }
}
