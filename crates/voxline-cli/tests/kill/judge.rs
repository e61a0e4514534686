//! What must hold after all those lives.

use std::collections::{BTreeMap, BTreeSet};

use voxline::transcription::{State, Transcript};
use voxline_sim::{Endpoint, Fault, JobSeen, RequestSeen, Verdict, transcript_text};

use crate::campaign::{Campaign, JOBS, Picture, SUBMISSIONS, link};

/// Compares the ledger after each death (`pictures`) and at the end with what the service saw. `reported` is what the
/// program called unknown in its last life.
pub(crate) fn judge(campaign: &Campaign, pictures: &[Picture], end: &Picture, reported: &BTreeSet<String>) {
    let log = campaign.log();
    let submits: Vec<&RequestSeen> = log.requests.iter().filter(|seen| seen.endpoint == Endpoint::Submit).collect();
    // Nothing fell out of the list of requests, which is bounded.
    assert_eq!(submits.len() as u64, log.counts["submit"].requests);
    // A death in the middle of sending leaves half a request, which names nobody and is no submission.
    let (submits, halves): (Vec<_>, Vec<_>) = submits.into_iter().partition(|seen| !seen.ids.is_empty());
    assert!(halves.len() <= pictures.len() * JOBS);
    assert!(halves.iter().all(|seen| matches!(seen.verdict, Verdict::Unreadable { .. })), "{halves:?}");
    assert_eq!((&log.leaks[..], &log.strays[..]), (&[][..], &[][..]));

    nothing_is_forgotten(end);
    nothing_is_paid_twice(&log.jobs, log.paid_submissions);
    assert_eq!(log.double_submissions, []);
    for picture in pictures {
        what_is_paid_was_on_disk_before(picture);
        at_most_one_step_is_lost_per_worker(picture);
        what_is_recorded_is_not_asked_for_again(picture, end, &log.jobs);
    }
    each_result_is_there_once(end, &log.jobs, pictures);

    // Unknown is what was on its way when the program died or what the service left without an answer: all of these
    // and nothing else.
    let on_their_way = pictures.iter().flat_map(|picture| in_state(picture, State::Sending));
    let unanswered = submits.iter().filter(|seen| seen.fault.is_some_and(loses_the_answer)).map(|seen| &seen.ids[0]);
    let expected: BTreeSet<String> = on_their_way.chain(unanswered.cloned()).collect();
    let unknown: BTreeSet<String> = in_state(end, State::Unknown).collect();
    assert_eq!(unknown, expected);
    assert_eq!(*reported, unknown);
    // What may have arrived was the last that was sent of it.
    for req_id in &unknown {
        let sent: Vec<_> = submits.iter().filter(|seen| seen.ids[0] == *req_id).collect();
        let refused = |seen: &RequestSeen| seen.fault.is_some_and(surely_refuses);
        assert!(sent.iter().rev().skip(1).all(|seen| refused(seen)), "{req_id}: {sent:?}");
    }
    // The kills struck what they were meant to strike.
    let struck = |state: State| pictures.iter().filter(|picture| in_state(picture, state).next().is_some()).count();
    assert!(pictures.iter().any(|picture| picture.entries.is_empty()));
    assert!(struck(State::Sending) >= 3 && struck(State::Accepted) >= 10, "{}", struck(State::Sending));
}

fn in_state(picture: &Picture, state: State) -> impl Iterator<Item = String> {
    picture.entries.iter().filter(move |(_, entry)| entry.state == state).map(|(req_id, _)| req_id.clone())
}

fn nothing_is_forgotten(end: &Picture) {
    let links: BTreeSet<String> = end.entries.values().map(|entry| entry.submission.file_link().to_owned()).collect();
    assert_eq!(links, (0..SUBMISSIONS).map(link).collect());
    assert_eq!(end.entries.len(), SUBMISSIONS);
    // None of the ordered faults is a refusal for good.
    let ended = in_state(end, State::Done).count() + in_state(end, State::Unknown).count();
    assert_eq!(ended, SUBMISSIONS);
}

