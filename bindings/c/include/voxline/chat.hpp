/** @file chat.hpp
 * The voice-chat service: prepared audio in, an answer out.
 */
#ifndef VOXLINE_CHAT_HPP
#define VOXLINE_CHAT_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "audio.hpp"
#include "options.hpp"
#include "settings.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** Looks into an answer without owning it; it must not outlive what the answer belongs to. Texts live as long as that. */
class chat_answer_view {
public:
    explicit chat_answer_view(const voxline_chat_answer *answer) noexcept : answer_(answer) {}

    /** The text for a plain chat; where the answer consists of instructions, the text that comes with them. */
    std::string_view text() const noexcept { return voxline_chat_answer_text(answer_); }
    /** The instructions to a device, a JSON object. They may hold signed links: do not log them. */
    std::optional<std::string_view> instructions() const noexcept {
        return detail::optional_text(voxline_chat_answer_instructions(answer_));
    }
    /** The service's remark. */
    std::optional<std::string_view> description() const noexcept {
        return detail::optional_text(voxline_chat_answer_description(answer_));
    }
    /** The link of the spoken answer. It is signed: do not log it; chat_client::fetch_audio() fetches what is there. */
    std::optional<std::string_view> audio_url() const noexcept {
        return detail::optional_text(voxline_chat_answer_audio_url(answer_));
    }
    /** The whole answer as it came, JSON, with the signed link: do not log it. */
    std::string_view raw() const noexcept { return voxline_chat_answer_raw(answer_); }

    /** For functions of C. */
    const voxline_chat_answer *handle() const noexcept { return answer_; }

private:
    const voxline_chat_answer *answer_;
};

/** An answer. It is never changed: threads may read it together. Texts live as long as this object. */
class chat_answer {
public:
    /** Takes over what C gave. */
    explicit chat_answer(voxline_chat_answer *handle) noexcept : handle_(handle) {}

    /** The text for a plain chat; where the answer consists of instructions, the text that comes with them. */
    std::string_view text() const & noexcept { return view().text(); }
    std::string_view text() const && = delete;
    /** The instructions to a device, a JSON object. They may hold signed links: do not log them. */
    std::optional<std::string_view> instructions() const & noexcept {
        return view().instructions();
    }
    std::optional<std::string_view> instructions() const && = delete;
    /** The service's remark. */
    std::optional<std::string_view> description() const & noexcept {
        return view().description();
    }
    std::optional<std::string_view> description() const && = delete;
    /** The link of the spoken answer. It is signed: do not log it; chat_client::fetch_audio() fetches what is there. */
    std::optional<std::string_view> audio_url() const & noexcept {
        return view().audio_url();
    }
    std::optional<std::string_view> audio_url() const && = delete;
    /** The whole answer as it came, JSON, with the signed link: do not log it. */
    std::string_view raw() const & noexcept { return view().raw(); }
    std::string_view raw() const && = delete;

    /** Looks into it; the view must not outlive this object. */
    chat_answer_view view() const & noexcept { return chat_answer_view(handle_.get()); }
    chat_answer_view view() const && = delete;
    operator chat_answer_view() const & noexcept { return view(); }

    /** For functions of C; it stays with this object. */
    const voxline_chat_answer *handle() const noexcept { return handle_.get(); }

private:
    detail::handle<voxline_chat_answer, &voxline_chat_answer_free> handle_;
};

/**
 * Talks to the voice-chat service. It may be shared between threads and is best kept: connections and access tokens are used
 * again.
 *
 * An utterance sent twice may be answered twice: nothing is repeated that the service may have got, unless the setting
 * "repeat_unknown" is on.
 */
class chat_client {
public:
    /**
     * A client; nothing is sent yet. Settings: "access_token", or "app_key", "auth_code" and "user_id"; and what
     * setting_names() lists for a chat client. Of the options http.* matters. Errors: invalid_argument.
     */
    [[nodiscard]] static result<chat_client> try_create(const settings &settings, const options &options = {}) {
        voxline_chat_client *made = nullptr;
        auto outcome = detail::call(voxline_chat_client_new, settings.handle(), options.handle(), &made);
        return outcome ? result<chat_client>(chat_client(made)) : outcome.failure();
    }

    /** A client that speaks for another user, with the same connections and credentials. Errors: invalid_argument. */
    [[nodiscard]] result<chat_client> try_for_user(std::string_view user_id) const {
        const detail::c_text text(user_id);
        if (!text) {
            return detail::c_text::failure("chat_client::for_user");
        }
        voxline_chat_client *made = nullptr;
        auto outcome = detail::call(voxline_chat_client_for_user, handle(), text.get(), &made);
        return outcome ? result<chat_client>(chat_client(made)) : outcome.failure();
    }

