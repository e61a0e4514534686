/** @file about.hpp
 * The library: version and features.
 */
#ifndef VOXLINE_ABOUT_HPP
#define VOXLINE_ABOUT_HPP

#include <cstdint>
#include <string_view>

#include "error.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** The version of the library that is loaded, such as "0.1.0". */
inline std::string_view version() noexcept { return voxline_version(); }

/** What this build can do, as words with a space between. */
inline std::string_view features() noexcept { return voxline_features(); }

/** Whether `word` is among the features(). */
inline bool has_feature(std::string_view word) noexcept {
    std::string_view rest = features();
    while (!rest.empty() && !word.empty()) {
        const std::size_t end = rest.find(' ');
        if (rest.substr(0, end) == word) {
            return true;
        }
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return false;
}

/** Whether the library that is loaded has the binary interface that this program was compiled for. */
inline bool abi_fits() noexcept { return voxline_abi_version() == VOXLINE_ABI_VERSION; }

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