/// Neither under its `req_id` nor under a new one.
fn nothing_is_paid_twice(jobs: &[JobSeen], paid: u64) {
    assert_eq!(jobs.len() as u64, paid);
    let links: BTreeSet<&str> = jobs.iter().map(|job| job.file_link.as_str()).collect();
    let ids: BTreeSet<&str> = jobs.iter().map(|job| job.req_id.as_str()).collect();
    assert_eq!((links.len(), ids.len()), (jobs.len(), jobs.len()));
}

fn what_is_paid_was_on_disk_before(picture: &Picture) {
    assert!([0, SUBMISSIONS].contains(&picture.entries.len()), "{} entries", picture.entries.len());
    for job in &picture.jobs {
        let entry = picture.entries.get(&job.req_id).unwrap_or_else(|| panic!("{} was not kept", job.req_id));
        assert_ne!(entry.state, State::Queued, "{}", job.req_id);
        assert!(entry.request_id.as_ref().is_none_or(|id| *id == job.request_id), "{entry:?}");
    }
}

fn at_most_one_step_is_lost_per_worker(picture: &Picture) {
    let sending = in_state(picture, State::Sending).count();
    assert!(sending <= JOBS, "{sending} were on their way");
}

/// What is done stays as it is, and no question for it comes after that.
fn what_is_recorded_is_not_asked_for_again(picture: &Picture, end: &Picture, jobs: &[JobSeen]) {
    let now: BTreeMap<&str, &JobSeen> = jobs.iter().map(|job| (job.req_id.as_str(), job)).collect();
    for (req_id, entry) in &picture.entries {
        let last = end.entries[req_id].state;
        match entry.state {
            State::Done => {
                let job = picture.jobs.iter().find(|job| job.req_id == *req_id).unwrap();
                assert_eq!((last, &end.results[req_id]), (State::Done, &picture.results[req_id]));
                assert_eq!(now[req_id.as_str()].polls, job.polls, "{req_id}");
            }
            State::Accepted => assert_eq!(last, State::Done),
            State::Sending | State::Unknown => assert_eq!(last, State::Unknown),
            _ => assert_eq!(entry.state, State::Queued),
        }
    }
}

fn each_result_is_there_once(end: &Picture, jobs: &[JobSeen], pictures: &[Picture]) {
    let done: BTreeSet<String> = in_state(end, State::Done).collect();
    assert_eq!(done, end.results.keys().cloned().collect());
    for job in jobs {
        let Some(result) = end.results.get(&job.req_id) else {
            // Its answer did not come, so nobody knows by what name to ask for it.
            assert_eq!((end.entries[&job.req_id].state, job.polls), (State::Unknown, 0));
            continue;
        };
        assert_eq!(end.entries[&job.req_id].request_id.as_deref(), Some(job.request_id.as_str()));
        assert_eq!(Transcript::from_answer(result).unwrap().text(), transcript_text(&job.file_link));
        // Once more only if the program died between receiving and recording it.
        let accepted =
            |picture: &&Picture| picture.entries.get(&job.req_id).is_some_and(|e| e.state == State::Accepted);
        let deaths = pictures.iter().filter(accepted).count();
        assert!((1..=1 + deaths).contains(&(job.results_given as usize)), "{job:?}, {deaths} deaths");
    }
    let paid: BTreeSet<&str> = jobs.iter().map(|job| job.req_id.as_str()).collect();
    assert!(done.iter().all(|req_id| paid.contains(req_id.as_str())));
    let again: usize = jobs.iter().map(|job| (job.results_given as usize).saturating_sub(1)).sum();
    assert!(again <= pictures.len() * JOBS, "{again} results were fetched again");
}

/// The service took the submission, and the client cannot know.
fn loses_the_answer(fault: Fault) -> bool {
    matches!(fault, Fault::Drop | Fault::Reset | Fault::Truncate { .. } | Fault::Http { status: 500, .. })
}

/// The service says that it did nothing.
fn surely_refuses(fault: Fault) -> bool {
    matches!(fault, Fault::Http { status: 503, .. } | Fault::VendorStatus(_))
}
