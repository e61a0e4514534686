/** @file call.hpp
 * How functions of C are called. Nothing here is for users.
 */
#ifndef VOXLINE_CALL_HPP
#define VOXLINE_CALL_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "error.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {
namespace detail {

/** What one call of a C function came to. */
class outcome {
public:
    outcome(std::int32_t status, voxline_error *err) noexcept : status_(status), err_(err) {}

    explicit operator bool() const noexcept { return status_ >= 0; }
    voxline::status status() const noexcept { return static_cast<voxline::status>(status_); }
    error_info failure() { return error_info(status(), std::move(err_)); }
    result<void> done() { return status_ >= 0 ? result<void>() : result<void>(failure()); }

private:
    std::int32_t status_;
    error_handle err_;
};

/** Calls a function whose last parameter is the error. */
template <class... Parameters, class... Arguments>
outcome call(std::int32_t (*function)(Parameters...), Arguments... arguments) noexcept {
    voxline_error *err = nullptr;
    const std::int32_t status = function(arguments..., &err);
    return {status, err};
}

/** Text with the NUL that C wants; what is short is not allocated. */
class c_text {
public:
    explicit c_text(std::string_view text) {
        if (text.find('\0') != std::string_view::npos) {
            return;
        }
        if (text.size() < sizeof short_) {
            // Views of nothing may have no address.
            if (!text.empty()) {
                std::memcpy(short_, text.data(), text.size());
            }
            short_[text.size()] = 0;
            text_ = short_;
        } else {
            long_ = text;
            text_ = long_.c_str();
        }
    }
    c_text(const c_text &) = delete;
    c_text &operator=(const c_text &) = delete;

    explicit operator bool() const noexcept { return text_ != nullptr; }
    const char *get() const noexcept { return text_; }
    /** Why it is not there. */
    static error_info failure(const char *operation) noexcept {
        return {status::invalid_argument, operation, "a text has a NUL inside: what is behind it would be lost"};
    }

private:
    const char *text_ = nullptr;
    char short_[128];
    std::string long_;
};

/**
 * A range over what `Fetch` gives for 0, 1, 2 … until it says that there is no more: `bool operator()(size_t, value_type &)`.
 */
template <class Fetch>
class sequence {
public:
    using value_type = typename Fetch::value_type;

    /** Gives one value after the other; the reference holds until the next step. */
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = typename Fetch::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type *;
        using reference = const value_type &;

        iterator() = default;
        explicit iterator(Fetch fetch) : fetch_(std::move(fetch)), is_over_(!fetch_(0, value_)) {}

        const value_type &operator*() const noexcept { return value_; }
        const value_type *operator->() const noexcept { return &value_; }
        iterator &operator++() {
            is_over_ = !fetch_(++index_, value_);
            return *this;
        }
        iterator operator++(int) {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator &a, const iterator &b) noexcept {
            return a.is_over_ == b.is_over_ && (a.is_over_ || a.index_ == b.index_);
        }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

    private:
        Fetch fetch_{};
        std::size_t index_ = 0;
        value_type value_{};
        bool is_over_ = true;
    };

    explicit sequence(Fetch fetch) : fetch_(std::move(fetch)) {}
    iterator begin() const { return iterator(fetch_); }
    iterator end() const { return iterator(); }

private:
    Fetch fetch_;
};

}  // namespace detail
}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
