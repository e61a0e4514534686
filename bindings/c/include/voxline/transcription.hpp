/** @file transcription.hpp
 * The transcription service: a link goes in, a transcript comes out later. Runs over many recordings: ledger.hpp.
 */
#ifndef VOXLINE_TRANSCRIPTION_HPP
#define VOXLINE_TRANSCRIPTION_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "options.hpp"
#include "settings.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** Something that was said. The text lives as long as the transcript. */
struct sentence {
    std::string_view text;
    /** From when, from the beginning of the recording; nothing if that is not said. */
    std::optional<std::chrono::milliseconds> start;
    std::optional<std::chrono::milliseconds> end;
    /** On which channel of the recording, counted as the service counts. */
    std::optional<std::uint32_t> channel;
};

namespace detail {

struct fetch_sentence {
    using value_type = sentence;
    const voxline_transcript *transcript = nullptr;
    bool operator()(std::size_t index, sentence &value) const noexcept {
        voxline_sentence c{};
        if (voxline_transcript_sentence(transcript, index, &c, nullptr) != VOXLINE_OK) {
            return false;
        }
        const auto time = [](std::int64_t ms) {
            return ms < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(ms);
        };
        value = {c.text, time(c.start_ms), time(c.end_ms), std::nullopt};
        if (c.channel >= 0) {
            value.channel = static_cast<std::uint32_t>(c.channel);
        }
        return true;
    }
};

}  // namespace detail

/** What was said in a recording. It is never changed: threads may read it together. Texts live as long as this object. */
class transcript {
public:
    /** Takes over what C gave. */
    explicit transcript(voxline_transcript *handle) noexcept : handle_(handle) {}

    /** The whole text: as the service gives it, else the sentences line by line; empty if none was found. */
    std::string_view text() const & noexcept { return voxline_transcript_text(handle_.get()); }
    std::string_view text() const && = delete;
    /** The sentences in the order of the answer: `for (const voxline::sentence &sentence : transcript.sentences())`. */
    detail::sequence<detail::fetch_sentence> sentences() const & {
        return detail::sequence(detail::fetch_sentence{handle_.get()});
    }
    detail::sequence<detail::fetch_sentence> sentences() const && = delete;
    /** How many sentences were found. */
    std::size_t sentence_count() const noexcept { return voxline_transcript_sentence_count(handle_.get()); }
    /** The whole answer of the service as it came, JSON. */
    std::string_view raw() const & noexcept { return voxline_transcript_raw(handle_.get()); }
    std::string_view raw() const && = delete;
    /** The part of the answer that is the transcript, JSON. */
    std::string_view payload() const & noexcept { return voxline_transcript_payload(handle_.get()); }
    std::string_view payload() const && = delete;

private:
    detail::handle<voxline_transcript, &voxline_transcript_free> handle_;
};

/** A submission that the service took. */
struct accepted {
    /** By this the result is asked for. */
    std::string request_id;
    /** The submission's own id. */
    std::string req_id;
};

/**
 * Talks to the transcription service. It may be shared between threads and is best kept: connections are used again.
 *
 * A submission costs money: it is repeated only when the service surely did not take it. `cancel` may be nullptr.
 */
class transcription_client {
public:
    /**
     * A client; nothing is sent yet. Settings: "app_id" and "app_key", or "authorization"; and what setting_names() lists for a
     * transcription client. Of the options http.* matters. Errors: invalid_argument.
     */
    [[nodiscard]] static result<transcription_client> try_create(const settings &settings, const options &options = {}) {
        voxline_transcription_client *made = nullptr;
        auto outcome = detail::call(voxline_transcription_client_new, settings.handle(), options.handle(), &made);
        return outcome ? result<transcription_client>(transcription_client(made)) : outcome.failure();
    }

    /**
     * Submits the recording behind a link that the service can reach. Settings: "req_id", "business_data", "callback_url".
     *
     * Errors: invalid_argument before anything is sent; connect when the service was not reached; outcome_unknown, or
     * retry::unknown in the error, when it may have taken the submission: the req_id to ask the vendor about is
     * error_info::request_id(); unauthenticated, permission_denied, not_found, rate_limited, timeout and service for what it
     * said; cancelled if it surely did not take it.
     */
    [[nodiscard]] result<accepted> try_submit(std::string_view file_link, const settings &settings = {},
                                              const cancel_token *cancel = nullptr) const {
        const detail::c_text link(file_link);
        if (!link) {
            return detail::c_text::failure("transcription_client::submit");
        }
        voxline_json *made = nullptr;
        auto outcome = detail::call(voxline_transcription_submit, handle(), link.get(), settings.handle(),
                                    detail::handle_of(cancel), &made);
        const json owned(made);
        if (!outcome) {
            return outcome.failure();
        }
        return accepted{std::string(detail::text_at(made, "request_id")), std::string(detail::text_at(made, "req_id"))};
    }