    /**
     * Sends what was prepared with one of the profiles chat-… and waits for the answer. `cancel` may be nullptr.
     *
     * Errors: invalid_argument and limit_exceeded before anything is sent; connect and timeout when the service was not
     * reached; outcome_unknown when it may have been; unauthenticated, permission_denied, not_found, rate_limited and service
     * for what it said, with its code and message; cancelled if it surely did nothing.
     */
    [[nodiscard]] result<chat_answer> try_send(const prepared &prepared, const settings &settings = {},
                                               const cancel_token *cancel = nullptr) const {
        return answer(voxline_chat_send_prepared, prepared.handle(), settings.handle(), detail::handle_of(cancel));
    }
    /** The same for bytes; `encoding` says what they are, as target.encoding does. Speex needs the setting "speex_size". */
    [[nodiscard]] result<chat_answer> try_send(bytes_view audio, std::string_view encoding, std::uint32_t sample_rate_hz,
                                               const settings &settings = {},
                                               const cancel_token *cancel = nullptr) const {
        const detail::c_text text(encoding);
        if (!text) {
            return detail::c_text::failure("chat_client::send");
        }
        return answer(voxline_chat_send, audio.data(), audio.size(), text.get(), sample_rate_hz, settings.handle(),
                      detail::handle_of(cancel));
    }

    /**
     * Fetches the spoken answer, which was asked for with the setting "tts"; nothing when the answer has no link to one.
     *
     * Errors: those of try_send(), and service for what is no audio of the kind that was asked for.
     */
    [[nodiscard]] result<std::optional<bytes>> try_fetch_audio(const chat_answer_view &answer,
                                                               const cancel_token *cancel = nullptr) const {
        voxline_bytes *made = nullptr;
        auto outcome = detail::call(voxline_chat_fetch_audio, handle(), answer.handle(), detail::handle_of(cancel), &made);
        if (!outcome) {
            return outcome.failure();
        }
        return outcome.status() == status::ok ? std::optional<bytes>(bytes(made)) : std::nullopt;
    }

#if VOXLINE_EXCEPTIONS
    explicit chat_client(const settings &settings, const options &options = {})
        : chat_client(try_create(settings, options).value()) {}
    chat_client for_user(std::string_view user_id) const { return try_for_user(user_id).value(); }
    chat_answer send(const prepared &prepared, const settings &settings = {},
                     const cancel_token *cancel = nullptr) const {
        return try_send(prepared, settings, cancel).value();
    }
    chat_answer send(bytes_view audio, std::string_view encoding, std::uint32_t sample_rate_hz,
                     const settings &settings = {}, const cancel_token *cancel = nullptr) const {
        return try_send(audio, encoding, sample_rate_hz, settings, cancel).value();
    }
    std::optional<bytes> fetch_audio(const chat_answer_view &answer, const cancel_token *cancel = nullptr) const {
        return try_fetch_audio(answer, cancel).value();
    }
#endif

    /** For functions of C; it stays with this object. */
    const voxline_chat_client *handle() const noexcept { return handle_.get(); }

private:
    explicit chat_client(voxline_chat_client *handle) noexcept : handle_(handle) {}

    template <class F, class... A>
    result<chat_answer> answer(F function, A... arguments) const {
        voxline_chat_answer *made = nullptr;
        auto outcome = detail::call(function, handle(), arguments..., &made);
        return outcome ? result<chat_answer>(chat_answer(made)) : outcome.failure();
    }

    detail::handle<voxline_chat_client, &voxline_chat_client_free> handle_;
};

/** Decodes a spoken answer; `answer_audio` is what was asked for with the setting of that name. Errors: as prepare_bytes(). */
inline result<prepared> try_decode_answer(bytes_view data, std::string_view answer_audio, const options &options = {}) {
    const detail::c_text text(answer_audio);
    if (!text) {
        return detail::c_text::failure("decode_answer");
    }
    voxline_prepared *made = nullptr;
    auto outcome = detail::call(voxline_chat_decode_answer, data.data(), data.size(), text.get(), options.handle(), &made);
    return outcome ? result<prepared>(prepared(made)) : outcome.failure();
}
#if VOXLINE_EXCEPTIONS
inline prepared decode_answer(bytes_view data, std::string_view answer_audio, const options &options = {}) {
    return try_decode_answer(data, answer_audio, options).value();
}
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
