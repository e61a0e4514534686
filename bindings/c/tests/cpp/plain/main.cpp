// The program without exceptions and RTTI; the argument is the folder assets/.
#include "../check.hpp"

int main(int argc, char **argv) {
    if (argc > 1) {
        counts().assets = argv[1];
    }
    test_plain();
    std::printf("%d checks, %d failed\n", counts().done, counts().failed);
    return counts().failed == 0 ? 0 : 1;
}
