/** @file recording.hpp
 * The recording service: finding, downloading and reading recordings of calls.
 */
#ifndef VOXLINE_RECORDING_HPP
#define VOXLINE_RECORDING_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callback.hpp"
#include "options.hpp"
#include "settings.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** Names a recording. */
struct recording_id {
    std::string_view user_id;
    std::string_view task_id;
    std::string_view record_id;
};

/** How far a download is. */
struct transfer {
    std::uint64_t received_bytes = 0;
    /** Bytes in all, when the server said so. */
    std::optional<std::uint64_t> total_bytes;

    /** @cond */
    template <class W>
    static constexpr voxline_transfer_fn called() noexcept {
        return [](void *data, std::uint64_t received, std::uint64_t total) noexcept {
            return static_cast<W *>(data)->tell(transfer{received, detail::known(total)});
        };
    }
    /** @endcond */
};

/** What a download came to. */
struct downloaded {
    std::uint64_t bytes = 0;
    /** Of an earlier try. */
    std::uint64_t resumed_bytes = 0;
    /** What the server says about the format; empty if nothing. */
    std::string content_type;
};

/** Looks at where a recording is without owning it; it must not outlive what it came from, and neither must its texts. */
class recording_url_view {
public:
    explicit recording_url_view(const voxline_recording_url *url) noexcept : url_(url) {}

    /** The whole address. Whoever has it can fetch the audio: do not log it. */
    std::string_view text() const noexcept { return voxline_recording_url_text(url_); }
    /** Scheme, host and port, which may be shown. */
    std::string_view origin() const noexcept { return voxline_recording_url_origin(url_); }
    /** The record id that it belongs to. */
    std::string_view record_id() const noexcept { return voxline_recording_url_record_id(url_); }
    /** For functions of C. */
    const voxline_recording_url *handle() const noexcept { return url_; }

private:
    const voxline_recording_url *url_;
};

/** Where a recording is. */
class recording_url {
public:
    /** Takes over what C gave. */
    explicit recording_url(voxline_recording_url *handle) noexcept : handle_(handle) {}

    /** Looks at it; the view must not outlive this object. */
    recording_url_view view() const & noexcept { return recording_url_view(handle_.get()); }
    recording_url_view view() const && = delete;
    operator recording_url_view() const & noexcept { return view(); }

private:
    detail::handle<voxline_recording_url, &voxline_recording_url_free> handle_;
};

/** Where many recordings are, or why that is not known: one entry for each id, in the order they were given. */
class located {
public:
    /** Takes over what C gave. */
    explicit located(voxline_located *handle) noexcept : handle_(handle) {}

    /** How many entries there are. */
    std::size_t size() const noexcept { return voxline_located_count(handle_.get()); }
    /** Where this one is; it must not outlive this object. Errors: what went wrong with it; invalid_argument past the end. */
    result<recording_url_view> operator[](std::size_t index) const & {
        const voxline_recording_url *url = nullptr;
        auto outcome = detail::call(voxline_located_url, static_cast<const voxline_located *>(handle_.get()), index, &url);
        if (!outcome) {
            return outcome.failure();
        }
        if (outcome.status() == status::end) {
            return error_info(status::invalid_argument, "located", "there is no entry of this number");
        }
        return recording_url_view(url);
    }
    result<recording_url_view> operator[](std::size_t index) const && = delete;

private:
    detail::handle<voxline_located, &voxline_located_free> handle_;
};

/**
 * The bytes of a recording, read as they arrive. One thread at a time may use it. It is a reader too:
 * `prepare_reader(client.open(id))` needs no file.
 */
class recording_stream {
public:
    /** Takes over what C gave. */
    explicit recording_stream(voxline_recording_stream *handle) noexcept : handle_(handle) {}

    /**
     * Reads into `buffer` and gives the part that it fills; nothing when all that was announced is there. A lost connection is
     * not noticed: the rest is asked for. Errors: those of recording_client::try_open(), buffer_too_small; after any other
     * error invalid_state.
     */
    result<bytes_view> try_read(span<std::uint8_t> buffer) {
        std::size_t size = 0;
        auto outcome = detail::call(voxline_recording_stream_read, handle_.get(), buffer.data(), buffer.size(), &size);
        return outcome ? result<bytes_view>(buffer.first(size)) : outcome.failure();
    }
    /** As a reader: what goes wrong here is the error of the call that reads. */
    result<std::size_t> operator()(span<std::uint8_t> buffer) {
        const auto filled = try_read(buffer);
        return filled ? result<std::size_t>(filled->size()) : result<std::size_t>(filled.error());
    }

