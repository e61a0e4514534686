// Push, pull, finish: any cutting and any buffer give the bytes of one call.
#include <numeric>

#include "check.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;

void append(Bytes &to, voxline::bytes_view bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void any_cutting_gives_the_bytes_of_one_call() {
    const auto input = read_asset("call.wav");
    const auto whole = voxline::prepare_bytes(input);
    const std::pair<std::size_t, std::size_t> cuts[] = {{1u << 20, 65536}, {7919, 1000}, {1, 50000}};
    for (auto [step, capacity] : voxline::span(cuts).first(counts().is_slow ? 1 : 3)) {
        voxline::preparer preparer;
        Bytes buffer(capacity), out;
        for (std::size_t at = 0; at < input.size(); at += step) {
            preparer.push(voxline::bytes_view(input).from(at).first(step));
            for (voxline::bytes_view chunk : preparer.chunks(buffer)) {
                CHECK(!chunk.empty() && chunk.size() <= capacity && chunk.data() == buffer.data());
                append(out, chunk);
            }
        }
        CHECK(preparer.pull(buffer).news == voxline::flow::need_more && preparer.outputs() == 1u);
        const auto report = preparer.finish();
        auto rest = preparer.chunks(buffer);
        for (voxline::bytes_view chunk : rest) {
            append(out, chunk);
        }
        CHECK(rest.news() == voxline::flow::end && !rest.failure() && report->target().bytes == out.size());
        std::uint8_t header[voxline::preparer::wav_header_bytes];
        const auto final_header = preparer.wav_header(header);
        CHECK(final_header.size() == 44 && out[4] == 0xff);
        std::copy(final_header.begin(), final_header.end(), out.begin());
        CHECK(same(out, whole.output()));
    }
}

void samples_come_in_whole_frames() {
    const std::int16_t wanted[] = {1, 2, 3, 4, 5, 6, 7, 8};
    std::uint8_t pcm[sizeof wanted];
    for (std::size_t i = 0; i < sizeof wanted; i += 2) {
        pcm[i] = static_cast<std::uint8_t>(wanted[i / 2]);
        pcm[i + 1] = 0;
    }
    voxline::options options;
    options.set("input.raw_format", "s16le").set("input.raw_channels", 2).set("input.raw_rate_hz", 16000);
    voxline::preparer preparer(options.set("target.channels", "keep"));
    std::int16_t buffer[5];
    std::vector<std::int16_t> out;
    preparer.push(pcm);
    preparer.finish();
    for (voxline::samples_view chunk : preparer.chunks(buffer)) {
        // Five values are two frames and a half.
        CHECK(chunk.size() % 2 == 0 && chunk.size() <= 4);
        out.insert(out.end(), chunk.begin(), chunk.end());
    }
    CHECK(same(out, voxline::span(wanted)));
    // PCM has no WAV header to rewrite.
    voxline::preparer bare(options.set("target.encoding", "pcm"));
    std::uint8_t header[voxline::preparer::wav_header_bytes];
    bare.push(pcm);
    CHECK(bare.wav_header(header).empty());
}

void every_output_has_its_range() {
    const std::uint8_t pcm[] = {1, 0, 2, 0, 3, 0, 4, 0};
    voxline::options options;
    options.set("input.raw_format", "s16le").set("input.raw_channels", 2).set("input.raw_rate_hz", 16000);
    voxline::preparer preparer(options.set("target.channels", "split"));
    CHECK(!voxline::preparer().outputs());
    preparer.push(pcm);
    preparer.finish();
    CHECK(preparer.outputs() == 2u);
    std::int16_t buffer[8];
    int sums[2] = {};
    for (std::size_t output = 0; output < 2; output++) {
        for (voxline::samples_view chunk : preparer.chunks(buffer, output)) {
            sums[output] += std::accumulate(chunk.begin(), chunk.end(), 0);
        }
    }
    CHECK(sums[0] == 1 + 3 && sums[1] == 2 + 4);
    THROWS(invalid_argument, "output", preparer.pull(buffer, 2));
}

void errors_come_out_of_loops() {
    const std::string junk(100000, 'x');
    std::uint8_t buffer[1000];
    {
        voxline::preparer preparer;
        const auto pushed = preparer.try_push(voxline::bytes_of(junk));
        const auto finished = pushed ? preparer.try_finish() : pushed.error();
        CHECK(!finished && finished.error().status() == voxline::status::unsupported_format);
        THROWS(invalid_state, "", preparer.push(voxline::bytes_of(junk)));
        CHECK(preparer.pull(buffer).news == voxline::flow::end);
    }
    {
        voxline::preparer preparer;
        preparer.push(read_asset("call.wav"));
        voxline::span<std::uint8_t> nothing;
        THROWS(buffer_too_small, "", preparer.pull(nothing));
        THROWS(buffer_too_small, "", [&] {
            for (voxline::bytes_view chunk : preparer.chunks(nothing)) {
                CHECK(chunk.empty() && !"a chunk");
            }
            return 0;
        }());
        auto quiet = preparer.try_chunks(nothing);
        CHECK(quiet.begin() == quiet.end() && quiet.failure());
        CHECK(quiet.failure()->status() == voxline::status::buffer_too_small && quiet.news() == voxline::flow::end);
        // Neither has done any harm.
        CHECK(preparer.pull(buffer).values.size() == sizeof buffer);
    }
}

}  // namespace

void test_stream() {
    any_cutting_gives_the_bytes_of_one_call();
    samples_come_in_whole_frames();
    every_output_has_its_range();
    errors_come_out_of_loops();
}
