// Cuts standard input, a recording of any length, into WAV files that a service takes: split FOLDER [SECONDS]. The first file is
// there before the recording has ended.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <voxline.hpp>

namespace {

void write(const std::string &folder, const voxline::part_view &part) {
    const voxline::part_info info = part.info();
    char name[64];
    std::snprintf(name, sizeof name, "/%03u.wav", static_cast<unsigned>(info.index));
    std::ofstream file(folder + name, std::ios::binary);
    const voxline::bytes_view bytes = part.output();
    file.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) {
        throw std::runtime_error("cannot write " + folder + name);
    }
    std::printf("%s%s: %.3f to %.3f s%s\n", folder.c_str(), name, info.start_s(), info.end_s(),
                info.cut == voxline::cut::speech ? ", cut in speech" : "");
}

void split(const std::string &folder, const char *seconds) {
    auto options = voxline::options::profile("chat-16k");
    options.set("target.encoding", "wav").set("split.max_duration_s", seconds);
    voxline::splitter splitter(options);
    std::vector<std::uint8_t> buffer(65536);
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
        splitter.push(voxline::bytes_view(buffer).first(size));
        for (const voxline::part &part : splitter.parts()) {
            write(folder, part.view());
        }
    }
    if (std::ferror(stdin)) {
        throw std::runtime_error("standard input cannot be read");
    }
    splitter.end_input();
    for (const voxline::part &part : splitter.parts()) {
        write(folder, part.view());
    }
    splitter.finish();
}

}  // namespace

int main(int argc, char **argv) {
    if (argc < 2) {
        std::cerr << "usage: " << argv[0] << " FOLDER [SECONDS] < CALL\n";
        return 2;
    }
    try {
        split(argv[1], argc > 2 ? argv[2] : "30");
    } catch (const std::exception &error) {
        std::cerr << "error: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
