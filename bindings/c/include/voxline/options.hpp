/** @file options.hpp
 * What is done to audio and how services are talked to.
 */
#ifndef VOXLINE_OPTIONS_HPP
#define VOXLINE_OPTIONS_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "call.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/**
 * Options by key (docs/options.md lists them all): "target.sample_rate_hz", "input.strict".
 *
 * A new object stands for the defaults and owns nothing until something is set; so does one that was moved from. Ranges are
 * checked by validate() and by every call that uses the options, so that the order of settings does not matter.
 *
 * set() and try_set() take text as the program's --set does (booleans on and off, values that may be missing "none"), truth
 * values and numbers: `options().set("target.channels", "split").set("target.sample_rate_hz", 8000)`. Errors: unknown_option
 * with the nearest key, invalid_argument with what the option takes; nothing is changed then.
 */
class options : public detail::settable<options> {
public:
    /** The defaults. */
    options() noexcept = default;

    /** The settings of a profile, such as "chat-16k"; profiles() lists them. Errors: invalid_argument. */
    [[nodiscard]] static result<options> try_profile(std::string_view name) {
        const detail::c_text text(name);
        if (!text) {
            return detail::c_text::failure("options::profile");
        }
        voxline_options *made = nullptr;
        auto outcome = detail::call(voxline_options_new_profile, text.get(), &made);
        return outcome ? result<options>(options(made)) : outcome.failure();
    }

    /** A copy. */
    [[nodiscard]] result<options> try_clone() const {
        voxline_options *copy = nullptr;
        if (!handle_) {
            return options();
        }
        auto outcome = detail::call(voxline_options_clone, handle_.get(), &copy);
        return outcome ? result<options>(options(copy)) : outcome.failure();
    }

    /** Sets every option that an environment variable names: VOXLINE_TARGET_SAMPLE_RATE_HZ. Errors: those of try_set(). */
    [[nodiscard]] result<void> try_set_from_env() {
        if (auto made = ensure(); !made) {
            return made;
        }
        return detail::call(voxline_options_set_from_env, handle_.get()).done();
    }

    /** The value of an option as text. Errors: unknown_option. */
    [[nodiscard]] result<std::string> try_get(std::string_view key) const {
        const detail::c_text text(key);
        if (!text) {
            return detail::c_text::failure("options::get");
        }
        if (!handle_) {
            options defaults;
            auto made = defaults.ensure();
            return made ? defaults.try_get(key) : made.error();
        }
        std::size_t size = 0;
        char *nowhere = nullptr;
        auto outcome = detail::call(voxline_options_get, handle_.get(), text.get(), nowhere, std::size_t{0}, &size);
        if (!outcome) {
            return outcome.failure();
        }
        // C writes the NUL where a string has its own.
        std::string value(size - 1, '\0');
        outcome = detail::call(voxline_options_get, handle_.get(), text.get(), value.data(), size, &size);
        return outcome ? result<std::string>(std::move(value)) : outcome.failure();
    }

    /** Checks every range; the error names all faults at once. Errors: invalid_argument. */
    [[nodiscard]] result<void> try_validate() const {
        return handle_ ? detail::call(voxline_options_validate, handle_.get()).done() : result<void>();
    }

#if VOXLINE_EXCEPTIONS
    static options profile(std::string_view name) { return try_profile(name).value(); }
    options clone() const { return try_clone().value(); }
    options &set_from_env() & {
        try_set_from_env().value();
        return *this;
    }
    options &&set_from_env() && {
        try_set_from_env().value();
        return std::move(*this);
    }
    std::string get(std::string_view key) const { return try_get(key).value(); }
    void validate() const { try_validate().value(); }
#endif

    /** For functions of C: NULL for the defaults. It stays with this object. */
    const voxline_options *handle() const noexcept { return handle_.get(); }

private:
    friend class detail::settable<options>;

    explicit options(voxline_options *handle) noexcept : handle_(handle) {}

    result<void> set_text(std::string_view key, std::string_view value) {
        const detail::c_text key_text(key), value_text(value);
        if (!key_text || !value_text) {
            return detail::c_text::failure("options::set");
        }
        if (auto made = ensure(); !made) {
            return made;
        }
        return detail::call(voxline_options_set, handle_.get(), key_text.get(), value_text.get()).done();
    }

    result<void> ensure() {
        voxline_options *made = nullptr;
        if (handle_) {
            return {};
        }
        auto outcome = detail::call(voxline_options_new, &made);
        handle_.reset(made);
        return outcome.done();
    }

    detail::handle<voxline_options, &voxline_options_free> handle_;
};

/** What is known about an option. Every text lives as long as the program. */
struct option_info {
    /** The key, such as "target.sample_rate_hz". */
    std::string_view key;
    /** What it takes: bool, integer, number, text or the words to choose from, with | between. */
    std::string_view takes;
    /** The unit; empty when there is none. */
    std::string_view unit;
    /** The default, as set() takes it. */
    std::string_view default_value;
    /** One sentence. */
    std::string_view help;
};

/** A profile. Both texts live as long as the program. */
struct profile_info {
    std::string_view name;
    /** One sentence. */
    std::string_view help;
};

namespace detail {

struct fetch_option {
    using value_type = option_info;
    bool operator()(std::size_t index, option_info &info) const noexcept {
        voxline_option_info c{};
        if (voxline_option_describe(index, &c, nullptr) != VOXLINE_OK) {
            return false;
        }
        info = {c.key, c.takes, c.unit, c.default_value, c.help};
        return true;
    }
};

struct fetch_profile {
    using value_type = profile_info;
    bool operator()(std::size_t index, profile_info &info) const noexcept {
        const char *name = nullptr, *help = nullptr;
        if (voxline_profile_describe(index, &name, &help, nullptr) != VOXLINE_OK) {
            return false;
        }
        info = {name, help};
        return true;
    }
};

}  // namespace detail

/** Every option: `for (const voxline::option_info &option : voxline::option_keys())`. */
inline detail::sequence<detail::fetch_option> option_keys() { return detail::sequence(detail::fetch_option{}); }

/** Every profile. */
inline detail::sequence<detail::fetch_profile> profiles() { return detail::sequence(detail::fetch_profile{}); }

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
