/** @file split.hpp
 * Long recordings in parts that a service takes: in one call, and while they arrive.
 *
 * Each part obeys limits.max_output_bytes, limits.max_base64_bytes and split.max_duration_s as it is after encoding, and ends
 * in a pause if there is one in the allowed window. Without the frames that split.overlap_ms repeats, the parts joined are the
 * whole to the sample.
 */
#ifndef VOXLINE_SPLIT_HPP
#define VOXLINE_SPLIT_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "prepare.hpp"
#include "preparer.hpp"
#include "settings.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** What a part ends in. */
enum class cut : std::int32_t {
    /** The end of the recording. */
    end = VOXLINE_CUT_END,
    /** A pause of at least split.min_pause_ms. */
    pause = VOXLINE_CUT_PAUSE,
    /** A shorter pause: there was no better place. */
    short_pause = VOXLINE_CUT_SHORT_PAUSE,
    /** Speech: there was no pause at all. */
    speech = VOXLINE_CUT_SPEECH,
};

/** Where a part lies. Frames are those of the recording as prepared, counted from its start. */
struct part_info {
    /** Which part; the first is 0. */
    std::uint64_t index = 0;
    /** Where it begins, the repeated frames included. */
    std::uint64_t start_frame = 0;
    /** Its frames, the repeated ones included. */
    std::uint64_t frames = 0;
    /** How many of its first frames the part before holds too. */
    std::uint64_t overlap_frames = 0;
    std::uint32_t sample_rate_hz = 0;
    /** Channels of one output. */
    std::uint32_t channel_count = 0;
    voxline::cut cut = voxline::cut::end;
    /** More than 1 only when channels are split. */
    std::uint32_t outputs = 0;

    /** The frame behind the last one. */
    std::uint64_t end_frame() const noexcept { return start_frame + frames; }
    double start_s() const noexcept { return seconds(start_frame); }
    double end_s() const noexcept { return seconds(end_frame()); }

private:
    double seconds(std::uint64_t frame) const noexcept {
        return sample_rate_hz == 0 ? 0 : static_cast<double>(frame) / sample_rate_hz;
    }
};

namespace detail {

using fetch_part_output = fetch_bytes<voxline_part, &voxline_part_output>;

}  // namespace detail

/** Looks into a part without owning it; it must not outlive the part. What a callback is told lives until it returns. */
class part_view {
public:
    explicit part_view(const voxline_part *part) noexcept : part_(part) {}

    /** Where it lies. */
    part_info info() const noexcept {
        voxline_part_info c{};
        voxline_part_describe(part_, &c, nullptr);
        part_info info;
        info.index = c.index;
        info.start_frame = c.start_frame;
        info.frames = c.frames;
        info.overlap_frames = c.overlap_frames;
        info.sample_rate_hz = c.sample_rate_hz;
        info.channel_count = c.channel_count;
        info.cut = static_cast<voxline::cut>(c.cut);
        info.outputs = c.outputs;
        return info;
    }

    /** The bytes of one output, from 0, as target.encoding and target.base64 say; nothing when there is no such output. */
    bytes_view output(std::size_t index = 0) const noexcept {
        return detail::fetch_part_output{part_}.at(index);
    }
    /** Every output. */
    detail::sequence<detail::fetch_part_output> outputs() const {
        return detail::sequence(detail::fetch_part_output{part_});
    }
    /** An output as text, for what is base64. */
    std::string_view text(std::size_t index = 0) const noexcept {
        return detail::text_of_bytes(output(index));
    }
    /** All that is known of it by name: "start_s", "cut", "encoding" … */
    json_view json() const noexcept {
        const voxline_json *json = nullptr;
        voxline_part_json(part_, &json, nullptr);
        return json_view(json);
    }

    /** For functions of C. */
    const voxline_part *handle() const noexcept { return part_; }

    /** @cond */
    template <class W>
    static constexpr voxline_part_fn called() noexcept {
        return [](void *data, const voxline_part *part) noexcept {
            return static_cast<W *>(data)->tell(part_view(part));
        };
    }
    /** @endcond */

private:
    const voxline_part *part_;
};

