/** @file ledger.hpp
 * Transcribing many recordings, with a ledger that survives crashes: nothing that may have been paid for is sent again.
 */
#ifndef VOXLINE_LEDGER_HPP
#define VOXLINE_LEDGER_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "callback.hpp"
#include "transcription.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** Submissions for a run, or to be entered into a ledger. One thread at a time may add. */
class submissions {
public:
    /** An empty list. */
    [[nodiscard]] static result<submissions> try_create() {
        voxline_submissions *made = nullptr;
        auto outcome = detail::call(voxline_submissions_new, &made);
        return outcome ? result<submissions>(submissions(made)) : outcome.failure();
    }

    /**
     * Adds the recording behind a link that the service can reach. Settings: "req_id", "business_data", "callback_url".
     *
     * Errors: invalid_argument for what the service would refuse; nothing was added then, and the error does not repeat the
     * link, which may be signed.
     */
    result<void> try_add(std::string_view file_link, const settings &settings = {}) {
        const detail::c_text link(file_link);
        if (!link) {
            return detail::c_text::failure("submissions::add");
        }
        return detail::call(voxline_submissions_add, handle_.get(), link.get(), settings.handle()).done();
    }
#if VOXLINE_EXCEPTIONS
    submissions() : submissions(try_create().value()) {}
    submissions &add(std::string_view file_link, const settings &settings = {}) {
        try_add(file_link, settings).value();
        return *this;
    }
#endif

    /** For functions of C; it stays with this object. */
    const voxline_submissions *handle() const noexcept { return handle_.get(); }

private:
    explicit submissions(voxline_submissions *handle) noexcept : handle_(handle) {}

    detail::handle<voxline_submissions, &voxline_submissions_free> handle_;
};

/**
 * What was submitted, in a file that survives crashes: whatever it says is on disk. It may be shared between threads.
 *
 * It holds links and business data as they were given, and no credentials; the file is readable by its owner alone. States are
 * queued, sending, unknown, accepted, done, failed. Errors of all calls: io, malformed_input; not_found for an id that is not
 * there; invalid_state for a step that does not fit its state, and while a run is under way.
 */
class ledger {
public:
    /** Opens a ledger, making the file if it is not there. Errors: unsupported_format if it is something else. */
    [[nodiscard]] static result<ledger> try_open(std::string_view path) {
        const detail::c_text text(path);
        if (!text) {
            return detail::c_text::failure("ledger::open");
        }
        voxline_ledger *made = nullptr;
        auto outcome = detail::call(voxline_ledger_open, text.get(), &made);
        return outcome ? result<ledger>(ledger(made)) : outcome.failure();
    }

    /** How many submissions are in a state. */
    result<std::uint64_t> try_count(std::string_view state) const {
        auto count = detail::read(voxline_ledger_count, handle(), state);
        return count ? result<std::uint64_t>(count->value_or(0)) : count.error();
    }

    /**
     * The submissions in a state, or all, in the order in which they were entered: a list whose entries have "req_id",
     * "state", "attempts", "link" (without its query), and "request_id", "business_data" and "note", which may be null.
     */
    [[nodiscard]] result<json> try_list(std::optional<std::string_view> state = std::nullopt) const {
        const detail::c_text text(state.value_or(""));
        if (!text) {
            return detail::c_text::failure("ledger::list");
        }
        voxline_json *made = nullptr;
        auto outcome = detail::call(voxline_ledger_list, handle(), state ? text.get() : nullptr, &made);
        return outcome ? result<json>(json(made)) : outcome.failure();
    }

    /** The transcript of a submission that is done; nothing for any other. */
    [[nodiscard]] result<std::optional<transcript>> try_transcript_of(std::string_view req_id) const {
        auto made = detail::read(voxline_ledger_result, handle(), req_id);
        if (!made) {
            return made.error();
        }
        return *made ? std::optional<transcript>(transcript(**made)) : std::nullopt;
    }

    /** Puts a submission back that failed or whose outcome is unknown: the next run sends it again, and it may be charged twice. */
    result<void> try_requeue(std::string_view req_id) const { return decide(voxline_ledger_requeue, req_id); }
    /** Gives a submission up; `why` is kept with it. */
    result<void> try_give_up(std::string_view req_id, std::string_view why) const {
        return decide(voxline_ledger_give_up, req_id, why);
    }
    /** Notes that the service took a submission, under the id that it gave: the next run waits for the result. */
    result<void> try_accept(std::string_view req_id, std::string_view request_id) const {
        return decide(voxline_ledger_accept, req_id, request_id);
    }

    /**
     * Writes what the service posted to a callback address into the ledger, and gives whether it said anything new. When it
     * returns, the result is on disk: only then acknowledge it.
     */
    result<bool> try_record_callback(bytes_view body) const {
        auto outcome = detail::call(voxline_ledger_record_callback, handle(), body.data(), body.size());
        return outcome ? result<bool>(outcome.status() == status::ok) : outcome.failure();
    }

#if VOXLINE_EXCEPTIONS
    explicit ledger(std::string_view path) : ledger(try_open(path).value()) {}
    std::uint64_t count(std::string_view state) const { return try_count(state).value(); }
    json list(std::optional<std::string_view> state = std::nullopt) const { return try_list(state).value(); }
    std::optional<transcript> transcript_of(std::string_view req_id) const { return try_transcript_of(req_id).value(); }
    void requeue(std::string_view req_id) const { try_requeue(req_id).value(); }
    void give_up(std::string_view req_id, std::string_view why) const { try_give_up(req_id, why).value(); }
    void accept(std::string_view req_id, std::string_view request_id) const { try_accept(req_id, request_id).value(); }
    bool record_callback(bytes_view body) const { return try_record_callback(body).value(); }
#endif