    /**
     * Asks once what became of a submission; nothing while it is not done, or the service cannot say yet.
     *
     * Errors: service with the service's code when the recording could not be transcribed; what the service or the connection
     * said; cancelled.
     */
    [[nodiscard]] result<std::optional<transcript>> try_query(std::string_view request_id,
                                                              const cancel_token *cancel = nullptr) const {
        const detail::c_text id(request_id);
        if (!id) {
            return detail::c_text::failure("transcription_client::query");
        }
        voxline_transcript *made = nullptr;
        auto outcome = detail::call(voxline_transcription_query, handle(), id.get(), detail::handle_of(cancel), &made);
        if (!outcome) {
            return outcome.failure();
        }
        return outcome.status() == status::ok ? std::optional<transcript>(transcript(made)) : std::nullopt;
    }

    /**
     * Asks for a result until it is there. Settings: "interval_ms", "growth", "max_interval_ms", "deadline_ms",
     * "not_available_grace_ms". A question that fails for a passing reason counts as "not yet".
     *
     * Errors: timeout at the deadline (the work goes on and may be asked for again); service when the recording could not be
     * transcribed; not_found when the service still does not know the id after the time of grace; cancelled; what is wrong for
     * good, such as unauthenticated.
     */
    [[nodiscard]] result<transcript> try_wait(std::string_view request_id, const settings &settings = {},
                                              const cancel_token *cancel = nullptr) const {
        const detail::c_text id(request_id);
        if (!id) {
            return detail::c_text::failure("transcription_client::wait");
        }
        voxline_transcript *made = nullptr;
        auto outcome = detail::call(voxline_transcription_wait, handle(), id.get(), settings.handle(),
                                    detail::handle_of(cancel), &made);
        return outcome ? result<transcript>(transcript(made)) : outcome.failure();
    }

#if VOXLINE_EXCEPTIONS
    explicit transcription_client(const settings &settings, const options &options = {})
        : transcription_client(try_create(settings, options).value()) {}
    accepted submit(std::string_view file_link, const settings &settings = {}, const cancel_token *cancel = nullptr) const {
        return try_submit(file_link, settings, cancel).value();
    }
    std::optional<transcript> query(std::string_view request_id, const cancel_token *cancel = nullptr) const {
        return try_query(request_id, cancel).value();
    }
    transcript wait(std::string_view request_id, const settings &settings = {},
                    const cancel_token *cancel = nullptr) const {
        return try_wait(request_id, settings, cancel).value();
    }
#endif

    /** For functions of C; it stays with this object. */
    const voxline_transcription_client *handle() const noexcept { return handle_.get(); }

private:
    explicit transcription_client(voxline_transcription_client *handle) noexcept : handle_(handle) {}

    detail::handle<voxline_transcription_client, &voxline_transcription_client_free> handle_;
};

/** What the service posts to a callback address. */
struct callback {
    /** "request_id", "req_id", "business_data", "state" (done, pending, failed), and for failed "code" and "message". */
    json content;
    /** What was said, when the state is done. */
    std::optional<voxline::transcript> transcript;
};

/**
 * Reads what the service posts to a callback address. It may come more than once, and nothing proves where it comes from:
 * ledger::try_record_callback() compares its ids. Errors: malformed_input; nothing of it is repeated in the error.
 */
inline result<callback> try_parse_callback(bytes_view body) {
    voxline_json *content = nullptr;
    voxline_transcript *said = nullptr;
    auto outcome = detail::call(voxline_transcription_parse_callback, body.data(), body.size(), &content, &said);
    if (!outcome) {
        return outcome.failure();
    }
    callback read{json(content), std::nullopt};
    if (said != nullptr) {
        read.transcript.emplace(said);
    }
    return read;
}
#if VOXLINE_EXCEPTIONS
inline callback parse_callback(bytes_view body) { return try_parse_callback(body).value(); }
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
