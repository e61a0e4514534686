// The recording client against the simulator.
#include <cstdio>

#include "simulator.hpp"

namespace {

constexpr voxline::recording_id ID{USER, TASK, RECORD};

std::vector<std::uint8_t> read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

voxline::settings settings_for(const Simulator &simulator) {
    return simulator.at().set("token", RECORDING_TOKEN).set("download_scheme", "http");
}

void a_recording_is_found_downloaded_and_streamed() {
    const Simulator simulator;
    const voxline::recording_client client(settings_for(simulator));
    client.check_token();
    const auto url = client.locate(ID);
    CHECK(url.view().record_id() == RECORD && url.view().origin().substr(0, 7) == "http://");
    CHECK(url.view().text().substr(0, url.view().origin().size()) == url.view().origin());

    const std::string path = counts().folder + "/call.wav";
    std::uint64_t last = 0;
    const auto done = client.download(ID, path, {}, [&](const voxline::transfer &now) {
        CHECK(now.received_bytes >= last && now.total_bytes);
        last = now.received_bytes;
    });
    const auto file = read_file(path);
    CHECK(done.bytes == file.size() && last == file.size() && done.resumed_bytes == 0 && file.size() > 1000);
    CHECK(done.content_type.substr(0, 6) == "audio/");
    const auto again = client.download(url, path, voxline::settings().set("resume", false));
    CHECK(again.bytes == file.size());

    auto stream = client.open(url);
    CHECK(stream.total_bytes() == file.size() && stream.position_bytes() == 0 && stream.content_type());
    std::vector<std::uint8_t> streamed;
    std::uint8_t buffer[5000];
    for (auto piece = stream.read(buffer); !piece.empty(); piece = stream.read(buffer)) {
        streamed.insert(streamed.end(), piece.begin(), piece.end());
    }
    CHECK(streamed == file && stream.position_bytes() == file.size());
    // Without a file in between.
    const auto prepared = voxline::prepare_reader(client.open(ID));
    const auto wanted = voxline::prepare_bytes(file);
    CHECK(same(prepared.output(), wanted.output()));
}

void many_are_located_and_each_has_its_own_error() {
    const Simulator simulator;
    const voxline::recording_client client(settings_for(simulator));
    const std::string missing = "00000000-0000-0000-0000-000000000000";
    const std::vector<std::string> ids{RECORD, missing};
    const auto located = client.locate_many(USER, TASK, ids);
    CHECK(located.size() == 2 && located[0]->record_id() == RECORD);
    CHECK(!located[1] && located[1].error().service() == "recording");
    FAILS(invalid_argument, "entry", located[2]);
    const auto lost = client.try_locate({USER, TASK, missing});
    CHECK(!lost && lost.error().status() == located[1].error().status());
    FAILS(invalid_argument, "NUL", client.try_locate({USER, TASK, std::string_view("a\0b", 3)}));
    const voxline::recording_client stranger(settings_for(simulator).set("token", "no-such-token"));
    FAILS(unauthenticated, "", stranger.try_check_token());
}

void a_download_is_cancelled_by_its_callback() {
    const Simulator simulator;
    const voxline::recording_client client(settings_for(simulator));
    const std::string path = counts().folder + "/half.wav";
    FAILS(cancelled, "", client.try_download(ID, path, {}, [](const voxline::transfer &) {
              return voxline::verdict::cancel;
          }));
    int thrown = 0;
    try {
        client.download(ID, path, {}, [](const voxline::transfer &) { throw 42; });
    } catch (int number) {
        thrown = number;
    }
    CHECK(thrown == 42);
    voxline::cancel_token token;
    token.cancel();
    FAILS(cancelled, "", client.try_open(ID, {}, &token));
    // A stream that fails as a reader says why.
    voxline::cancel_token later;
    auto stream = client.open(ID, {}, &later);
    voxline::span<std::uint8_t> nothing;
    FAILS(buffer_too_small, "", stream(nothing));
    later.cancel();
    FAILS(cancelled, "", voxline::try_prepare_reader(stream));
    voxline::cancel_token again;
    stream = client.open(ID, {}, &again);
    again.cancel();
    THROWS(cancelled, "", voxline::decode_reader(stream));
}

}  // namespace

void test_recording() {
    a_recording_is_found_downloaded_and_streamed();
    many_are_located_and_each_has_its_own_error();
    a_download_is_cancelled_by_its_callback();
}
