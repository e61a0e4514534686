/** @file error.hpp
 * What a call says: status, error, result.
 */
#ifndef VOXLINE_ERROR_HPP
#define VOXLINE_ERROR_HPP

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "config.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** voxline_status: less than 0 is an error. A later version may add some: treat an unknown negative number as an error. */
enum class status : std::int32_t {
    ok = VOXLINE_OK,
    end = VOXLINE_END,
    need_more = VOXLINE_NEED_MORE,
    invalid_argument = VOXLINE_INVALID_ARGUMENT,
    unknown_option = VOXLINE_UNKNOWN_OPTION,
    invalid_state = VOXLINE_INVALID_STATE,
    buffer_too_small = VOXLINE_BUFFER_TOO_SMALL,
    null_pointer = VOXLINE_NULL_POINTER,
    unsupported_format = VOXLINE_UNSUPPORTED_FORMAT,
    malformed_input = VOXLINE_MALFORMED_INPUT,
    truncated_input = VOXLINE_TRUNCATED_INPUT,
    limit_exceeded = VOXLINE_LIMIT_EXCEEDED,
    io = VOXLINE_IO,
    connect = VOXLINE_CONNECT,
    timeout = VOXLINE_TIMEOUT,
    cancelled = VOXLINE_CANCELLED,
    outcome_unknown = VOXLINE_OUTCOME_UNKNOWN,
    unauthenticated = VOXLINE_UNAUTHENTICATED,
    permission_denied = VOXLINE_PERMISSION_DENIED,
    not_found = VOXLINE_NOT_FOUND,
    rate_limited = VOXLINE_RATE_LIMITED,
    service = VOXLINE_SERVICE,
    feature_disabled = VOXLINE_FEATURE_DISABLED,
    internal = VOXLINE_INTERNAL,
    panic = VOXLINE_PANIC,
};

/** The name of a status, such as "VOXLINE_IO"; it lives as long as the program. */
inline std::string_view name_of(status value) noexcept {
    return voxline_status_name(static_cast<std::int32_t>(value));
}

/** Whether doing the same again can help. */
enum class retry : std::int32_t {
    /** Permanent: the same call will fail again. */
    no = VOXLINE_RETRY_NO,
    /** Transient: the same call may succeed later. */
    yes = VOXLINE_RETRY_YES,
    /** Transient, and the server said how long to wait: error_info::retry_after(). */
    after = VOXLINE_RETRY_AFTER,
    /** The request may have taken effect: repeating it may do the work, and cost the money, twice. */
    unknown = VOXLINE_RETRY_UNKNOWN,
};

namespace detail {

/** Frees a handle with its function. */
template <auto Free>
struct deleter {
    template <class T>
    void operator()(T *handle) const noexcept {
        Free(handle);
    }
};

/** The one owner of a handle of C. */
template <class T, auto Free>
using handle = std::unique_ptr<T, deleter<Free>>;

using error_handle = handle<voxline_error, &voxline_error_free>;

inline std::optional<std::string_view> optional_text(const char *text) noexcept {
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(text);
}

}  // namespace detail

/**
 * What went wrong, in detail. It can be copied; copies share one object that never changes, so that threads may read them
 * together. Texts live as long as any copy. Neither a secret nor a signed URL is ever in it.
 */
class error_info {
public:
    /** From C; `handle` may be empty. */
    error_info(voxline::status status, detail::error_handle handle) : status_(status), handle_(std::move(handle)) {}
    /** Without an object of C; the texts have to live as long as the program. */
    error_info(voxline::status status, const char *operation, const char *context) noexcept
        : status_(status), operation_(operation), context_(context) {}

