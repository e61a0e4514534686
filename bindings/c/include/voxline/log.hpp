/** @file log.hpp
 * Hearing what the library has to say.
 */
#ifndef VOXLINE_LOG_HPP
#define VOXLINE_LOG_HPP

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "call.hpp"

namespace voxline {

inline namespace VOXLINE_VARIANT {

/** How important a line of the log is. */
enum class log_level : std::int32_t {
    off = VOXLINE_LOG_OFF,
    /** What went wrong and has no other way to be told. */
    error = VOXLINE_LOG_ERROR,
    /** What somebody should look at. */
    warn = VOXLINE_LOG_WARN,
    /** What was tried again, and why. */
    info = VOXLINE_LOG_INFO,
    /** Every request. */
    debug = VOXLINE_LOG_DEBUG,
    trace = VOXLINE_LOG_TRACE,
};

/** One line of the log. The texts hold until the callback returns; neither has a secret or a signed query in it. */
struct log_line {
    log_level level;
    /** The part of the library that speaks. */
    std::string_view target;
    std::string_view message;
};

/**
 * Has lines of the log handed to a callable for as long as it lives; the last that was made is the one that hears, in the whole
 * process. When it is gone, no thread is in the callable any more.
 *
 * The callable takes a `const voxline::log_line &`. It is called in whichever thread has something to say, in several at once,
 * and nobody is there to take what it throws: that is dropped. It must not make or destroy a log_listener.
 */
class log_listener {
public:
    /** Listens to lines up to a level. Errors: invalid_state when Rust code in the process listens already. */
    template <class F>
    [[nodiscard]] static result<log_listener> try_create(log_level up_to, F listener) {
        auto owned = std::make_shared<F>(std::move(listener));
        void *data = owned.get();
        auto outcome = detail::call(voxline_log_set, static_cast<std::int32_t>(up_to), &heard<F>, data);
        return outcome ? result<log_listener>(log_listener(&heard<F>, std::move(owned))) : outcome.failure();
    }
#if VOXLINE_EXCEPTIONS
    template <class F>
    log_listener(log_level up_to, F listener) : log_listener(try_create(up_to, std::move(listener)).value()) {}
#endif

    log_listener(log_listener &&) noexcept = default;
    log_listener &operator=(log_listener &&other) noexcept {
        if (this != &other) {
            stop();
            log_ = other.log_;
            owned_ = std::move(other.owned_);
        }
        return *this;
    }
    ~log_listener() { stop(); }

private:
    log_listener(voxline_log_fn log, std::shared_ptr<void> owned) noexcept : log_(log), owned_(std::move(owned)) {}

    /* One that was replaced by another is not heard from any more, and must not turn the other off. */
    void stop() noexcept {
        if (owned_ == nullptr) {
            return;
        }
        voxline_log_clear(log_, owned_.get(), nullptr);
        owned_.reset();
    }

    template <class F>
    static void heard(void *data, std::int32_t level, const char *target, const char *message) noexcept {
        const log_line line{static_cast<log_level>(level), target, message};
#if VOXLINE_EXCEPTIONS
        try {
            (*static_cast<F *>(data))(line);
        } catch (...) {
        }
#else
        (*static_cast<F *>(data))(line);
#endif
    }

    voxline_log_fn log_ = nullptr;
    std::shared_ptr<void> owned_;
};

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