/** A part of one's own. It is never changed: threads may read it together. */
class part {
public:
    /** Takes over what C gave. */
    explicit part(voxline_part *handle) noexcept : handle_(handle) {}

    /** Looks into it; the view must not outlive this object. */
    part_view view() const & noexcept { return part_view(handle_.get()); }
    part_view view() const && = delete;

    /** What part_view has: `part->info().frames`. */
    auto operator->() const & noexcept {
        struct arrow {
            part_view view;
            const part_view *operator->() const noexcept { return &view; }
        };
        return arrow{part_view(handle_.get())};
    }
    void operator->() const && = delete;

private:
    detail::handle<voxline_part, &voxline_part_free> handle_;
};

namespace detail {

/** Calls a function that ends with the callback for parts, progress, report and error; `first` are its arguments before. */
template <class E, class P, class F, class... First>
result<report> split(E &each, P &progress, F function, First... first) {
    watching<part_view, E> parts(each);
    watching<voxline::progress, P> watched(progress);
    voxline_report *handle = nullptr;
    auto outcome = call(function, first..., parts.function(), parts.data(), watched.function(), watched.data(), &handle);
    report whole(handle);
    parts.rethrow();
    watched.rethrow();
    return outcome ? result<report>(std::move(whole)) : result<report>(outcome.failure());
}

}  // namespace detail

/**
 * Prepares a file and cuts it into parts; `each` is told of every part as soon as it is made: it takes a
 * `const voxline::part_view &` and returns nothing, or a verdict to be able to cancel. The report is about the whole.
 *
 * Errors: those of try_prepare_path(); limit_exceeded when not a single frame fits into a part, invalid_argument for an overlap
 * above a quarter of the longest part.
 */
template <class E, class P = silent>
result<report> try_split_path(std::string_view path, E &&each, const options &options = {}, P &&progress = {}) {
    const detail::c_text text(path);
    if (!text) {
        return detail::c_text::failure("split_path");
    }
    return detail::split<detail::guest_of<E>>(each, progress, voxline_split_path, text.get(), options.handle());
}

/** The same for the content of a file that is in memory. */
template <class E, class P = silent>
result<report> try_split_bytes(bytes_view data, E &&each, const options &options = {}, P &&progress = {}) {
    return detail::split<detail::guest_of<E>>(each, progress, voxline_split_bytes, data.data(), data.size(),
                                              options.handle());
}

/** The same for what a reader gives. */
template <class R, class E, class P = silent,
          class = std::enable_if_t<!std::is_base_of_v<std::istream, detail::guest_of<R>>>>
result<report> try_split_reader(R &&reader, E &&each, const options &options = {}, P &&progress = {}) {
    detail::reader_guest<detail::guest_of<R>> guest(reader);
    auto whole = detail::split<detail::guest_of<E>>(each, progress, voxline_split_reader, guest.function(), guest.data(),
                                                    options.handle());
    guest.rethrow();
    if (guest.failure()) {
        return *guest.failure();
    }
    return whole;
}

/** The same for what a stream gives; it was opened in binary mode. */
template <class E, class P = silent>
result<report> try_split_reader(std::istream &stream, E &&each, const options &options = {}, P &&progress = {}) {
    return try_split_reader(istream_reader(stream), each, options, progress);
}

#if VOXLINE_EXCEPTIONS
template <class E, class P = silent>
report split_path(std::string_view path, E &&each, const options &options = {}, P &&progress = {}) {
    return try_split_path(path, each, options, progress).value();
}
template <class E, class P = silent>
report split_bytes(bytes_view data, E &&each, const options &options = {}, P &&progress = {}) {
    return try_split_bytes(data, each, options, progress).value();
}
template <class R, class E, class P = silent>
report split_reader(R &&reader, E &&each, const options &options = {}, P &&progress = {}) {
    return try_split_reader(reader, each, options, progress).value();
}
#endif

/** What a pull of a splitter came to: a part, or why there is none. */
struct pulled_part {
    std::optional<part> value;
    flow news = flow::need_more;
    /** Whether there is a part. */
    explicit operator bool() const noexcept { return value.has_value(); }
};

