/** @file preparer.hpp
 * Converting while input arrives: push, pull, finish.
 */
#ifndef VOXLINE_PREPARER_HPP
#define VOXLINE_PREPARER_HPP

#include <cstdint>
#include <iterator>
#include <optional>

#include "call.hpp"
#include "options.hpp"
#include "report.hpp"
#include "span.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** What a pull came to. */
enum class flow : std::int32_t {
    /** There is something, and there may be more. */
    ready = VOXLINE_OK,
    /** There will be nothing more. */
    end = VOXLINE_END,
    /** Nothing is ready until more input is pushed. */
    need_more = VOXLINE_NEED_MORE,
};

/** The part of a buffer that a pull has filled; it is empty unless `news` is flow::ready. */
template <class T>
struct pulled {
    span<T> values;
    flow news = flow::need_more;
    /** Whether there is something. */
    explicit operator bool() const noexcept { return news == flow::ready; }
};

class preparer;

namespace detail {

/** One pull after the other into one buffer, as a range for one loop. */
template <class T, bool Throws>
class pulls {
public:
    using iterator = step_iterator<pulls, span<const T>>;

    pulls(preparer &from, span<T> buffer, std::size_t output) noexcept : from_(&from), buffer_(buffer), output_(output) {}

    iterator begin() { return next() ? iterator(this) : iterator(); }
    iterator end() const noexcept { return iterator(); }

    /** After the loop: whether more can come. */
    flow news() const noexcept { return news_; }
    /** After the loop: what ended it, when that was an error. */
    const std::optional<error_info> &failure() const noexcept { return failure_; }

private:
    friend iterator;

    const span<const T> &now() const noexcept { return filled_; }
    inline bool next();

    preparer *from_;
    span<T> buffer_;
    std::size_t output_;
    span<const T> filled_;
    flow news_ = flow::need_more;
    std::optional<error_info> failure_;
};

}  // namespace detail

/**
 * Converts audio while it arrives. One thread at a time may use it.
 *
 * Push input in pieces of any size and take what is ready after each push; finish, and take the rest. The same input gives
 * the same output however it is cut. Memory stays bounded when what is ready is taken; WAV as base64 is held back to the end,
 * because its header states a length. One that was moved from answers with status::null_pointer.
 */
class preparer {
public:
    /** A preparer for one input. Errors: invalid_argument when the options are not valid. */
    [[nodiscard]] static result<preparer> try_create(const options &options = {}) {
        voxline_preparer *made = nullptr;
        auto outcome = detail::call(voxline_preparer_new, options.handle(), &made);
        return outcome ? result<preparer>(preparer(made)) : outcome.failure();
    }

    /**
     * Takes the next bytes of the input.
     *
     * Errors: what is wrong with the input (unsupported_format, malformed_input and, under input.strict, truncated_input),
     * limit_exceeded, and invalid_state after finish or an error. What was ready before the error can still be pulled.
     */
    result<void> try_push(bytes_view data) {
        return detail::call(voxline_preparer_push, handle_.get(), data.data(), data.size()).done();
    }

    /** Ends the input: what is left can then be pulled. Errors: those of try_push(). */
    result<report> try_finish() {
        voxline_report *made = nullptr;
        auto outcome = detail::call(voxline_preparer_finish, handle_.get(), &made);
        return outcome ? result<report>(report(made)) : outcome.failure();
    }

    /** How many outputs there are: 1, or the channels when target.channels is split; nothing until that is known. */
    result<std::optional<std::size_t>> try_outputs() const {
        std::size_t count = 0;
        auto outcome = detail::call(voxline_preparer_outputs, static_cast<const voxline_preparer *>(handle_.get()), &count);
        if (!outcome) {
            return outcome.failure();
        }
        return outcome.status() == status::ok ? std::optional<std::size_t>(count) : std::nullopt;
    }

