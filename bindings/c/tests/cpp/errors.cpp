// Exceptions and results carry what C says.
#include <map>

#include "check.hpp"

namespace {

static_assert(std::is_base_of_v<std::runtime_error, voxline::error>);
// Throwing copies: that must not throw itself.
static_assert(std::is_nothrow_copy_constructible_v<voxline::error> && std::is_copy_assignable_v<voxline::error_info>);

void every_status_has_the_number_and_the_name_of_c() {
    const std::map<voxline::status, std::string_view> all = {
#define ROW(cpp, c) {voxline::status::cpp, #c}
        ROW(ok, VOXLINE_OK),
        ROW(end, VOXLINE_END),
        ROW(need_more, VOXLINE_NEED_MORE),
        ROW(invalid_argument, VOXLINE_INVALID_ARGUMENT),
        ROW(unknown_option, VOXLINE_UNKNOWN_OPTION),
        ROW(invalid_state, VOXLINE_INVALID_STATE),
        ROW(buffer_too_small, VOXLINE_BUFFER_TOO_SMALL),
        ROW(null_pointer, VOXLINE_NULL_POINTER),
        ROW(unsupported_format, VOXLINE_UNSUPPORTED_FORMAT),
        ROW(malformed_input, VOXLINE_MALFORMED_INPUT),
        ROW(truncated_input, VOXLINE_TRUNCATED_INPUT),
        ROW(limit_exceeded, VOXLINE_LIMIT_EXCEEDED),
        ROW(io, VOXLINE_IO),
        ROW(connect, VOXLINE_CONNECT),
        ROW(timeout, VOXLINE_TIMEOUT),
        ROW(cancelled, VOXLINE_CANCELLED),
        ROW(outcome_unknown, VOXLINE_OUTCOME_UNKNOWN),
        ROW(unauthenticated, VOXLINE_UNAUTHENTICATED),
        ROW(permission_denied, VOXLINE_PERMISSION_DENIED),
        ROW(not_found, VOXLINE_NOT_FOUND),
        ROW(rate_limited, VOXLINE_RATE_LIMITED),
        ROW(service, VOXLINE_SERVICE),
        ROW(feature_disabled, VOXLINE_FEATURE_DISABLED),
        ROW(internal, VOXLINE_INTERNAL),
        ROW(panic, VOXLINE_PANIC),
#undef ROW
    };
    for (const auto &[status, name] : all) {
        CHECK(voxline::name_of(status) == name);
    }
    // Nothing that C has is missing here.
    std::size_t known = 0;
    for (int number = -10000; number <= 10; number++) {
        known += voxline::name_of(static_cast<voxline::status>(number)) != "VOXLINE_UNKNOWN_STATUS";
    }
    CHECK(known == all.size());
}

void an_exception_carries_what_c_says() {
    voxline_error *err = nullptr;
    voxline_prepared *none = nullptr;
    const int32_t status = voxline_prepare_path("no-such-file", nullptr, nullptr, nullptr, &none, &err);
    const std::string message = voxline_error_message(err), context = voxline_error_context(err);
    const std::string operation = voxline_error_operation(err);
    const int32_t retry = voxline_error_retry(err);
    voxline_error_free(err);
    std::optional<voxline::error_info> kept;
    try {
        voxline::prepare_path("no-such-file");
        CHECK(!"it threw");
    } catch (const std::runtime_error &error) {
        const auto &ours = dynamic_cast<const voxline::error &>(error);
        CHECK(error.what() == message && ours.message() == message && ours.context() == context);
        CHECK(ours.operation() == operation && static_cast<int32_t>(ours.status()) == status);
        CHECK(status == VOXLINE_IO && message.find("no-such-file") != std::string::npos);
        CHECK(static_cast<int32_t>(ours.retry()) == retry && !ours.retry_after());
        CHECK(!ours.service() && !ours.http_status() && !ours.service_code() && !ours.service_message());
        CHECK(!ours.request_id());
        kept = ours;
    }
    // A copy outlives the exception.
    CHECK(kept && kept->message() == message);
    const auto result = voxline::try_prepare_path("no-such-file");
    CHECK(!result && result.error().message() == message && result.error().status() == voxline::status::io);
}

void an_error_without_an_object_of_c_has_a_message_too() {
    const voxline::error_info bare(voxline::status::limit_exceeded, nullptr);
    CHECK(bare.message() == "VOXLINE_LIMIT_EXCEEDED" && bare.operation().empty() && bare.context().empty());
    CHECK(bare.retry() == voxline::retry::no && !bare.service());
    voxline::options options;
    using namespace std::string_view_literals;
    THROWS(invalid_argument, "NUL", options.set("target\0.channels"sv, "left"));
    FAILS(invalid_argument, "NUL", options.try_set("target.channels", "left\0right"sv));
    FAILS(invalid_argument, "NUL", voxline::try_prepare_path("call.mp3\0.wav"sv));
    FAILS(invalid_argument, "NUL", voxline::options::try_profile("\0"sv));
    CHECK(options.handle() == nullptr);
}

void a_result_is_a_value_or_an_error() {
    voxline::result<std::string> value(std::string("yes"));
    CHECK(value && value.has_value() && *value == "yes" && value->size() == 3 && value.value() == "yes");
    CHECK(std::move(value).value_or("no") == "yes");
    voxline::result<std::string> none(voxline::error_info(voxline::status::io, "op", "gone"));
    CHECK(!none && none.error().context() == "gone");
    THROWS(io, "gone", *none);
    THROWS(io, "gone", none->size());
    THROWS(io, "gone", std::move(none).value());
    CHECK(std::move(none).value_or("no") == "no");
    voxline::result<void> fine;
    CHECK(fine && (fine.value(), true));
    THROWS(cancelled, "why", voxline::result<void>({voxline::status::cancelled, "op", "why"}).value());
    // What can only be moved comes out by moving.
    auto options = voxline::options::try_profile("chat-16k").value();
    CHECK(options.handle() != nullptr);
}

void versions_are_those_of_c() {
    CHECK(voxline::version() == voxline_version() && voxline::abi_fits());
    CHECK(voxline::has_feature("mp3") && voxline::has_feature("wav") && !voxline::has_feature("mp") && !voxline::has_feature(""));
    CHECK(!voxline::has_feature("wav mp3"));
}

}  // namespace

void test_errors() {
    every_status_has_the_number_and_the_name_of_c();
    an_exception_carries_what_c_says();
    an_error_without_an_object_of_c_has_a_message_too();
    a_result_is_a_value_or_an_error();
    versions_are_those_of_c();
}