    /** For functions of C; it stays with this object. */
    const voxline_ledger *handle() const noexcept { return handle_.get(); }

private:
    explicit ledger(voxline_ledger *handle) noexcept : handle_(handle) {}

    template <class F, class... Texts>
    result<void> decide(F function, const Texts &...texts) const {
        return decide_with(function, detail::c_text(texts)...);
    }
    template <class F, class... Texts>
    result<void> decide_with(F function, const Texts &...texts) const {
        if (!(static_cast<bool>(texts) && ...)) {
            return detail::c_text::failure("ledger");
        }
        return detail::call(function, handle(), texts.get()...).done();
    }

    detail::handle<voxline_ledger, &voxline_ledger_free> handle_;
};

/** How one submission of a run ended. Texts hold until the callback returns. */
struct job {
    std::string_view req_id;
    /** "done", "awaiting callback", "running", "not sent", "unknown", "failed". */
    std::string_view outcome;
    /** One line about what went wrong; empty when nothing did. */
    std::string_view error_message;
    /** All of it: "error.status", "error.retry", "error.service_code" … */
    json_view all;

    /** @cond */
    template <class W>
    static constexpr voxline_job_fn called() noexcept {
        return [](void *data, const voxline_json *json) noexcept {
            const auto text = [json](const char *key) { return detail::text_at(json, key); };
            return static_cast<W *>(data)->tell(job{text("req_id"), text("outcome"), text("error.message"), json_view(json)});
        };
    }
    /** @endcond */
};

/**
 * Submits recordings, waits for the results of those that are asked for, and writes every step into the ledger before the next
 * is taken. Gives a list of what `on_job` heard, with "req_id", "outcome" and "error".
 *
 * All submissions are entered before the first is sent. `on_job` takes a `const voxline::job &` and returns nothing or a
 * verdict; it is called in threads of the run, one at a time. When it says cancel, or `cancel` is cancelled, nothing more is
 * sent: a submission that is under way is still answered and recorded, and what was not begun stays queued; that is no error.
 *
 * Settings: "in_flight", "known_links", "stop_after_refusals" and those of transcription_client::try_wait().
 *
 * Errors: the ledger's, which end the run; invalid_state for links that are known or while another run is under way,
 * invalid_argument for settings out of range, before anything is sent. What goes wrong with one submission is in its job.
 */
template <class J = silent>
result<json> try_run(const transcription_client &client, const ledger &ledger, const submissions &submissions,
                     const settings &settings = {}, J &&on_job = {}, const cancel_token *cancel = nullptr) {
    detail::watching<job, detail::guest_of<J>> guest(on_job);
    voxline_json *made = nullptr;
    auto outcome = detail::call(voxline_transcription_run, client.handle(), ledger.handle(), submissions.handle(),
                                settings.handle(), guest.function(), guest.data(), detail::handle_of(cancel), &made);
    json jobs(made);
    guest.rethrow();
    return outcome ? result<json>(std::move(jobs)) : result<json>(outcome.failure());
}

/**
 * Goes on where an earlier run ended, however it ended: sends what surely was not taken, waits for what was, and reports as
 * "unknown", without touching it, what may have been. Otherwise as try_run(), without "known_links".
 */
template <class J = silent>
result<json> try_resume(const transcription_client &client, const ledger &ledger, const settings &settings = {},
                        J &&on_job = {}, const cancel_token *cancel = nullptr) {
    detail::watching<job, detail::guest_of<J>> guest(on_job);
    voxline_json *made = nullptr;
    auto outcome = detail::call(voxline_transcription_resume, client.handle(), ledger.handle(), settings.handle(),
                                guest.function(), guest.data(), detail::handle_of(cancel), &made);
    json jobs(made);
    guest.rethrow();
    return outcome ? result<json>(std::move(jobs)) : result<json>(outcome.failure());
}

/**
 * Enters submissions without sending any: try_resume() does. Gives "new" (a list of req_ids), "known" and "repeated" (how many
 * were left out). Settings: "known_links".
 *
 * Errors: invalid_state for known links that are to be refused, or while a run is under way; invalid_argument for a req_id that
 * is there already. Nothing is entered then.
 */
inline result<json> try_enter(const transcription_client &client, const ledger &ledger, const submissions &submissions,
                              const settings &settings = {}) {
    voxline_json *made = nullptr;
    auto outcome = detail::call(voxline_transcription_enter, client.handle(), ledger.handle(), submissions.handle(),
                                settings.handle(), &made);
    return outcome ? result<json>(json(made)) : outcome.failure();
}

#if VOXLINE_EXCEPTIONS
template <class J = silent>
json run(const transcription_client &client, const ledger &ledger, const submissions &submissions,
         const settings &settings = {}, J &&on_job = {}, const cancel_token *cancel = nullptr) {
    return try_run(client, ledger, submissions, settings, on_job, cancel).value();
}
template <class J = silent>
json resume(const transcription_client &client, const ledger &ledger, const settings &settings = {}, J &&on_job = {},
            const cancel_token *cancel = nullptr) {
    return try_resume(client, ledger, settings, on_job, cancel).value();
}
inline json enter(const transcription_client &client, const ledger &ledger, const submissions &submissions,
                  const settings &settings = {}) {
    return try_enter(client, ledger, submissions, settings).value();
}
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
