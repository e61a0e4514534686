/** @file doctor.hpp
 * The call doctor: what is wrong with a recording, how bad that is, and what to do.
 */
#ifndef VOXLINE_DOCTOR_HPP
#define VOXLINE_DOCTOR_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "prepare.hpp"
#include "settings.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** How bad a finding is; they can be compared. */
enum class severity : std::int32_t {
    /** Nothing was found. */
    none = VOXLINE_SEVERITY_NONE,
    /** Good to know; nothing has to be done. */
    info = VOXLINE_SEVERITY_INFO,
    /** Part of what was said may be lost or ascribed to the wrong side. */
    warning = VOXLINE_SEVERITY_WARNING,
    /** The recording cannot be used as it is. */
    error = VOXLINE_SEVERITY_ERROR,
};

/** One thing that was found. Texts and channels live as long as the diagnosis. */
struct finding {
    /** For programs: "clipping", "identical_channels" … */
    std::string_view name;
    voxline::severity severity = voxline::severity::none;
    /** What it is, in one sentence. */
    std::string_view what;
    /** What to do about it, in one sentence. */
    std::string_view advice;
    /** The channels concerned, counted from 1; empty when it is the file. */
    span<const std::uint16_t> channels;
    /** The numbers behind it, a JSON list; figure() reads one. */
    std::string_view figures;

    /** The number of this name. */
    std::optional<double> figure(std::string_view name) const {
        const detail::c_text text(name);
        double value = 0;
        const bool is_there =
            text && voxline_diagnosis_figure(diagnosis_, index_, text.get(), &value, nullptr) == VOXLINE_OK;
        return is_there ? std::optional<double>(value) : std::nullopt;
    }

    /** @cond */
    const voxline_diagnosis *diagnosis_ = nullptr;
    std::size_t index_ = 0;
    /** @endcond */
};

namespace detail {

struct fetch_finding {
    using value_type = finding;
    const voxline_diagnosis *diagnosis = nullptr;
    bool operator()(std::size_t index, finding &value) const noexcept {
        voxline_finding c{};
        if (voxline_diagnosis_finding(diagnosis, index, &c, nullptr) != VOXLINE_OK) {
            return false;
        }
        value.name = c.name;
        value.severity = static_cast<voxline::severity>(c.severity);
        value.what = c.what;
        value.advice = c.advice;
        value.channels = span<const std::uint16_t>(c.channels, c.channel_count);
        value.figures = c.figures;
        value.diagnosis_ = diagnosis;
        value.index_ = index;
        return true;
    }
};

}  // namespace detail

/** What an examination says. It is never changed: threads may read it together. One that was moved from says nothing. */
class diagnosis {
public:
    /** Takes over what C gave. */
    explicit diagnosis(voxline_diagnosis *handle) noexcept : handle_(handle) {}

    /** The severity of the worst finding. */
    severity worst() const noexcept {
        const std::int32_t worst = voxline_diagnosis_worst(handle_.get());
        return worst < 0 ? severity::none : static_cast<severity>(worst);
    }
    /** How many findings there are. */
    std::size_t count() const noexcept { return voxline_diagnosis_count(handle_.get()); }
    /** Every finding: `for (const voxline::finding &finding : diagnosis.findings())`. */
    detail::sequence<detail::fetch_finding> findings() const & {
        return detail::sequence(detail::fetch_finding{handle_.get()});
    }
    detail::sequence<detail::fetch_finding> findings() const && = delete;
    /** All of it by name: "channels.0.speech_ratio", "pair.talk_over_ratio", "findings.0.name" … */
    json_view json() const & noexcept {
        const voxline_json *json = nullptr;
        voxline_diagnosis_json(handle_.get(), &json, nullptr);
        return json_view(json);
    }
    json_view json() const && = delete;
    /** What inspect_path() says; the view must not outlive this object. */
    report_view report() const & noexcept {
        const voxline_report *report = nullptr;
        voxline_diagnosis_report(handle_.get(), &report, nullptr);
        return report_view(report);
    }
    report_view report() const && = delete;

private:
    detail::handle<voxline_diagnosis, &voxline_diagnosis_free> handle_;
};

/**
 * Examines a file in one pass: silent, clipped, noisy or muffled channels, channels that are copies of each other or leak into
 * each other, and every oddity of the file. Of the options, input.* and limits.* count.
 *
 * Errors: those of try_inspect_path(). Damage that decoding puts up with is a finding, and so is a file without audio.
 */
template <class P = silent>
result<diagnosis> try_doctor_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return detail::make_from_path<diagnosis, voxline_diagnosis>("doctor_path", path, options, progress,
                                                                voxline_doctor_path);
}

/** Examines the content of a file that is in memory. */
template <class P = silent>
result<diagnosis> try_doctor_bytes(bytes_view data, const options &options = {}, P &&progress = {}) {
    return detail::make<diagnosis, voxline_diagnosis>(progress, voxline_doctor_bytes, data.data(), data.size(),
                                                      options.handle());
}

/** Examines what a reader gives. */
template <class R, class P = silent, class = std::enable_if_t<!std::is_base_of_v<std::istream, detail::guest_of<R>>>>
result<diagnosis> try_doctor_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return detail::make_from_reader<diagnosis, voxline_diagnosis>(reader, options, progress, voxline_doctor_reader);
}

/** Examines what a stream gives; it was opened in binary mode. */
template <class P = silent>
result<diagnosis> try_doctor_reader(std::istream &stream, const options &options = {}, P &&progress = {}) {
    return try_doctor_reader(istream_reader(stream), options, progress);
}

#if VOXLINE_EXCEPTIONS
template <class P = silent>
diagnosis doctor_path(std::string_view path, const options &options = {}, P &&progress = {}) {
    return try_doctor_path(path, options, progress).value();
}
template <class P = silent>
diagnosis doctor_bytes(bytes_view data, const options &options = {}, P &&progress = {}) {
    return try_doctor_bytes(data, options, progress).value();
}
template <class R, class P = silent>
diagnosis doctor_reader(R &&reader, const options &options = {}, P &&progress = {}) {
    return try_doctor_reader(reader, options, progress).value();
}
#endif

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
