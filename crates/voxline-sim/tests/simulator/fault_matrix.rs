//! Every endpoint that is asked, under every fault, and well again afterwards.

use crate::common::{End, Response, authority, chat_bytes, request, send_to, start};
use crate::recording::{batch_target, bearer, demo_url, fetch_bytes, locate_target};
use crate::signing::{QUERY, accepted, authorization, submission, submit_bytes};
use serde_json::Value;
use voxline_sim::{
    DEMO_APP_KEY, DEMO_RECORD_ID, DEMO_TRANSCRIPTION_APP_ID, Endpoint, Fault, FaultPlan, SimOptions, Simulator,
};

/// Host and bytes of a good request.
fn good(simulator: &Simulator, endpoint: Endpoint) -> (String, Vec<u8>) {
    let api = authority(simulator).to_owned();
    let recording = |target: &str| {
        let headers = [("Authorization", &*bearer()), ("Content-Type", "application/json")];
        request("GET", target, &headers, b"")
    };
    let bytes = match endpoint {
        Endpoint::Chat => chat_bytes(),
        Endpoint::Tts => {
            let mut fields = crate::common::valid();
            fields.insert("needTTS".to_owned(), "true".into());
            let url = crate::common::chat(simulator, &fields)["audioURL"].as_str().unwrap().to_owned();
            request("GET", url.strip_prefix(simulator.base_url()).unwrap(), &[], b"")
        }
        Endpoint::Authorize => {
            request("GET", &format!("/httpapi/authorize.do?appkey={DEMO_APP_KEY}&userid=u&authcode=c"), &[], b"")
        }
        Endpoint::Recording => recording(&locate_target(DEMO_RECORD_ID)),
        Endpoint::Batch => recording(&batch_target(&[DEMO_RECORD_ID.to_owned()])),
        Endpoint::Token => recording("/agent-api/token"),
        Endpoint::Download => {
            let url = demo_url(simulator);
            return (url[..url.find('/').unwrap()].to_owned(), fetch_bytes(&url, &[]));
        }
        Endpoint::Submit => submit_bytes(&submission("a")),
        Endpoint::Query => {
            let id = accepted(simulator, &submission("b"));
            let auth = authorization("GET", QUERY, &format!("requestId={id}"));
            let headers = [
                ("Content-Type", "application/json"),
                ("X-APP-ID", DEMO_TRANSCRIPTION_APP_ID),
                ("Authorization", auth.as_str()),
            ];
            request("GET", &format!("{QUERY}?requestId={id}"), &headers, b"")
        }
        other => panic!("{other:?} is not asked"),
    };
    (api, bytes)
}

const FAULTS: [Fault; 13] = [
    Fault::Http { status: 500, retry_after_s: None },
    Fault::Http { status: 429, retry_after_s: Some(3) },
    Fault::Drop,
    Fault::Reset,
    Fault::Truncate { keep_bytes: Some(1) },
    Fault::Truncate { keep_bytes: None },
    Fault::Garbage,
    Fault::Html,
    Fault::VendorStatus(-7),
    Fault::ExpireTokens,
    Fault::WrongType,
    Fault::UnknownFields,
    Fault::Slow { bytes: 50_000, every_ms: 0 },
];

