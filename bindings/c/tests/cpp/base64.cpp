// Base64 by the vectors of RFC 4648 §10, whole and in pieces.
#include "check.hpp"

namespace {

const std::pair<std::string_view, std::string_view> VECTORS[] = {
    {"", ""},           {"f", "Zg=="},         {"fo", "Zm8="},         {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
};

void the_vectors_come_out_however_they_are_cut() {
    for (const auto &[text, wanted] : VECTORS) {
        CHECK(voxline::base64_encode(voxline::bytes_of(text)) == wanted);
        for (std::size_t cut = 0; cut <= text.size(); cut++) {
            voxline::base64_encoder encoder;
            char buffer[16];
            std::string got(encoder.push(voxline::bytes_of(text.substr(0, cut)), buffer));
            got += encoder.push(voxline::bytes_of(text.substr(cut)), buffer);
            got += encoder.finish(buffer);
            CHECK(got == wanted);
            // It has started anew.
            CHECK(encoder.push(voxline::bytes_of(std::string_view("foo")), buffer) == "Zm9v");
        }
    }
}

void room_that_is_not_enough_takes_nothing() {
    voxline::base64_encoder encoder;
    char buffer[16];
    const auto foobar = voxline::bytes_of(std::string_view("foobar"));
    THROWS(buffer_too_small, "8", encoder.push(foobar, voxline::span(buffer).first(7)));
    CHECK(encoder.push(foobar, buffer) == "Zm9vYmFy" && encoder.finish(buffer).empty());
    CHECK(voxline::base64_max(6) >= 8 && voxline::base64_max(SIZE_MAX) == SIZE_MAX);
}

}  // namespace

void test_base64() {
    the_vectors_come_out_however_they_are_cut();
    room_that_is_not_enough_takes_nothing();
}