class splitter;

namespace detail {

/** One part after the other, as a range for one loop. */
template <bool Throws>
class ready_parts {
public:
    using iterator = step_iterator<ready_parts, part>;

    explicit ready_parts(splitter &from) noexcept : from_(&from) {}

    iterator begin() { return next() ? iterator(this) : iterator(); }
    iterator end() const noexcept { return iterator(); }

    /** After the loop: whether more can come. */
    flow news() const noexcept { return news_; }
    /** After the loop: what ended it, when that was an error. */
    const std::optional<error_info> &failure() const noexcept { return failure_; }

private:
    friend iterator;

    const part &now() const noexcept { return *now_; }
    inline bool next();

    splitter *from_;
    std::optional<part> now_;
    flow news_ = flow::need_more;
    std::optional<error_info> failure_;
};

}  // namespace detail

/**
 * Splits a recording while it arrives. One thread at a time may use it.
 *
 * Push input in pieces of any size and take the parts that are ready after each push; end the input, take the rest, and finish.
 * The same input gives the same parts however it is cut, and the first part is there before the input ends. What is held is
 * the samples of one part and about a second more; without any limit there is only one part. One that was moved from answers
 * with status::null_pointer.
 */
class splitter {
public:
    /** A splitter for one input. Errors: invalid_argument when the options are not valid. */
    [[nodiscard]] static result<splitter> try_create(const options &options = {}) {
        voxline_splitter *made = nullptr;
        auto outcome = detail::call(voxline_splitter_new, options.handle(), &made);
        return outcome ? result<splitter>(splitter(made)) : outcome.failure();
    }

    /** Takes the next bytes of the input. Errors: those of preparer::try_push(). */
    result<void> try_push(bytes_view data) {
        return detail::call(voxline_splitter_push, handle_.get(), data.data(), data.size()).done();
    }
    /** Says that the input is over. Errors: invalid_state. */
    result<void> try_end_input() { return detail::call(voxline_splitter_end_input, handle_.get()).done(); }
    /** The next part, if one is ready. Errors: those of try_push() and try_split_path(). */
    result<pulled_part> try_pull() {
        voxline_part *made = nullptr;
        auto outcome = detail::call(voxline_splitter_pull, handle_.get(), &made);
        if (!outcome) {
            return outcome.failure();
        }
        pulled_part pulled;
        pulled.news = static_cast<flow>(outcome.status());
        if (made != nullptr) {
            pulled.value.emplace(made);
        }
        return pulled;
    }
    /** Ends the input, if it is not over yet; parts that were not taken can be taken afterwards. The report is about the whole. */
    result<report> try_finish() {
        voxline_report *made = nullptr;
        auto outcome = detail::call(voxline_splitter_finish, handle_.get(), &made);
        return outcome ? result<report>(report(made)) : outcome.failure();
    }
    /** Everything that is ready; the loop ends at an error and tells failure() then. */
    auto try_parts() noexcept { return detail::ready_parts<false>(*this); }

#if VOXLINE_EXCEPTIONS
    explicit splitter(const options &options = {}) : splitter(try_create(options).value()) {}
    void push(bytes_view data) { try_push(data).value(); }
    void end_input() { try_end_input().value(); }
    pulled_part pull() { return try_pull().value(); }
    report finish() { return try_finish().value(); }
    /** Everything that is ready: `for (const voxline::part &part : splitter.parts())`. A part holds until the next step. */
    auto parts() noexcept { return detail::ready_parts<true>(*this); }
#endif

private:
    explicit splitter(voxline_splitter *handle) noexcept : handle_(handle) {}

    detail::handle<voxline_splitter, &voxline_splitter_free> handle_;
};

template <bool Throws>
bool detail::ready_parts<Throws>::next() {
    auto got = from_->try_pull();
    if (!got) {
        now_.reset();
        news_ = flow::end;
        failure_ = got.error();
        if constexpr (Throws) {
            raise(got.error());
        }
        return false;
    }
    news_ = got->news;
    now_ = std::move(got->value);
    return now_.has_value();
}

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