    /** The length of the whole recording in bytes, if the server said so. */
    std::optional<std::uint64_t> total_bytes() const noexcept {
        std::uint64_t total = 0;
        const bool is_known = voxline_recording_stream_total(handle_.get(), &total, nullptr) == VOXLINE_OK;
        return is_known ? std::optional<std::uint64_t>(total) : std::nullopt;
    }
    /** How many bytes were read so far. */
    std::uint64_t position_bytes() const noexcept { return voxline_recording_stream_position(handle_.get()); }
    /** What the server says about the format. The bytes are more reliable. It lives as long as this object. */
    std::optional<std::string_view> content_type() const & noexcept {
        return detail::optional_text(voxline_recording_stream_content_type(handle_.get()));
    }
    std::optional<std::string_view> content_type() const && = delete;

#if VOXLINE_EXCEPTIONS
    bytes_view read(span<std::uint8_t> buffer) { return try_read(buffer).value(); }
#endif

private:
    detail::handle<voxline_recording_stream, &voxline_recording_stream_free> handle_;
};

/**
 * Finds and fetches recordings of calls. It may be shared between threads and is best kept: connections are used again.
 * Everything here only reads, so that whatever failed for a passing reason is tried again.
 *
 * Errors of all calls: invalid_argument for ids that cannot be, before anything is sent; not_found, unauthenticated,
 * permission_denied, rate_limited and service for what the service says; connect, timeout and io when there was no answer;
 * cancelled. `cancel` may be nullptr.
 */
class recording_client {
public:
    /** A client; nothing is sent yet. Settings: "token", and what setting_names() lists for a recording client. */
    [[nodiscard]] static result<recording_client> try_create(const settings &settings, const options &options = {}) {
        voxline_recording_client *made = nullptr;
        auto outcome = detail::call(voxline_recording_client_new, settings.handle(), options.handle(), &made);
        return outcome ? result<recording_client>(recording_client(made)) : outcome.failure();
    }

    /** Asks the service whether it accepts the token. */
    result<void> try_check_token(const cancel_token *cancel = nullptr) const {
        return detail::call(voxline_recording_check_token, handle(), detail::handle_of(cancel)).done();
    }

    /** Asks where a recording is. Settings: "sub_user_id". */
    [[nodiscard]] result<recording_url> try_locate(const recording_id &id, const settings &settings = {},
                                                   const cancel_token *cancel = nullptr) const {
        return with<recording_url, voxline_recording_url>(id, voxline_recording_locate, settings.handle(),
                                                          detail::handle_of(cancel));
    }

    /** Asks where many recordings of one task are, in as few requests as the service allows. Settings: "sub_user_id". */
    template <class Ids>
    [[nodiscard]] result<located> try_locate_many(std::string_view user_id, std::string_view task_id, const Ids &record_ids,
                                                  const settings &settings = {},
                                                  const cancel_token *cancel = nullptr) const {
        const detail::c_text user(user_id), task(task_id);
        std::vector<std::unique_ptr<detail::c_text>> texts;
        std::vector<const char *> pointers;
        bool is_fine = static_cast<bool>(user) && static_cast<bool>(task);
        for (const std::string_view id : record_ids) {
            texts.push_back(std::make_unique<detail::c_text>(id));
            pointers.push_back(texts.back()->get());
            is_fine = is_fine && *texts.back();
        }
        if (!is_fine) {
            return detail::c_text::failure("recording_client::locate_many");
        }
        voxline_located *made = nullptr;
        auto outcome =
            detail::call(voxline_recording_locate_many, handle(), user.get(), task.get(), pointers.data(),
                         pointers.size(), settings.handle(), detail::handle_of(cancel), &made);
        return outcome ? result<located>(located(made)) : outcome.failure();
    }

    /**
     * Finds a recording and downloads it to `path`; what is there is replaced. What arrives goes to `path` with ".part" behind
     * it; only when all bytes are there and on disk does the file get its name. A later call goes on where an earlier one
     * stopped. `progress` takes a `const voxline::transfer &`. Settings: "sub_user_id", "resume".
     *
     * Errors besides those of all calls: invalid_state if another download writes to the same path; io when writing fails.
     */
    template <class P = silent>
    result<downloaded> try_download(const recording_id &id, std::string_view path, const settings &settings = {},
                                    P &&progress = {}, const cancel_token *cancel = nullptr) const {
        const detail::c_text path_text(path);
        if (!path_text) {
            return detail::c_text::failure("recording_client::download");
        }
        detail::watching<transfer, detail::guest_of<P>> guest(progress);
        auto done = with<json, voxline_json>(id, voxline_recording_download, path_text.get(), settings.handle(),
                                             guest.function(), guest.data(), detail::handle_of(cancel));
        guest.rethrow();
        return finished(std::move(done));
    }
    /** The same for a recording that was located. Settings: "resume". */
    template <class P = silent>
    result<downloaded> try_download(recording_url_view url, std::string_view path, const settings &settings = {},
                                    P &&progress = {}, const cancel_token *cancel = nullptr) const {
        const detail::c_text path_text(path);
        if (!path_text) {
            return detail::c_text::failure("recording_client::download");
        }
        detail::watching<transfer, detail::guest_of<P>> guest(progress);
        auto done = give<json, voxline_json>(voxline_recording_download_url, url.handle(), path_text.get(),
                                             settings.handle(), guest.function(), guest.data(),
                                             detail::handle_of(cancel));
        guest.rethrow();
        return finished(std::move(done));
    }

