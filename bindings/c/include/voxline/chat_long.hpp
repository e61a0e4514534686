/** @file chat_long.hpp
 * Calls that are too long for one request to the voice-chat service: parts go out in order, answers come back with their times.
 */
#ifndef VOXLINE_CHAT_LONG_HPP
#define VOXLINE_CHAT_LONG_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "chat.hpp"
#include "split.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** What happens when the service does not take a part. */
enum class on_failure : std::int32_t {
    /** No more is sent. */
    stop = VOXLINE_ON_FAILURE_STOP,
    /** The next part is sent. */
    go_on = VOXLINE_ON_FAILURE_GO_ON,
};

/** One part of a long recording and what came of it; it must not outlive the chat_long_answer, nor the callback that is told. */
struct chat_part {
    /** Which part; the first is 0. */
    std::uint64_t index = 0;
    /** Where it begins in the recording, in seconds, the overlap included. */
    double start_s = 0;
    double end_s = 0;
    /** How much of its beginning the part before holds too, in seconds. */
    double overlap_s = 0;
    voxline::cut cut = voxline::cut::end;
    /** status::ok when there is an answer, else why there is none. */
    voxline::status status = voxline::status::ok;

    /** The answer. Errors: why there is none, as chat_client::try_send() says it. */
    result<chat_answer_view> try_answer() const {
        const voxline_chat_answer *answer = nullptr;
        auto outcome = detail::call(voxline_chat_part_answer, part_, &answer);
        return outcome ? result<chat_answer_view>(chat_answer_view(answer)) : outcome.failure();
    }
#if VOXLINE_EXCEPTIONS
    chat_answer_view answer() const { return try_answer().value(); }
#endif

    /** @cond */
    chat_part() noexcept = default;
    explicit chat_part(const voxline_chat_part *part) noexcept : part_(part) {
        voxline_chat_part_info c{};
        voxline_chat_part_describe(part, &c, nullptr);
        index = c.index;
        start_s = c.start_s;
        end_s = c.end_s;
        overlap_s = c.overlap_s;
        cut = static_cast<voxline::cut>(c.cut);
        status = static_cast<voxline::status>(c.status);
    }

    template <class W>
    static constexpr voxline_chat_part_fn called() noexcept {
        return [](void *data, const voxline_chat_part *part) noexcept {
            return static_cast<W *>(data)->tell(chat_part(part));
        };
    }
    /** @endcond */

private:
    const voxline_chat_part *part_ = nullptr;
};

namespace detail {

struct fetch_chat_part {
    using value_type = chat_part;
    const voxline_chat_long *answer = nullptr;
    bool operator()(std::size_t index, chat_part &value) const noexcept {
        const voxline_chat_part *part = nullptr;
        if (voxline_chat_long_part(answer, index, &part, nullptr) != VOXLINE_OK) {
            return false;
        }
        value = chat_part(part);
        return true;
    }
};

}  // namespace detail

/** What came of a long recording: the parts that were sent, in order. One that was moved from has none. */
class chat_long_answer {
public:
    /** Takes over what C gave. */
    explicit chat_long_answer(voxline_chat_long *handle) noexcept : handle_(handle) {}

    /** Whether every part of the recording has its answer. */
    bool is_complete() const noexcept { return voxline_chat_long_is_complete(handle_.get()) != 0; }
    /** How many parts were sent. */
    std::size_t count() const noexcept { return voxline_chat_long_count(handle_.get()); }
    /** Every part that was sent: `for (const voxline::chat_part &part : answer.parts())`. */
    detail::sequence<detail::fetch_chat_part> parts() const & {
        return detail::sequence(detail::fetch_chat_part{handle_.get()});
    }
    detail::sequence<detail::fetch_chat_part> parts() const && = delete;
    /** Why the recording was not read to its end: what is wrong with it, or cancelled. */
    std::optional<error_info> fault() const {
        if (fault_) {
            return fault_;
        }
        auto outcome = detail::call(voxline_chat_long_fault, const_handle());
        return outcome ? std::nullopt : std::optional<error_info>(outcome.failure());
    }
    /** What was found in the recording; nothing when it was not read to its end. The view must not outlive this object. */
    std::optional<report_view> report() const & noexcept {
        const voxline_report *report = nullptr;
        voxline_chat_long_report(handle_.get(), &report, nullptr);
        return report == nullptr ? std::nullopt : std::optional<report_view>(report_view(report));
    }
    std::optional<report_view> report() const && = delete;

