/** @file call.hpp
 * How functions of C are called. Nothing here is for users.
 */
#ifndef VOXLINE_CALL_HPP
#define VOXLINE_CALL_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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

protected:
    char short_[128];
    std::string long_;
};

/** The same for secrets: what was copied is wiped. What the caller has is the caller's. */
class secret_text : public c_text {
public:
    using c_text::c_text;
    ~secret_text() {
        wipe(short_, sizeof short_);
        wipe(long_.data(), long_.size());
    }

private:
    static void wipe(volatile char *text, std::size_t size) noexcept {
        while (size-- > 0) {
            text[size] = 0;
        }
    }
};

/** Truth values and numbers as options and settings take them. */
template <class N>
std::string text_of(N value) {
    if constexpr (std::is_same_v<N, bool>) {
        return value ? "on" : "off";
    } else if constexpr (std::is_integral_v<N>) {
        return std::to_string(value);
    } else {
        char text[40];
        // 17 digits say any double exactly. A locale may write the point as a comma.
        std::snprintf(text, sizeof text, "%.17g", static_cast<double>(value));
        for (char &c : text) {
            c = c == ',' ? '.' : c;
        }
        return text;
    }
}

/** What options and settings share: values of any type, calls in a chain. `Self` has set_text(). */
template <class Self>
class settable {
public:
    /** Sets from text, a truth value or a number; nothing is changed on errors. A null pointer is no text: null_pointer. */
    template <class V>
    result<void> try_set(std::string_view key, const V &value) {
        if constexpr (std::is_arithmetic_v<V>) {
            return self().set_text(key, text_of(value));
        } else if constexpr (std::is_convertible_v<const V &, const char *>) {
            const char *text = value;
            if (text == nullptr) {
                return error_info(status::null_pointer, "set", "the text to set is a null pointer");
            }
            return self().set_text(key, text);
        } else {
            return self().set_text(key, std::string_view(value));
        }
    }
    /** One character is neither a number nor a text. */
    result<void> try_set(std::string_view key, char value) = delete;

#if VOXLINE_EXCEPTIONS
    /** The same; calls can be chained. */
    template <class V>
    Self &set(std::string_view key, const V &value) & {
        try_set(key, value).value();
        return self();
    }
    template <class V>
    Self &&set(std::string_view key, const V &value) && {
        try_set(key, value).value();
        return std::move(self());
    }
    Self &set(std::string_view key, char value) = delete;
#endif

private:
    Self &self() noexcept { return static_cast<Self &>(*this); }
};

/** Reads a value by key with a function of C; nothing when there is no value. */
template <class T, class H>
result<std::optional<T>> read(std::int32_t (*function)(const H *, const char *, T *, voxline_error **), const H *handle,
                              std::string_view key) {
    const c_text text(key);
    if (!text) {
        return c_text::failure("get");
    }
    T value{};
    auto outcome = call(function, handle, text.get(), &value);
    if (!outcome) {
        return outcome.failure();
    }
    return outcome.status() == status::ok ? std::optional<T>(value) : std::nullopt;
}

/** The same for text. */
template <class H>
result<std::optional<std::string_view>> read_text(std::int32_t (*function)(const H *, const char *, const char **,
                                                                           voxline_error **),
                                                  const H *handle, std::string_view key) {
    auto text = read<const char *>(function, handle, key);
    if (!text) {
        return text.error();
    }
    return *text ? std::optional<std::string_view>(**text) : std::nullopt;
}

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

/** Goes once through a range that makes one value after the other: `now()` and `next()`, which says whether there is one. */
template <class Range, class T>
class step_iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T *;
    using reference = const T &;

    step_iterator() = default;
    explicit step_iterator(Range *range) noexcept : range_(range) {}
    reference operator*() const noexcept { return range_->now(); }
    pointer operator->() const noexcept { return &range_->now(); }
    step_iterator &operator++() {
        range_ = range_->next() ? range_ : nullptr;
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const step_iterator &a, const step_iterator &b) noexcept { return a.range_ == b.range_; }
    friend bool operator!=(const step_iterator &a, const step_iterator &b) noexcept { return a.range_ != b.range_; }

private:
    Range *range_ = nullptr;
};

}  // namespace detail
}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
