/** @file prepare.hpp
 * The whole path in one call.
 *
 * Input is a file, the content of a file in memory, or what a reader gives: a callable that fills a span<uint8_t> and returns
 * how many bytes, 0 at the end, less than 0 on failure, or a voxline::result of that, whose error is then that of the call; a
 * std::istream will do. prepare_… makes what a service takes,
 * decode_… 16-bit samples (target.encoding and target.base64 have no meaning there), inspect_… only the report.
 *
 * A progress callback takes a `const voxline::progress &` and returns nothing, or a voxline::verdict to be able to cancel.
 *
 * Errors: io from reading; unsupported_format, malformed_input for content that cannot be decoded; limit_exceeded, naming the
 * limit; invalid_argument for options that are not valid or do not fit the input; cancelled.
 */
#ifndef VOXLINE_PREPARE_HPP
#define VOXLINE_PREPARE_HPP

#include <istream>
#include <string_view>
#include <type_traits>

#include "audio.hpp"
#include "callback.hpp"
#include "options.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

namespace detail {

/** Calls a function that ends with progress, result and error; `first` are its arguments before. */
template <class Made, class Handle, class P, class F, class... First>
result<Made> make(P &progress, F function, First... first) {
    watching<voxline::progress, P> guest(progress);
    Handle *handle = nullptr;
    auto outcome = call(function, first..., guest.function(), guest.data(), &handle);
    Made made(handle);
    guest.rethrow();
    return outcome ? result<Made>(std::move(made)) : result<Made>(outcome.failure());
}

template <class Made, class Handle, class P, class F>
result<Made> make_from_path(const char *name, std::string_view path, const options &options, P &progress, F function) {
    const c_text text(path);
    return text ? make<Made, Handle>(progress, function, text.get(), options.handle()) : c_text::failure(name);
}

template <class Made, class Handle, class R, class P, class F>
result<Made> make_from_reader(R &reader, const options &options, P &progress, F function) {
    reader_guest<R> guest(reader);
    auto made = make<Made, Handle>(progress, function, guest.function(), guest.data(), options.handle());
    guest.rethrow();
    if (guest.failure()) {
        return *guest.failure();
    }
    return made;
}

}  // namespace detail

/** Converts a file. */
template <class P = silent>
result<prepared> try_prepare_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return detail::make_from_path<prepared, voxline_prepared>("prepare_path", path, options, progress,
                                                              voxline_prepare_path);
}

/** Converts the content of a file that is in memory; bytes_of() makes bytes of text. */
template <class P = silent>
result<prepared> try_prepare_bytes(bytes_view data, const options &options = {}, P &&progress = {}) {
    return detail::make<prepared, voxline_prepared>(progress, voxline_prepare_bytes, data.data(), data.size(),
                                                    options.handle());
}

/** Converts what a reader gives. */
template <class R, class P = silent, class = std::enable_if_t<!std::is_base_of_v<std::istream, detail::guest_of<R>>>>
result<prepared> try_prepare_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return detail::make_from_reader<prepared, voxline_prepared>(reader, options, progress, voxline_prepare_reader);
}

/** Converts what a stream gives; it was opened in binary mode. */
template <class P = silent>
result<prepared> try_prepare_reader(std::istream &stream, const options &options = {}, P &&progress = {}) {
    return try_prepare_reader(istream_reader(stream), options, progress);
}

/** Decodes a file to samples. */
template <class P = silent>
result<audio> try_decode_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return detail::make_from_path<audio, voxline_audio>("decode_path", path, options, progress, voxline_decode_path);
}

/** Decodes the content of a file that is in memory. */
template <class P = silent>
result<audio> try_decode_bytes(bytes_view data, const options &options = {}, P &&progress = {}) {
    return detail::make<audio, voxline_audio>(progress, voxline_decode_bytes, data.data(), data.size(),
                                              options.handle());
}

/** Decodes what a reader gives. */
template <class R, class P = silent, class = std::enable_if_t<!std::is_base_of_v<std::istream, detail::guest_of<R>>>>
result<audio> try_decode_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return detail::make_from_reader<audio, voxline_audio>(reader, options, progress, voxline_decode_reader);
}

/** Decodes what a stream gives; it was opened in binary mode. */
template <class P = silent>
result<audio> try_decode_reader(std::istream &stream, const options &options = {}, P &&progress = {}) {
    return try_decode_reader(istream_reader(stream), options, progress);
}

/** Reads a whole file and reports what is in it. */
template <class P = silent>
result<report> try_inspect_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return detail::make_from_path<report, voxline_report>("inspect_path", path, options, progress,
                                                          voxline_inspect_path);
}

/** Reports what is in the content of a file that is in memory. */
inline result<report> try_inspect_bytes(bytes_view data, const options &options = {}) {
    voxline_report *made = nullptr;
    auto outcome = detail::call(voxline_inspect_bytes, data.data(), data.size(), options.handle(), &made);
    return outcome ? result<report>(report(made)) : outcome.failure();
}

/** Reports what is in what a reader gives. */
template <class R, class P = silent, class = std::enable_if_t<!std::is_base_of_v<std::istream, detail::guest_of<R>>>>
result<report> try_inspect_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return detail::make_from_reader<report, voxline_report>(reader, options, progress, voxline_inspect_reader);
}

/** Reports what is in what a stream gives; it was opened in binary mode. */
template <class P = silent>
result<report> try_inspect_reader(std::istream &stream, const options &options = {}, P &&progress = {}) {
    return try_inspect_reader(istream_reader(stream), options, progress);
}

#if VOXLINE_EXCEPTIONS
template <class P = silent>
prepared prepare_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return try_prepare_path(path, options, progress).value();
}
template <class P = silent>
prepared prepare_bytes(bytes_view data, const options &options = {}, P &&progress = {}) {
    return try_prepare_bytes(data, options, progress).value();
}
template <class R, class P = silent>
prepared prepare_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return try_prepare_reader(reader, options, progress).value();
}
template <class P = silent>
audio decode_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return try_decode_path(path, options, progress).value();
}
template <class P = silent>
audio decode_bytes(bytes_view data, const options &options = {}, P &&progress = {}) {
    return try_decode_bytes(data, options, progress).value();
}
template <class R, class P = silent>
audio decode_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return try_decode_reader(reader, options, progress).value();
}
template <class P = silent>
report inspect_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return try_inspect_path(path, options, progress).value();
}
inline report inspect_bytes(bytes_view data, const options &options = {}) {
    return try_inspect_bytes(data, options).value();
}
template <class R, class P = silent>
report inspect_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return try_inspect_reader(reader, options, progress).value();
}
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
