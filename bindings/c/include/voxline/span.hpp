/** @file span.hpp
 * A view of values that somebody else owns, as std::span of C++20.
 */
#ifndef VOXLINE_SPAN_HPP
#define VOXLINE_SPAN_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(__has_include)
#if __has_include(<version>)
#include <version>
#endif
#endif
#if defined(__cpp_lib_ranges)
#include <ranges>
#endif

#include "config.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/**
 * Values that lie side by side and belong to somebody else: pointer and length.
 *
 * It converts from everything with data() and size() (std::vector, std::array, std::string for char, std::span) and from
 * arrays, and to std::span. It must not outlive what it shows. Indices are not checked.
 */
template <class T>
class span {
    template <class C>
    using element_of = std::remove_pointer_t<decltype(std::data(std::declval<C>()))>;
    template <class C>
    static constexpr bool gives = std::is_convertible_v<element_of<C> (*)[], T (*)[]>;

public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using pointer = T *;
    using reference = T &;
    using iterator = T *;

    /** Nothing. */
    constexpr span() noexcept = default;
    /** `size` values from `data` on. */
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /** A whole array. */
    template <std::size_t N>
    constexpr span(T (&array)[N]) noexcept : data_(array), size_(N) {}
    /** A whole container. */
    template <class C,
              class = decltype(std::size(std::declval<C &>())),
              class = decltype(std::data(std::declval<C &>())),
              class = decltype(std::data(std::declval<const C &>())),
              class = std::enable_if_t<!std::is_array_v<std::remove_reference_t<C>> &&
                                       !std::is_same_v<std::remove_cv_t<std::remove_reference_t<C>>, span> &&
                                       // What can be written to comes from an owner that stays, or from a view: that one
                                       // gives it although it is const.
                                       (std::is_lvalue_reference_v<C> || std::is_const_v<T> || gives<const C &>) &&
                                       gives<C &>>>
    constexpr span(C &&container) noexcept : data_(std::data(container)), size_(std::size(container)) {}

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr std::size_t size_bytes() const noexcept { return size_ * sizeof(T); }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T &operator[](std::size_t index) const noexcept { return data_[index]; }
    constexpr T &front() const noexcept { return data_[0]; }
    constexpr T &back() const noexcept { return data_[size_ - 1]; }

    /** The first `count` values, or all when there are fewer. */
    constexpr span first(std::size_t count) const noexcept { return {data_, count < size_ ? count : size_}; }
    /** What comes after the first `count` values; nothing when there are no more. */
    constexpr span from(std::size_t count) const noexcept {
        return count < size_ ? span(data_ + count, size_ - count) : span();
    }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

template <class T, std::size_t N>
span(T (&)[N]) -> span<T>;
template <class C>
span(C &&) -> span<std::remove_pointer_t<decltype(std::data(std::declval<C &>()))>>;

/** Samples, to be read. */
using samples_view = span<const std::int16_t>;
/** Bytes, to be read. */
using bytes_view = span<const std::uint8_t>;

/** The bytes of text, numbers or std::byte as they lie in memory. They live as long as what was given. */
template <class C>
bytes_view bytes_of(const C &container) noexcept {
    using value = std::remove_cv_t<std::remove_pointer_t<decltype(std::data(container))>>;
    static_assert(std::is_arithmetic_v<value> || std::is_same_v<value, std::byte>, "bytes_of() takes numbers");
    return {reinterpret_cast<const std::uint8_t *>(std::data(container)), std::size(container) * sizeof(value)};
}

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#if defined(__cpp_lib_ranges)
/** Its iterators outlive it, and copying it copies no values. */
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<voxline::span<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_view<voxline::span<T>> = true;
#endif

#endif