/// Whether that is what this fault looks like from outside.
fn strikes(fault: Fault, endpoint: Endpoint, (bytes, end): &(Vec<u8>, End), fine: &Response) -> bool {
    if matches!(fault, Fault::Drop | Fault::Reset) {
        let expected = if fault == Fault::Reset { End::Reset } else { End::Closed };
        return bytes.is_empty() && *end == expected;
    }
    let response = Response::parse(bytes);
    let json = || serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let stated: usize = response.header("content-length").unwrap().parse().unwrap();
    let (kind, fine_kind) = (response.header("content-type"), fine.header("content-type"));
    match fault {
        Fault::Http { status, retry_after_s } => {
            let retry_after = response.header("retry-after").map(|seconds| seconds.parse().unwrap());
            response.status == status && retry_after == retry_after_s
        }
        Fault::Truncate { keep_bytes } => response.body.len() == keep_bytes.unwrap_or(stated / 2),
        Fault::Garbage => response.status == 200 && std::str::from_utf8(&response.body).is_err(),
        Fault::Html => kind == Some("text/html;charset=UTF-8") && response.body.starts_with(b"<!DOCTYPE"),
        Fault::VendorStatus(code) => {
            let value = json();
            let found = value.get("code").or_else(|| value.get("status")).unwrap();
            found == code || found == &code.to_string()
        }
        Fault::ExpireTokens => match endpoint {
            Endpoint::Chat => json()["status"] == 122,
            Endpoint::Tts | Endpoint::Authorize => response.status == 200,
            Endpoint::Download => response.status == 403,
            _ => response.status == 401,
        },
        Fault::WrongType => kind != fine_kind && response.body.len() == fine.body.len(),
        Fault::UnknownFields => json()["simUnknown"].is_object() && fine.json().get("simUnknown").is_none(),
        Fault::Slow { .. } => response.body.len() == fine.body.len() && kind == fine_kind,
        other => panic!("{other:?} is not in the table"),
    }
}

#[test]
fn every_fault_strikes_every_endpoint_it_fits() {
    let mut struck = 0;
    for &endpoint in Endpoint::ALL.iter().filter(|endpoint| **endpoint != Endpoint::Push) {
        for fault in FAULTS.into_iter().filter(|fault| fault.fits(endpoint)) {
            let simulator = start(SimOptions::default());
            let send = |(host, bytes): &(String, Vec<u8>)| send_to(host, bytes);
            let fine = send(&good(&simulator, endpoint));
            let fine = Response::parse(&fine.0);
            assert!(fine.status == 200 && fine.body.len() > 2, "{endpoint:?}");
            let request = good(&simulator, endpoint);
            let plan = FaultPlan::parse(&format!("{}:{fault}", endpoint.as_str())).unwrap();
            simulator.set_faults(&plan);
            let answer = send(&request);
            assert!(strikes(fault, endpoint, &answer, &fine), "{endpoint:?} {fault}: {answer:?}");
            struck += 1;
            if fault == Fault::ExpireTokens {
                simulator.accept_token(voxline_core::Secret::new(voxline_sim::DEMO_TOKEN));
            }
            let after = Response::parse(&send(&good(&simulator, endpoint)).0);
            assert_eq!(after.status, 200, "{endpoint:?} {fault}");
            let seen = simulator.log().requests.into_iter().filter(|seen| seen.fault.is_some());
            assert_eq!(seen.map(|seen| (seen.endpoint, seen.fault)).collect::<Vec<_>>(), [(endpoint, Some(fault))]);
        }
    }
    // Nine endpoints, two of them without JSON.
    assert_eq!(struck, 9 * FAULTS.len() - 2);
}

#[test]
fn lots_are_drawn_for_each_endpoint_on_its_own_and_the_seed_decides() {
    let run = |seed: u64, noise: usize| -> Vec<u16> {
        let mut options = SimOptions::default();
        options.faults =
            FaultPlan::parse(&format!("chance=40/{seed},token:http=503,token:http=429,batch:html")).unwrap();
        let simulator = start(options);
        let headers = [("Authorization", &*bearer()), ("Content-Type", "application/json")];
        for _ in 0..noise {
            crate::recording::ask(&simulator, &batch_target(&[DEMO_RECORD_ID.to_owned()]));
        }
        let ask = || crate::common::exchange(&simulator, "GET", "/agent-api/token", &headers, b"").status;
        (0..40).map(|_| ask()).collect()
    };
    let first = run(7, 0);
    assert_eq!(first, run(7, 3));
    assert_ne!(first, run(8, 0));
    assert!(first.contains(&200) && first.contains(&503) && first.contains(&429));
}