    /** What kind of error. */
    voxline::status status() const noexcept { return status_; }
    /** One line for people: kind, operation, what happened, what to do. */
    std::string_view message() const noexcept {
        return handle_ ? voxline_error_message(handle_.get()) : *context_ != 0 ? context_ : name_of(status_);
    }
    /** The operation that failed. */
    std::string_view operation() const noexcept {
        return handle_ ? voxline_error_operation(handle_.get()) : operation_;
    }
    /** What happened, where and what to do, without kind and operation. */
    std::string_view context() const noexcept { return handle_ ? voxline_error_context(handle_.get()) : context_; }
    /** Whether doing the same again can help. */
    voxline::retry retry() const noexcept { return static_cast<voxline::retry>(voxline_error_retry(handle_.get())); }
    /** How long to wait, when the server said so. */
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        if (retry() != voxline::retry::after) {
            return std::nullopt;
        }
        return std::chrono::milliseconds(voxline_error_retry_after_ms(handle_.get()));
    }
    /** "chat", "recording" or "transcription" when one of them failed. */
    std::optional<std::string_view> service() const noexcept {
        return detail::optional_text(voxline_error_service(handle_.get()));
    }
    /** The HTTP status of the service's answer, when there was one. */
    std::optional<int> http_status() const noexcept {
        const std::int32_t code = voxline_error_http_status(handle_.get());
        return code == 0 ? std::nullopt : std::optional<int>(code);
    }
    /** The service's own error code. */
    std::optional<std::string_view> service_code() const noexcept {
        return detail::optional_text(voxline_error_service_code(handle_.get()));
    }
    /** The service's own message, verbatim. */
    std::optional<std::string_view> service_message() const noexcept {
        return detail::optional_text(voxline_error_service_message(handle_.get()));
    }
    /** The id to quote to the service's support. */
    std::optional<std::string_view> request_id() const noexcept {
        return detail::optional_text(voxline_error_request_id(handle_.get()));
    }

private:
    voxline::status status_;
    std::shared_ptr<const voxline_error> handle_;
    const char *operation_ = "";
    const char *context_ = "";
};

/** What functions throw: a std::runtime_error whose what() is the message, with everything that error_info tells. */
class error : public std::runtime_error, public error_info {
public:
    explicit error(error_info info) : std::runtime_error(std::string(info.message())), error_info(std::move(info)) {}
};

namespace detail {

[[noreturn]] inline void raise(error_info info) {
#if VOXLINE_EXCEPTIONS
    throw voxline::error(std::move(info));
#else
    // What is left of a mistake in the program: taking a value that is not there.
    static_cast<void>(info);
    std::abort();
#endif
}

}  // namespace detail

/**
 * A value or an error, as std::expected of C++23: what try_ functions return.
 *
 * Ask before taking: `if (auto prepared = voxline::try_prepare_path("call.mp3")) use(*prepared);`
 */
template <class T>
class [[nodiscard]] result {
public:
    using value_type = T;

    result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    result(error_info info) : state_(std::in_place_index<1>, std::move(info)) {}

    /** Whether there is a value. */
    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /** The value. Without one throws voxline::error; with exceptions turned off the program ends. */
    T &value() & { return *checked(*this); }
    const T &value() const & { return *checked(*this); }
    T &&value() && { return std::move(*checked(*this)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return checked(*this); }
    const T *operator->() const { return checked(*this); }

    /** The value, or `other` when there is none. */
    template <class U>
    T value_or(U &&other) && {
        return has_value() ? std::move(*this).value() : static_cast<T>(std::forward<U>(other));
    }

    /** The error; ask has_value() first. */
    const error_info &error() const & noexcept { return *std::get_if<1>(&state_); }
    error_info &&error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

private:
    template <class Self>
    static auto *checked(Self &self) {
        auto *value = std::get_if<0>(&self.state_);
        if (value == nullptr) {
            detail::raise(self.error());
        }
        return value;
    }

    std::variant<T, error_info> state_;
};

/** Success or an error. */
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    result(error_info info) : info_(std::move(info)) {}

    bool has_value() const noexcept { return !info_; }
    explicit operator bool() const noexcept { return has_value(); }
    /** Throws voxline::error when there is one; with exceptions turned off the program ends then. */
    void value() const {
        if (info_) {
            detail::raise(*info_);
        }
    }
    /** The error; ask has_value() first. */
    const error_info &error() const noexcept { return *info_; }

private:
    std::optional<error_info> info_;
};

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