    /**
     * Finds a recording and begins to fetch it. `cancel` also ends reads that come later. Settings: "sub_user_id".
     *
     * Errors besides those of all calls: service if what comes is not audio; limit_exceeded if it is longer than the client's
     * "max_audio_bytes".
     */
    [[nodiscard]] result<recording_stream> try_open(const recording_id &id, const settings &settings = {},
                                                    const cancel_token *cancel = nullptr) const {
        return with<recording_stream, voxline_recording_stream>(id, voxline_recording_open, settings.handle(),
                                                                detail::handle_of(cancel));
    }
    /** The same for a recording that was located. */
    [[nodiscard]] result<recording_stream> try_open(recording_url_view url, const cancel_token *cancel = nullptr) const {
        return give<recording_stream, voxline_recording_stream>(voxline_recording_open_url, url.handle(),
                                                                detail::handle_of(cancel));
    }

#if VOXLINE_EXCEPTIONS
    explicit recording_client(const settings &settings, const options &options = {})
        : recording_client(try_create(settings, options).value()) {}
    void check_token(const cancel_token *cancel = nullptr) const { try_check_token(cancel).value(); }
    recording_url locate(const recording_id &id, const settings &settings = {},
                         const cancel_token *cancel = nullptr) const {
        return try_locate(id, settings, cancel).value();
    }
    template <class Ids>
    located locate_many(std::string_view user_id, std::string_view task_id, const Ids &record_ids,
                        const settings &settings = {}, const cancel_token *cancel = nullptr) const {
        return try_locate_many(user_id, task_id, record_ids, settings, cancel).value();
    }
    template <class P = silent>
    downloaded download(const recording_id &id, std::string_view path, const settings &settings = {}, P &&progress = {},
                        const cancel_token *cancel = nullptr) const {
        return try_download(id, path, settings, progress, cancel).value();
    }
    template <class P = silent>
    downloaded download(recording_url_view url, std::string_view path, const settings &settings = {}, P &&progress = {},
                        const cancel_token *cancel = nullptr) const {
        return try_download(url, path, settings, progress, cancel).value();
    }
    recording_stream open(const recording_id &id, const settings &settings = {},
                          const cancel_token *cancel = nullptr) const {
        return try_open(id, settings, cancel).value();
    }
    recording_stream open(recording_url_view url, const cancel_token *cancel = nullptr) const {
        return try_open(url, cancel).value();
    }
#endif

private:
    explicit recording_client(voxline_recording_client *handle) noexcept : handle_(handle) {}

    const voxline_recording_client *handle() const noexcept { return handle_.get(); }

    /** Calls a function that begins with the client and ends with what it gives. */
    template <class Made, class Handle, class F, class... A>
    result<Made> give(F function, A... arguments) const {
        Handle *made = nullptr;
        auto outcome = detail::call(function, handle(), arguments..., &made);
        return outcome ? result<Made>(Made(made)) : result<Made>(outcome.failure());
    }

    template <class Made, class Handle, class F, class... A>
    result<Made> with(const recording_id &id, F function, A... arguments) const {
        const detail::c_text user(id.user_id), task(id.task_id), record(id.record_id);
        if (!user || !task || !record) {
            return detail::c_text::failure("recording_client");
        }
        return give<Made, Handle>(function, user.get(), task.get(), record.get(), arguments...);
    }

    static result<downloaded> finished(result<json> done) {
        if (!done) {
            return done.error();
        }
        downloaded all;
        all.bytes = detail::number_at(done->view().handle(), "bytes");
        all.resumed_bytes = detail::number_at(done->view().handle(), "resumed_bytes");
        all.content_type = detail::text_at(done->view().handle(), "content_type");
        return all;
    }

    detail::handle<voxline_recording_client, &voxline_recording_client_free> handle_;
};

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
