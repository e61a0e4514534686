// Options by key from every type, profiles, the table of keys.
#include <algorithm>
#include <cstdlib>

#include "check.hpp"

namespace {

void what_was_set_is_got() {
    voxline::options options;
    CHECK(options.handle() == nullptr && options.get("target.sample_rate_hz") == "16000");
    options.set("target.sample_rate_hz", 8000).set("input.strict", true).set("limits.max_duration_s", 0.1);
    options.set("target.channels", std::string("left")).set("target.encoding", std::string_view("pcm"));
    CHECK(options.get("target.sample_rate_hz") == "8000" && options.get("input.strict") == "on");
    CHECK(std::strtod(options.get("limits.max_duration_s").c_str(), nullptr) == 0.1);
    CHECK(options.get("target.channels") == "left" && options.get("target.encoding") == "pcm");
    options.set("limits.max_input_bytes", std::uint64_t{9007199254740993}).set("input.strict", false);
    CHECK(options.get("limits.max_input_bytes") == "9007199254740993" && options.get("input.strict") == "off");
    // Longer than what is kept without allocating.
    const std::string path(300, 'p');
    options.set("http.ca_file", path.c_str());
    CHECK(options.get("http.ca_file") == path);
    for (std::size_t length : {127, 128, 129}) {
        options.set("http.ca_file", std::string(length, 'q'));
        CHECK(options.get("http.ca_file").size() == length);
    }
}

void wrong_settings_change_nothing() {
    voxline::options options;
    THROWS(unknown_option, "target.sample_rate_hz", options.set("target.samplerate", 8000));
    THROWS(unknown_option, "target.samplerate", options.get("target.samplerate"));
    THROWS(invalid_argument, "integer", options.set("target.sample_rate_hz", "fast"));
    FAILS(invalid_argument, "UTF-8", options.try_set("target.channels", "\xff"));
    FAILS(invalid_argument, "chat-16k", voxline::options::try_profile("chat-17k"));
    CHECK(options.get("target.sample_rate_hz") == "16000");
    options.validate();
    options.set("target.sample_rate_hz", 1).set("speex.quality", 11);
    THROWS(invalid_argument, "target.sample_rate_hz", options.validate());
    THROWS(invalid_argument, "speex.quality", options.validate());
    THROWS(invalid_argument, "speex.quality", voxline::preparer(options));
    voxline::options().validate();
}

template <class V, class = void>
struct IsTaken : std::false_type {};
template <class V>
struct IsTaken<V, std::void_t<decltype(std::declval<voxline::options &>().set("", std::declval<V>())),
                              decltype(voxline::options().set("", std::declval<V>())),
                              decltype(voxline::options().try_set("", std::declval<V>()))>> : std::true_type {};
static_assert(IsTaken<int>() && IsTaken<bool>() && IsTaken<std::uint8_t>() && IsTaken<double>() && IsTaken<const char *>());
static_assert(!IsTaken<char>() && !IsTaken<char &>() && !IsTaken<const char &>());

void no_text_is_no_value() {
    const char *missing = std::getenv("VOXLINE_TEST_NOBODY_SETS_THIS");
    char *changeable = nullptr;
    char letters[] = "pcm";
    voxline::options options;
    voxline::settings settings;
    THROWS(null_pointer, "null pointer", settings.set("token", missing));
    THROWS(null_pointer, "null pointer", voxline::settings().set("token", missing));
    THROWS(null_pointer, "null pointer", options.set("target.encoding", changeable));
    FAILS(null_pointer, "null pointer", options.try_set("target.encoding", nullptr));
    CHECK(settings.handle() == nullptr && options.handle() == nullptr);
    CHECK(options.set("target.encoding", letters).get("target.encoding") == "pcm");
}

void a_copy_is_a_copy() {
    auto options = voxline::options::profile("chat-8k");
    const auto copy = options.clone();
    options.set("target.sample_rate_hz", "keep");
    CHECK(copy.get("target.sample_rate_hz") == "8000" && voxline::options().clone().handle() == nullptr);
}

void the_environment_sets_too() {
    setenv("VOXLINE_TARGET_SAMPLE_RATE_HZ", "11025", 1);
    CHECK(voxline::options().set_from_env().get("target.sample_rate_hz") == "11025");
    setenv("VOXLINE_TARGET_SAMPLE_RATE_HZ", "fast", 1);
    THROWS(invalid_argument, "VOXLINE_TARGET_SAMPLE_RATE_HZ", voxline::options().set_from_env());
    unsetenv("VOXLINE_TARGET_SAMPLE_RATE_HZ");
}

void ranges_go_over_all_there_is() {
    std::size_t count = 0;
    const voxline::options defaults;
    for (const voxline::option_info &option : voxline::option_keys()) {
        CHECK(option.help.size() > 10 && !option.takes.empty());
        CHECK(defaults.get(option.key) == option.default_value);
        count++;
    }
    voxline_option_info info;
    CHECK(count > 20 && voxline_option_describe(count - 1, &info, nullptr) == VOXLINE_OK);
    CHECK(voxline_option_describe(count, &info, nullptr) == VOXLINE_END);
    // The iterators are those of the standard's algorithms.
    const auto keys = voxline::option_keys();
    const auto rate = std::find_if(keys.begin(), keys.end(), [](const auto &o) { return o.key == "target.sample_rate_hz"; });
    CHECK(rate != keys.end() && rate->unit == "Hz" && rate->default_value == "16000");
    CHECK(std::distance(keys.begin(), keys.end()) == static_cast<std::ptrdiff_t>(count));
    std::vector<std::string> names;
    for (const auto &[name, help] : voxline::profiles()) {
        names.emplace_back(name);
        CHECK(!help.empty() && voxline::options::profile(name).handle() != nullptr);
    }
    CHECK(std::count(names.begin(), names.end(), "chat-16k") == 1 && names.size() > 4);
#if defined(__cpp_lib_ranges)
    static_assert(std::ranges::input_range<decltype(voxline::option_keys())>);
#endif
}

}  // namespace

void test_options() {
    what_was_set_is_got();
    wrong_settings_change_nothing();
    no_text_is_no_value();
    a_copy_is_a_copy();
    the_environment_sets_too();
    ranges_go_over_all_there_is();
}