    /**
     * Fills `buffer` with bytes of one output (from 0) that are ready, as target.encoding and target.base64 say.
     *
     * WAV starts with a header whose sizes are 0xFFFFFFFF: put the one of wav_header() over it at the end where the output
     * can be rewritten.
     *
     * Errors: invalid_argument for an output that does not exist, buffer_too_small for an empty buffer, and those of
     * try_push(), because input that did not fit is decoded here.
     */
    result<pulled<std::uint8_t>> try_pull(span<std::uint8_t> buffer, std::size_t output = 0) {
        return pull_into(voxline_preparer_pull, buffer, output);
    }
    /** The same as samples, interleaved, whole frames only. Use only one of the two on one output. */
    result<pulled<std::int16_t>> try_pull(span<std::int16_t> buffer, std::size_t output = 0) {
        return pull_into(voxline_preparer_pull_s16, buffer, output);
    }

    /**
     * Everything that is ready, one bufferful at a time:
     * `for (voxline::bytes_view bytes : preparer.chunks(buffer)) write(bytes);`
     *
     * Each chunk lies in `buffer` until the next step. try_chunks() ends its loop at an error and tells failure() then.
     */
    template <class B>
    auto try_chunks(B &buffer, std::size_t output = 0) noexcept {
        return detail::pulls<value_of<B>, false>(*this, span<value_of<B>>(buffer), output);
    }

    /** Room enough for wav_header(). */
    static constexpr std::size_t wav_header_bytes = 68;

    /**
     * Writes the final WAV header of each output into `buffer` and gives the part that it fills; nothing before finish, or
     * when the target is not WAV or is base64. Errors: buffer_too_small; limit_exceeded past 4 GiB.
     */
    result<bytes_view> try_wav_header(span<std::uint8_t> buffer) const {
        std::size_t size = 0;
        auto outcome = detail::call(voxline_preparer_wav_header, static_cast<const voxline_preparer *>(handle_.get()),
                                    buffer.data(), buffer.size(), &size);
        return outcome ? result<bytes_view>(buffer.first(size)) : outcome.failure();
    }

#if VOXLINE_EXCEPTIONS
    explicit preparer(const options &options = {}) : preparer(try_create(options).value()) {}
    void push(bytes_view data) { try_push(data).value(); }
    report finish() { return try_finish().value(); }
    std::optional<std::size_t> outputs() const { return try_outputs().value(); }
    pulled<std::uint8_t> pull(span<std::uint8_t> buffer, std::size_t output = 0) { return try_pull(buffer, output).value(); }
    pulled<std::int16_t> pull(span<std::int16_t> buffer, std::size_t output = 0) { return try_pull(buffer, output).value(); }
    template <class B>
    auto chunks(B &buffer, std::size_t output = 0) noexcept {
        return detail::pulls<value_of<B>, true>(*this, span<value_of<B>>(buffer), output);
    }
    bytes_view wav_header(span<std::uint8_t> buffer) const { return try_wav_header(buffer).value(); }
#endif

private:
    template <class B>
    using value_of = std::remove_pointer_t<decltype(std::data(std::declval<B &>()))>;

    explicit preparer(voxline_preparer *handle) noexcept : handle_(handle) {}

    template <class T, class F>
    result<pulled<T>> pull_into(F function, span<T> buffer, std::size_t output) {
        std::size_t count = 0;
        auto outcome = detail::call(function, handle_.get(), output, buffer.data(), buffer.size(), &count);
        if (!outcome) {
            return outcome.failure();
        }
        return pulled<T>{buffer.first(count), static_cast<flow>(outcome.status())};
    }

    detail::handle<voxline_preparer, &voxline_preparer_free> handle_;
};

template <class T, bool Throws>
bool detail::pulls<T, Throws>::next() {
    auto got = from_->try_pull(buffer_, output_);
    if (!got) {
        news_ = flow::end;
        failure_ = got.error();
        if constexpr (Throws) {
            raise(got.error());
        }
        return false;
    }
    news_ = got->news;
    filled_ = got->values;
    return news_ == flow::ready;
}

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
