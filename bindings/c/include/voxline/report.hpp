/** @file report.hpp
 * What was found in the input, what was done and what was odd about it.
 */
#ifndef VOXLINE_REPORT_HPP
#define VOXLINE_REPORT_HPP

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include "call.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** The level of one channel in dB relative to full scale; nothing for digital silence. */
struct channel_level {
    std::optional<double> peak_dbfs;
    std::optional<double> rms_dbfs;
};

/** One kind of oddity, however often it happened. The texts live as long as the report. */
struct warning {
    /** For programs: "truncated", "bad_frames" … */
    std::string_view code;
    /** One sentence about the first time. */
    std::string_view message;
    std::uint64_t count = 0;
};

/** The input as decoded. The texts live as long as the report. */
struct source_report {
    /** "wav", "mp3", "ogg", "speex", "raw". */
    std::string_view container;
    /** "mp3", "pcm_s16le", "speex_wb" … */
    std::string_view codec;
    std::uint32_t sample_rate_hz = 0;
    std::uint16_t channel_count = 0;
    /** Loudspeaker positions (bits of WAVEFORMATEXTENSIBLE), 0 when unknown. */
    std::uint32_t channel_mask = 0;
    /** Frames after the encoder's delay and padding were removed. */
    std::uint64_t frames = 0;
    double duration_s = 0;
    /** Whether `frames` is the length of the original to the sample. */
    bool duration_exact = false;
    std::optional<std::uint64_t> encoder_delay_frames;
    std::optional<std::uint64_t> encoder_padding_frames;
    /** Coded frames that could not be decoded and were concealed. */
    std::uint64_t bad_frames = 0;
    /** Samples that were no finite numbers. */
    std::uint64_t samples_nan = 0;
    /** Bytes read. */
    std::uint64_t input_bytes = 0;
};

/** The output as written; all zero when the input was only looked at. The text lives as long as the report. */
struct target_report {
    /** "pcm", "wav", "speex", "speex-wb", "spx". */
    std::string_view encoding;
    std::uint32_t sample_rate_hz = 0;
    /** Channels of one output. */
    std::uint16_t channel_count = 0;
    /** More than 1 only when channels were split. */
    std::uint16_t outputs = 0;
    /** Frames of one output. */
    std::uint64_t frames = 0;
    double duration_s = 0;
    /** Bytes of all outputs before base64. */
    std::uint64_t bytes = 0;
    /** Bytes of each Speex packet that follows another without a container. */
    std::optional<std::uint64_t> packet_bytes;
    /** Samples that did not fit into 16 bits. */
    std::uint64_t samples_clipped = 0;
};

namespace detail {

struct fetch_warning {
    using value_type = warning;
    const voxline_report *report = nullptr;
    inline bool operator()(std::size_t index, warning &value) const;
};

struct fetch_level {
    using value_type = channel_level;
    const voxline_report *report = nullptr;
    const char *side = "";
    inline bool operator()(std::size_t index, channel_level &value) const;
};

}  // namespace detail

/**
 * Looks into a report without owning it; it must not outlive the report. Reading allocates nothing on this side; the library
 * builds what is read the first time.
 *
 * Keys are places in the JSON, with dots between: "source.duration_s", "warnings.0.code".
 */
class report_view {
public:
    explicit report_view(const voxline_report *report) noexcept : report_(report) {}

    /** The whole report as JSON in one line; it lives as long as the report. */
    result<std::string_view> try_json() const {
        const char *json = nullptr;
        auto outcome = detail::call(voxline_report_json, report_, &json);
        return outcome ? result<std::string_view>(json) : outcome.failure();
    }

    /** A whole number or a truth value; nothing when it is not known for this input. Errors: invalid_argument. */
    result<std::optional<std::uint64_t>> try_get_u64(std::string_view key) const {
        return detail::read(voxline_report_get_u64, report_, key);
    }
    /** A number; nothing when it is not known for this input. Errors: invalid_argument. */
    result<std::optional<double>> try_get_f64(std::string_view key) const {
        return detail::read(voxline_report_get_f64, report_, key);
    }
    /** A text, which lives as long as the report. Errors: invalid_argument. */
    result<std::optional<std::string_view>> try_get_text(std::string_view key) const {
        return detail::read_text(voxline_report_get_text, report_, key);
    }
    /** The length of a list. Errors: invalid_argument. */
    result<std::size_t> try_length(std::string_view key) const {
        auto length = detail::read(voxline_report_length, report_, key);
        return length ? result<std::size_t>(length->value_or(0)) : length.error();
    }

#if VOXLINE_EXCEPTIONS
    std::string_view json() const { return try_json().value(); }
    std::optional<std::uint64_t> get_u64(std::string_view key) const { return try_get_u64(key).value(); }
    std::optional<double> get_f64(std::string_view key) const { return try_get_f64(key).value(); }
    std::optional<std::string_view> get_text(std::string_view key) const { return try_get_text(key).value(); }
    std::size_t length(std::string_view key) const { return try_length(key).value(); }
#endif

