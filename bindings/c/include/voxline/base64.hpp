/** @file base64.hpp
 * Base64 (RFC 4648 §4): standard alphabet, padded, no line breaks.
 */
#ifndef VOXLINE_BASE64_HPP
#define VOXLINE_BASE64_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "call.hpp"
#include "span.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** The chars that a buffer needs for the text of `size_bytes` bytes, whatever was pushed before. */
inline std::size_t base64_max(std::size_t size_bytes) noexcept { return voxline_base64_max(size_bytes); }

/** Encodes while data arrives: the same text however it is cut. One thread at a time may use it. */
class base64_encoder {
public:
    /** A new encoder. */
    [[nodiscard]] static result<base64_encoder> try_create() {
        voxline_base64 *made = nullptr;
        auto outcome = detail::call(voxline_base64_new, &made);
        return outcome ? result<base64_encoder>(base64_encoder(made)) : outcome.failure();
    }

    /**
     * Writes the text of all whole groups of three bytes into `buffer`, without a NUL, and gives the part that it fills; what
     * is left waits for the next call. base64_max(data.size()) is room enough. Errors: buffer_too_small; nothing was taken then.
     */
    result<std::string_view> try_push(bytes_view data, span<char> buffer) {
        std::size_t length = 0;
        auto outcome = detail::call(voxline_base64_push, handle_.get(), data.data(), data.size(), buffer.data(),
                                    buffer.size(), &length);
        return outcome ? result<std::string_view>(std::string_view(buffer.data(), length)) : outcome.failure();
    }

    /** Writes the last group, padded, into `buffer` (5 chars are enough) and starts anew. Errors: buffer_too_small. */
    result<std::string_view> try_finish(span<char> buffer) {
        std::size_t length = 0;
        auto outcome = detail::call(voxline_base64_finish, handle_.get(), buffer.data(), buffer.size(), &length);
        return outcome ? result<std::string_view>(std::string_view(buffer.data(), length)) : outcome.failure();
    }

#if VOXLINE_EXCEPTIONS
    base64_encoder() : base64_encoder(try_create().value()) {}
    std::string_view push(bytes_view data, span<char> buffer) { return try_push(data, buffer).value(); }
    std::string_view finish(span<char> buffer) { return try_finish(buffer).value(); }
#endif

private:
    explicit base64_encoder(voxline_base64 *handle) noexcept : handle_(handle) {}

    detail::handle<voxline_base64, &voxline_base64_free> handle_;
};

/** The text of `data` as one string, the only thing that is allocated. Errors: limit_exceeded for more than fits memory. */
inline result<std::string> try_base64_encode(bytes_view data) {
    const std::size_t room = base64_max(data.size());
    std::string text;
    if (room > text.max_size()) {
        return error_info(status::limit_exceeded, "base64_encode", "the text is longer than memory can hold");
    }
    auto encoder = base64_encoder::try_create();
    if (!encoder) {
        return encoder.error();
    }
    text.resize(room);
    const auto pushed = encoder->try_push(data, text);
    if (!pushed) {
        return pushed.error();
    }
    const auto rest = encoder->try_finish(span<char>(text).from(pushed->size()));
    if (!rest) {
        return rest.error();
    }
    text.resize(pushed->size() + rest->size());
    return text;
}

#if VOXLINE_EXCEPTIONS
inline std::string base64_encode(bytes_view data) { return try_base64_encode(data).value(); }
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
