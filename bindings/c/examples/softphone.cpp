// Codes a call while it is spoken: softphone < call-8k.pcm > call.spx8
//
// Standard input stands for the sound device: 16-bit samples, 8 kHz, one channel.
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <voxline.hpp>

namespace {

voxline::options from_device() {
    auto options = voxline::options::profile("chat-speex");
    options.set("input.raw_format", "s16le").set("input.raw_rate_hz", 8000);
    return options;
}

class uplink {
public:
    explicit uplink(std::FILE *to) : preparer_(from_device()), to_(to) {}

    // The device calls this every 20 ms. What is ready goes out at once.
    void heard(voxline::samples_view samples) {
        preparer_.push(voxline::bytes_of(samples));
        send_ready();
    }

    voxline::report hung_up() {
        voxline::report report = preparer_.finish();
        send_ready();
        if (std::fflush(to_) != 0) {
            throw std::runtime_error("the packets cannot be sent");
        }
        return report;
    }

private:
    void send_ready() {
        for (voxline::bytes_view packets : preparer_.chunks(buffer_)) {
            if (std::fwrite(packets.data(), 1, packets.size(), to_) != packets.size()) {
                throw std::runtime_error("the packets cannot be sent");
            }
        }
    }

    voxline::preparer preparer_;
    std::FILE *to_;
    std::uint8_t buffer_[4096];
};

}  // namespace

int main() try {
    uplink uplink(stdout);
    std::int16_t frame[160];
    while (const std::size_t samples = std::fread(frame, sizeof frame[0], 160, stdin)) {
        uplink.heard(voxline::span(frame).first(samples));
    }
    if (std::ferror(stdin) != 0) {
        throw std::runtime_error("the device gives nothing more");
    }
    const voxline::report report = uplink.hung_up();
    std::fprintf(stderr, "%.2f s became %lu bytes\n", report->source().duration_s,
                 static_cast<unsigned long>(report->target().bytes));
    for (const voxline::warning &warning : report->warnings()) {
        std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(warning.message.size()), warning.message.data());
    }
    return 0;
} catch (const std::exception &error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
}