    /** The input. */
    source_report source() const noexcept {
        source_report s;
        s.container = text("source.container");
        s.codec = text("source.codec");
        s.sample_rate_hz = static_cast<std::uint32_t>(whole("source.sample_rate_hz"));
        s.channel_count = static_cast<std::uint16_t>(whole("source.channel_count"));
        s.channel_mask = static_cast<std::uint32_t>(whole("source.channel_mask"));
        s.frames = whole("source.frames");
        s.duration_s = optional_f64("source.duration_s").value_or(0);
        s.duration_exact = whole("source.duration_exact") != 0;
        s.encoder_delay_frames = optional_u64("source.encoder_delay_frames");
        s.encoder_padding_frames = optional_u64("source.encoder_padding_frames");
        s.bad_frames = whole("source.bad_frames");
        s.samples_nan = whole("source.samples_nan");
        s.input_bytes = whole("source.input_bytes");
        return s;
    }

    /** The output. */
    target_report target() const noexcept {
        target_report t;
        t.encoding = text("target.encoding");
        t.sample_rate_hz = static_cast<std::uint32_t>(whole("target.sample_rate_hz"));
        t.channel_count = static_cast<std::uint16_t>(whole("target.channel_count"));
        t.outputs = static_cast<std::uint16_t>(whole("target.outputs"));
        t.frames = whole("target.frames");
        t.duration_s = optional_f64("target.duration_s").value_or(0);
        t.bytes = whole("target.bytes");
        t.packet_bytes = optional_u64("target.packet_bytes");
        t.samples_clipped = whole("target.samples_clipped");
        return t;
    }

    /** What was odd, in the order in which it was first seen. */
    detail::sequence<detail::fetch_warning> warnings() const {
        return detail::sequence(detail::fetch_warning{report_});
    }
    /** The levels of the input's channels. */
    detail::sequence<detail::fetch_level> source_levels() const {
        return detail::sequence(detail::fetch_level{report_, "source"});
    }
    /** The levels of the output's channels. */
    detail::sequence<detail::fetch_level> target_levels() const {
        return detail::sequence(detail::fetch_level{report_, "target"});
    }

    /** For functions of C. */
    const voxline_report *handle() const noexcept { return report_; }

private:
    friend struct detail::fetch_warning;
    friend struct detail::fetch_level;

    /* What the library is known to have: no error can come of these. */
    std::optional<std::uint64_t> optional_u64(const char *key) const noexcept {
        std::uint64_t value = 0;
        const bool is_known = voxline_report_get_u64(report_, key, &value, nullptr) == VOXLINE_OK;
        return is_known ? std::optional<std::uint64_t>(value) : std::nullopt;
    }
    std::optional<double> optional_f64(const char *key) const noexcept {
        double value = 0;
        const bool is_known = voxline_report_get_f64(report_, key, &value, nullptr) == VOXLINE_OK;
        return is_known ? std::optional<double>(value) : std::nullopt;
    }
    std::uint64_t whole(const char *key) const noexcept { return optional_u64(key).value_or(0); }
    std::string_view text(const char *key) const noexcept {
        const char *value = nullptr;
        const bool is_known = voxline_report_get_text(report_, key, &value, nullptr) == VOXLINE_OK;
        return is_known ? std::string_view(value) : std::string_view();
    }

    const voxline_report *report_;
};

/** A report of one's own. */
class report {
public:
    /** Takes over what C gave. */
    explicit report(voxline_report *handle) noexcept : handle_(handle) {}

    /** Looks into it; the view must not outlive this object. */
    report_view view() const & noexcept { return report_view(handle_.get()); }
    report_view view() const && = delete;
    operator report_view() const & noexcept { return view(); }

    /** What report_view has: `report->source().frames`. */
    auto operator->() const & noexcept {
        struct arrow {
            report_view view;
            const report_view *operator->() const noexcept { return &view; }
        };
        return arrow{report_view(handle_.get())};
    }
    void operator->() const && = delete;

private:
    detail::handle<voxline_report, &voxline_report_free> handle_;
};

namespace detail {

inline bool fetch_warning::operator()(std::size_t index, warning &value) const {
    const report_view view(report);
    std::size_t length = 0;
    if (voxline_report_length(report, "warnings", &length, nullptr) != VOXLINE_OK || index >= length) {
        return false;
    }
    char key[64];
    const auto at = [&](const char *field) {
        std::snprintf(key, sizeof key, "warnings.%zu.%s", index, field);
        return key;
    };
    value.code = view.text(at("code"));
    value.message = view.text(at("message"));
    value.count = view.whole(at("count"));
    return true;
}

inline bool fetch_level::operator()(std::size_t index, channel_level &value) const {
    const report_view view(report);
    char key[64];
    std::snprintf(key, sizeof key, "%s.channels", side);
    std::size_t length = 0;
    if (voxline_report_length(report, key, &length, nullptr) != VOXLINE_OK || index >= length) {
        return false;
    }
    std::snprintf(key, sizeof key, "%s.channels.%zu.peak_dbfs", side, index);
    value.peak_dbfs = view.optional_f64(key);
    std::snprintf(key, sizeof key, "%s.channels.%zu.rms_dbfs", side, index);
    value.rms_dbfs = view.optional_f64(key);
    return true;
}

}  // namespace detail

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