    /**
     * Sends a part that failed once more, by itself; `false` when there is no such part. After outcome_unknown the service
     * may have answered, and been paid for, already.
     *
     * Errors: those of chat_client::try_send(), which leave the part as it was; invalid_state for one that has its answer.
     */
    result<bool> try_resend(std::size_t index, const chat_client &client, const cancel_token *cancel = nullptr) {
        auto outcome =
            detail::call(voxline_chat_long_resend, handle_.get(), index, client.handle(), detail::handle_of(cancel));
        return outcome ? result<bool>(outcome.status() == status::ok) : outcome.failure();
    }
#if VOXLINE_EXCEPTIONS
    bool resend(std::size_t index, const chat_client &client, const cancel_token *cancel = nullptr) {
        return try_resend(index, client, cancel).value();
    }
#endif

    /** @cond */
    /* What a reader of C++ said; C saw only that there was something. */
    void fault_is(error_info fault) { fault_ = std::move(fault); }
    /** @endcond */

private:
    const voxline_chat_long *const_handle() const noexcept { return handle_.get(); }

    detail::handle<voxline_chat_long, &voxline_chat_long_free> handle_;
    std::optional<error_info> fault_;
};

/** What is said of a call of chat_long_…, beside the client, the recording and its options. */
struct chat_long_how {
    /** What happens when the service does not take a part. */
    voxline::on_failure on_failure = voxline::on_failure::stop;
    /** Cancels; may be nullptr. */
    const cancel_token *cancel = nullptr;
};

namespace detail {

/** `first` are the arguments for the source. */
template <class E, class F, class... First>
result<chat_long_answer> chat_long(const chat_client &client, const options &options, const settings &settings,
                                   const chat_long_how &how, E &each, F function, First... first) {
    watching<chat_part, E> guest(each);
    voxline_chat_long *made = nullptr;
    auto outcome = call(function, client.handle(), first..., options.handle(), settings.handle(),
                        static_cast<std::int32_t>(how.on_failure), guest.function(), guest.data(), handle_of(how.cancel),
                        &made);
    chat_long_answer answer(made);
    guest.rethrow();
    return outcome ? result<chat_long_answer>(std::move(answer)) : result<chat_long_answer>(outcome.failure());
}

}  // namespace detail

/**
 * Sends a file of any length in parts, in order, and gathers the answers. `options` say how it is prepared and split, best one
 * of the profiles chat-…; `settings` are those of chat_client::try_send(), for each part. `each` hears of every part as soon
 * as there is an answer to it, or none: it takes a `const voxline::chat_part &` and returns nothing, or a verdict to send no
 * more. No part is sent twice on its own once the service may have acted on it.
 *
 * Errors: invalid_argument for options and settings that are not valid and io from opening, before anything is sent. Whatever
 * goes wrong later is told in the result, so that no answer is lost; but what `each` throws is thrown, and the answers are gone.
 */
template <class E = silent>
result<chat_long_answer> try_chat_long_path(const chat_client &client, std::string_view path, const options &options,
                                            const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    const detail::c_text text(path);
    if (!text) {
        return detail::c_text::failure("chat_long_path");
    }
    return detail::chat_long(client, options, settings, how, each, voxline_chat_long_path, text.get());
}

/** The same for the content of a file that is in memory. */
template <class E = silent>
result<chat_long_answer> try_chat_long_bytes(const chat_client &client, bytes_view data, const options &options,
                                             const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    return detail::chat_long(client, options, settings, how, each, voxline_chat_long_bytes, data.data(), data.size());
}

/** The same for what a reader gives. What it throws is thrown; the error that it returns is the fault. */
template <class R, class E = silent, class = std::enable_if_t<!std::is_base_of_v<std::istream, detail::guest_of<R>>>>
result<chat_long_answer> try_chat_long_reader(const chat_client &client, R &&reader, const options &options,
                                              const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    detail::reader_guest<detail::guest_of<R>> guest(reader);
    auto answer = detail::chat_long(client, options, settings, how, each, voxline_chat_long_reader, guest.function(),
                                    guest.data());
    guest.rethrow();
    if (answer && guest.failure()) {
        answer->fault_is(*guest.failure());
    }
    return answer;
}

/** The same for what a stream gives; it was opened in binary mode. */
template <class E = silent>
result<chat_long_answer> try_chat_long_reader(const chat_client &client, std::istream &stream, const options &options,
                                              const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    return try_chat_long_reader(client, istream_reader(stream), options, settings, how, each);
}

#if VOXLINE_EXCEPTIONS
template <class E = silent>
chat_long_answer chat_long_path(const chat_client &client, std::string_view path, const options &options,
                                const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    return try_chat_long_path(client, path, options, settings, how, each).value();
}
template <class E = silent>
chat_long_answer chat_long_bytes(const chat_client &client, bytes_view data, const options &options,
                                 const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    return try_chat_long_bytes(client, data, options, settings, how, each).value();
}
template <class R, class E = silent>
chat_long_answer chat_long_reader(const chat_client &client, R &&reader, const options &options,
                                  const settings &settings = {}, const chat_long_how &how = {}, E &&each = {}) {
    return try_chat_long_reader(client, reader, options, settings, how, each).value();
}
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
