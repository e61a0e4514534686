// Views: what they convert from and to, and that they show what they were made of.
#include <array>
#include <cstddef>
#include <numeric>
#include <set>

#include "check.hpp"

#if defined(__cpp_lib_span)
#include <ranges>
#include <span>
#endif

namespace {

using voxline::span;

std::size_t size_of(span<const std::int16_t> samples) { return samples.size(); }

template <class From, class To>
constexpr bool converts = std::is_convertible_v<From, To>;

// Never away from const, never to another width, never from an owner that is about to go to what can be written.
static_assert(converts<span<int>, span<const int>> && !converts<span<const int>, span<int>>);
static_assert(converts<std::vector<int> &, span<int>> && !converts<const std::vector<int> &, span<int>>);
static_assert(converts<std::vector<int>, span<const int>> && !converts<std::vector<int>, span<int>>);
static_assert(!converts<std::vector<short> &, span<const int>> && !converts<std::vector<char> &, voxline::bytes_view>);
static_assert(!converts<std::set<int> &, span<int>> && !converts<int, span<int>> && !converts<const char *, span<char>>);
static_assert(converts<std::array<int, 3> &, span<int>> && converts<int (&)[3], span<const int>>);
static_assert(std::is_trivially_copyable_v<span<int>> && sizeof(span<int>) == 2 * sizeof(void *));
static_assert(noexcept(span<int>(std::declval<std::vector<int> &>())));

#if defined(__cpp_lib_span)
static_assert(converts<std::span<int>, span<int>> && converts<span<int> &, std::span<int>>);
static_assert(converts<span<const int>, std::span<const int>> && converts<span<int>, std::span<int>>);
static_assert(std::ranges::contiguous_range<span<int>> && std::ranges::borrowed_range<span<int>>);
static_assert(std::ranges::view<span<const int>> && std::ranges::sized_range<span<int>>);
#endif

void they_show_what_they_were_made_of() {
    std::vector<std::int16_t> vector{1, 2, 3, 4};
    const std::array<std::int16_t, 3> array{5, 6, 7};
    const std::int16_t plain[] = {8, 9};
    CHECK(size_of(vector) == 4 && size_of(array) == 3 && size_of(plain) == 2 && size_of({}) == 0);
    span writable(vector);
    static_assert(std::is_same_v<decltype(writable), span<std::int16_t>>);
    writable[1] = 20;
    CHECK(vector[1] == 20 && writable.data() == vector.data() && writable.size_bytes() == 8);
    CHECK(std::accumulate(writable.begin(), writable.end(), 0) == 28);
    CHECK(writable.front() == 1 && writable.back() == 4 && !writable.empty());
    CHECK(writable.first(2).size() == 2 && writable.first(9).size() == 4);
    CHECK(writable.from(3).size() == 1 && writable.from(3)[0] == 4);
    CHECK(writable.from(4).empty() && writable.from(SIZE_MAX).empty());
#if defined(__cpp_lib_span)
    const std::span<std::int16_t> standard = writable;
    CHECK(standard.data() == vector.data() && standard.size() == 4);
    CHECK(span<const std::int16_t>(standard).size() == 4);
#endif
}

void bytes_of_everything_that_is_bytes() {
    const std::string text = "a\0b";
    const std::vector<std::byte> bytes{std::byte{7}, std::byte{255}};
    CHECK(voxline::bytes_of(text).size() == text.size() && voxline::bytes_of(std::string_view("xy"))[1] == 'y');
    CHECK(voxline::bytes_of(bytes)[1] == 255);
    const std::int16_t samples[] = {0x0101, 0x0202};
    CHECK(voxline::bytes_of(samples).size() == 4 && voxline::bytes_of(samples)[2] == 2);
}

}  // namespace

void test_span() {
    they_show_what_they_were_made_of();
    bytes_of_everything_that_is_bytes();
}
