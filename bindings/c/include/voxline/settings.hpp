/** @file settings.hpp
 * What the clients of services share: settings, cancelling, structured results, bytes.
 */
#ifndef VOXLINE_SETTINGS_HPP
#define VOXLINE_SETTINGS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "call.hpp"
#include "span.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/**
 * What a client or a call of a service is set to, by name: `settings().set("access_token", token)`; setting_names() lists what
 * there is and what it is for. A new object has nothing set and owns nothing.
 *
 * set() and try_set() take text, truth values and numbers. What was set before is replaced, except "data", of which there may
 * be many. Every value is kept like a secret: shown nowhere, and wiped from memory with this object.
 *
 * Errors: unknown_option, listing the names; invalid_argument with what the setting takes. Nothing is changed then, and no
 * error repeats a value.
 */
class settings : public detail::settable<settings> {
public:
    settings() noexcept = default;

    /** For functions of C: NULL when nothing was set. It stays with this object. */
    const voxline_settings *handle() const noexcept { return handle_.get(); }

private:
    friend class detail::settable<settings>;

    result<void> set_text(std::string_view name, std::string_view value) {
        const detail::c_text name_text(name);
        const detail::secret_text value_text(value);
        if (!name_text || !value_text) {
            return detail::c_text::failure("settings::set");
        }
        if (!handle_) {
            voxline_settings *made = nullptr;
            if (auto outcome = detail::call(voxline_settings_new, &made); !outcome) {
                return outcome.failure();
            }
            handle_.reset(made);
        }
        return detail::call(voxline_settings_set, handle_.get(), name_text.get(), value_text.get()).done();
    }

    detail::handle<voxline_settings, &voxline_settings_free> handle_;
};

/** What is known about a setting. Every text lives as long as the program. */
struct setting_info {
    /** The name, such as "access_token". */
    std::string_view name;
    /** What it is for, such as "chat client"; several with ", " between. */
    std::string_view used_for;
    /** What it takes: bool, integer, number, text, secret, a form, or the words to choose from, with | between. */
    std::string_view takes;
    /** One sentence, with unit and default. */
    std::string_view help;
};

/**
 * Cancels calls, from any thread: give its address to calls and cancel it elsewhere. It has to live until they have ended.
 *
 * A call that is cancelled ends within a moment with status::cancelled. One thing is finished first: a request that may not be
 * repeated (a submission, an utterance) and is being sent or answered. So for these status::cancelled means that nothing was
 * done.
 */
class cancel_token {
public:
    /** A token that is not cancelled. */
    [[nodiscard]] static result<cancel_token> try_create() {
        voxline_cancel *made = nullptr;
        auto outcome = detail::call(voxline_cancel_new, &made);
        return outcome ? result<cancel_token>(cancel_token(made)) : outcome.failure();
    }
#if VOXLINE_EXCEPTIONS
    cancel_token() : cancel_token(try_create().value()) {}
#endif

    /** Cancels every call that uses it, for good. */
    void cancel() const noexcept { voxline_cancel_cancel(handle_.get(), nullptr); }
    /** Whether it was cancelled. */
    bool is_cancelled() const noexcept { return voxline_cancel_is_cancelled(handle_.get()) != 0; }

    /** For functions of C; it stays with this object. */
    const voxline_cancel *handle() const noexcept { return handle_.get(); }

private:
    explicit cancel_token(voxline_cancel *handle) noexcept : handle_(handle) {}

    detail::handle<voxline_cancel, &voxline_cancel_free> handle_;
};

/** What a call brought, as bytes. They are never changed: threads may read them together. */
class bytes {
public:
    /** Takes over what C gave. */
    explicit bytes(voxline_bytes *handle) noexcept : handle_(handle) {}

    /** They live as long as this object. */
    bytes_view view() const & noexcept {
        const std::uint8_t *data = nullptr;
        std::size_t size = 0;
        voxline_bytes_data(handle_.get(), &data, &size, nullptr);
        return {data, size};
    }
    bytes_view view() const && = delete;
    operator bytes_view() const & noexcept { return view(); }

private:
    detail::handle<voxline_bytes, &voxline_bytes_free> handle_;
};

