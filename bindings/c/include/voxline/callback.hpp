/** @file callback.hpp
 * Callables of C++ as callbacks of C: progress and readers.
 */
#ifndef VOXLINE_CALLBACK_HPP
#define VOXLINE_CALLBACK_HPP

#include <cstdint>
#include <exception>
#include <istream>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "call.hpp"
#include "span.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** What a progress callback answers. */
enum class verdict : std::int32_t {
    /** Go on. */
    proceed = 0,
    /** Stop: the call fails with status::cancelled. */
    cancel = 1,
};

/** Stands for no callback. */
struct silent {};

namespace detail {

/** Lengths that may not be known come as UINT64_MAX. */
inline std::optional<std::uint64_t> known(std::uint64_t value) noexcept {
    return value == UINT64_MAX ? std::nullopt : std::optional<std::uint64_t>(value);
}

}  // namespace detail

/** How far a call is. */
struct progress {
    /** Bytes of the input that were read. */
    std::uint64_t input_bytes = 0;
    /** Bytes of the input in all, when that is known. */
    std::optional<std::uint64_t> input_total_bytes;
    /** Frames that were decoded. */
    std::uint64_t source_frames = 0;

    /** @cond */
    template <class W>
    static constexpr voxline_progress_fn called() noexcept {
        return [](void *data, std::uint64_t bytes, std::uint64_t total, std::uint64_t frames) noexcept {
            return static_cast<W *>(data)->tell(progress{bytes, detail::known(total), frames});
        };
    }
    /** @endcond */
};

namespace detail {

template <class F>
using guest_of = std::remove_reference_t<F>;

/**
 * A callable while C has it. Functions that C calls are noexcept: what the callable throws is kept here, and rethrow() throws
 * it when C has returned.
 */
template <class F>
class guest {
public:
    explicit guest(F &function) noexcept : function_(std::addressof(function)) {}
    guest(const guest &) = delete;
    guest &operator=(const guest &) = delete;

    /** Calls it, or gives `otherwise` once it has thrown. */
    template <class R, class... A>
    R run(R otherwise, A &&...arguments) noexcept {
#if VOXLINE_EXCEPTIONS
        if (thrown_) {
            return otherwise;
        }
        try {
            return answer(otherwise, std::forward<A>(arguments)...);
        } catch (...) {
            thrown_ = std::current_exception();
            return otherwise;
        }
#else
        return answer(otherwise, std::forward<A>(arguments)...);
#endif
    }

    /** Throws what was kept. */
    void rethrow() {
#if VOXLINE_EXCEPTIONS
        if (thrown_) {
            std::rethrow_exception(std::exchange(thrown_, nullptr));
        }
#endif
    }

private:
    template <class R, class... A>
    R answer(R, A &&...arguments) {
        return static_cast<R>((*function_)(std::forward<A>(arguments)...));
    }

    F *function_;
#if VOXLINE_EXCEPTIONS
    std::exception_ptr thrown_;
#endif
};

/** A callable that is told something and returns nothing or a verdict, as C wants it: 0 to go on. */
template <class Told, class F>
struct watcher {
    F *function;

    std::int32_t operator()(const Told &now) const {
        using answer = std::invoke_result_t<F &, const Told &>;
        static_assert(std::is_void_v<answer> || std::is_same_v<answer, verdict>,
                      "such a callback returns nothing or a voxline::verdict");
        if constexpr (std::is_void_v<answer>) {
            (*function)(now);
            return 0;
        } else {
            return static_cast<std::int32_t>((*function)(now));
        }
    }
};

/** A watcher while C has it; `Told` says how C calls it. */
template <class Told, class F>
class watching {
public:
    explicit watching(F &function) noexcept : watcher_{std::addressof(function)}, guest_(watcher_) {}

    static constexpr auto function() noexcept { return Told::template called<watching>(); }
    void *data() noexcept { return this; }
    void rethrow() { guest_.rethrow(); }
    std::int32_t tell(const Told &now) noexcept { return guest_.template run<std::int32_t>(1, now); }

private:
    watcher<Told, F> watcher_;
    guest<watcher<Told, F>> guest_;
};

/** Nobody. */
template <class Told>
class watching<Told, const silent> {
public:
    explicit watching(const silent &) noexcept {}
    static constexpr std::nullptr_t function() noexcept { return nullptr; }
    static constexpr void *data() noexcept { return nullptr; }
    static void rethrow() noexcept {}
};

template <class Told>
class watching<Told, silent> : public watching<Told, const silent> {
public:
    using watching<Told, const silent>::watching;
};

/** How many bytes a reader says that it filled, or its error. */
template <class N>
struct filled_by : std::false_type {
    static_assert(std::is_integral_v<N>,
                  "a reader takes a voxline::span<std::uint8_t> and returns how many bytes it filled, or a result of that");
};
template <class N>
struct filled_by<result<N>> : std::true_type {
    static_assert(std::is_integral_v<N>, "the result of a reader has how many bytes it filled");
};

/** A reader as C wants it: less than 0 on failure. The error of a result is kept, and nothing more is read behind it. */
template <class F>
struct reading {
    F *function;
    std::optional<error_info> failure;

    std::int64_t operator()(span<std::uint8_t> buffer) {
        if constexpr (filled_by<std::invoke_result_t<F &, span<std::uint8_t>>>()) {
            if (failure) {
                return -1;
            }
            const auto filled = (*function)(buffer);
            if (!filled) {
                failure = filled.error();
                return -1;
            }
            return static_cast<std::int64_t>(*filled);
        } else {
            return static_cast<std::int64_t>((*function)(buffer));
        }
    }
};

/**
 * A reader: fills a span<uint8_t> (never empty) and returns how many bytes, 0 at the end, less than 0 on failure, or a result
 * of that.
 */
template <class F>
class reader_guest {
public:
    explicit reader_guest(F &function) noexcept : reading_{std::addressof(function), std::nullopt}, guest_(reading_) {}

    static constexpr voxline_read_fn function() noexcept { return &called; }
    void *data() noexcept { return &guest_; }
    void rethrow() { guest_.rethrow(); }
    /** The error that the reader returned, when it did. */
    const std::optional<error_info> &failure() const noexcept { return reading_.failure; }

private:
    static std::int64_t called(void *data, std::uint8_t *buffer, std::size_t capacity) noexcept {
        return static_cast<guest<reading<F>> *>(data)->template run<std::int64_t>(-1,
                                                                                  span<std::uint8_t>(buffer, capacity));
    }

    reading<F> reading_;
    guest<reading<F>> guest_;
};

}  // namespace detail

/** A reader of a std::istream, which has to outlive it. Open files in binary mode. */
class istream_reader {
public:
    explicit istream_reader(std::istream &stream) noexcept : stream_(&stream) {}

    /** Reads; less than 0 when the stream failed for another reason than its end. */
    std::int64_t operator()(span<std::uint8_t> buffer) {
        if (!stream_->good()) {
            return stream_->eof() ? 0 : -1;
        }
        stream_->read(reinterpret_cast<char *>(buffer.data()), static_cast<std::streamsize>(buffer.size()));
        return stream_->bad() ? -1 : static_cast<std::int64_t>(stream_->gcount());
    }

private:
    std::istream *stream_;
};

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