/**
 * Looks into a structured result without owning it; it must not outlive the result. Keys are places, with dots between:
 * "0.error.status". Errors: invalid_argument for a key that is not there or is of another type.
 */
class json_view {
public:
    explicit json_view(const voxline_json *json) noexcept : json_(json) {}

    /** All of it in one line; it lives as long as the result. */
    result<std::string_view> try_text() const {
        const char *text = nullptr;
        auto outcome = detail::call(voxline_json_text, json_, &text);
        return outcome ? result<std::string_view>(text) : outcome.failure();
    }
    /** A whole number or a truth value; nothing for null. */
    result<std::optional<std::int64_t>> try_get_i64(std::string_view key) const {
        return detail::read(voxline_json_get_i64, json_, key);
    }
    /** A number; nothing for null. */
    result<std::optional<double>> try_get_f64(std::string_view key) const {
        return detail::read(voxline_json_get_f64, json_, key);
    }
    /** A text, which lives as long as the result; nothing for null. */
    result<std::optional<std::string_view>> try_get_text(std::string_view key) const {
        return detail::read_text(voxline_json_get_text, json_, key);
    }
    /** The length of a list; "" is the place of the whole. */
    result<std::size_t> try_length(std::string_view key = "") const {
        auto length = detail::read(voxline_json_length, json_, key);
        return length ? result<std::size_t>(length->value_or(0)) : length.error();
    }

#if VOXLINE_EXCEPTIONS
    std::string_view text() const { return try_text().value(); }
    std::optional<std::int64_t> get_i64(std::string_view key) const { return try_get_i64(key).value(); }
    std::optional<double> get_f64(std::string_view key) const { return try_get_f64(key).value(); }
    std::optional<std::string_view> get_text(std::string_view key) const { return try_get_text(key).value(); }
    std::size_t length(std::string_view key = "") const { return try_length(key).value(); }
#endif

    /** For functions of C. */
    const voxline_json *handle() const noexcept { return json_; }

private:
    const voxline_json *json_;
};

/** A structured result of one's own. */
class json {
public:
    /** Takes over what C gave. */
    explicit json(voxline_json *handle) noexcept : handle_(handle) {}

    /** Looks into it; the view must not outlive this object. */
    json_view view() const & noexcept { return json_view(handle_.get()); }
    json_view view() const && = delete;

    /** What json_view has: `jobs->length()`. */
    auto operator->() const & noexcept {
        struct arrow {
            json_view view;
            const json_view *operator->() const noexcept { return &view; }
        };
        return arrow{json_view(handle_.get())};
    }
    void operator->() const && = delete;

private:
    detail::handle<voxline_json, &voxline_json_free> handle_;
};

namespace detail {

struct fetch_setting {
    using value_type = setting_info;
    bool operator()(std::size_t index, setting_info &info) const noexcept {
        voxline_setting_info c{};
        if (voxline_setting_describe(index, &c, nullptr) != VOXLINE_OK) {
            return false;
        }
        info = {c.name, c.used_for, c.takes, c.help};
        return true;
    }
};

inline const voxline_cancel *handle_of(const cancel_token *cancel) noexcept {
    return cancel == nullptr ? nullptr : cancel->handle();
}

/** The text at a key that is known to be there; empty for null. */
inline std::string_view text_at(const voxline_json *json, const char *key) noexcept {
    const char *text = nullptr;
    return voxline_json_get_text(json, key, &text, nullptr) == VOXLINE_OK ? std::string_view(text) : std::string_view();
}

inline std::uint64_t number_at(const voxline_json *json, const char *key) noexcept {
    std::int64_t value = 0;
    voxline_json_get_i64(json, key, &value, nullptr);
    return static_cast<std::uint64_t>(value);
}

}  // namespace detail

/** Every setting. */
inline detail::sequence<detail::fetch_setting> setting_names() { return detail::sequence(detail::fetch_setting{}); }

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
