/* Speex: sizes of the manual, speech-like sound there and back, damage, loss. */
#include "check.h"

#include <math.h>

/* Decoded speech at this rate; the caller frees it. */
static voxline_audio *speech(const char *rate_hz, const int16_t **samples, size_t *frames) {
    voxline_options *options = NULL;
    voxline_audio *audio = NULL;
    FINE(voxline_options_new(&options, &err));
    FINE(voxline_options_set(options, "target.sample_rate_hz", rate_hz, &err));
    FINE(voxline_decode_path(asset("call.mp3"), options, NULL, NULL, &audio, &err));
    FINE(voxline_audio_samples(audio, 0, samples, frames, &err));
    voxline_options_free(options);
    return audio;
}

static void there_and_back(int32_t mode, const char *rate_hz, size_t expected_frame, size_t expected_packet) {
    enum { FRAMES = 300 };
    static int16_t heard[FRAMES * 320];
    const int16_t *said = NULL;
    voxline_audio *audio = NULL;
    voxline_speex_encoder *encoder = NULL;
    voxline_speex_decoder *decoder = NULL;
    uint8_t packet[128], first[128];
    size_t frames_said = is_slow ? 40 : FRAMES, frame = 0, packet_bytes = 0, lookahead = 0, got = 0, f, i, lag, best_lag = 0;
    double best = 0;
    FINE(voxline_speex_encoder_new(mode, 8, 3, &encoder, &err));
    FINE(voxline_speex_decoder_new(mode, 0, &decoder, &err));
    FINE(voxline_speex_encoder_sizes(encoder, &frame, &packet_bytes, &lookahead, &err));
    FINE(voxline_speex_encoder_sizes(encoder, NULL, NULL, NULL, &err));
    CHECK(frame == expected_frame && packet_bytes == expected_packet && lookahead > 0);
    FINE(voxline_speex_decoder_frame_samples(decoder, &got, &err));
    CHECK(got == frame);
    audio = speech(rate_hz, &said, &i);
    CHECK(i >= FRAMES * frame);
    for (f = 0; f < frames_said; f++) {
        FINE(voxline_speex_encode(encoder, said + f * frame, frame, packet, sizeof packet, &got, &err));
        CHECK(got == packet_bytes);
        if (f == 0) {
            memcpy(first, packet, got);
        }
        FINE(voxline_speex_decode(decoder, packet, got, heard + f * frame, frame, &err));
    }
    /* What comes back is what was said, late: the correlation is high at one lag, and that is not before the lookahead. */
    for (lag = 0; lag < frame + lookahead; lag++) {
        double both = 0, one = 1, other = 1;
        for (i = 10 * frame; i < frames_said * frame; i++) {
            both += (double)said[i - lag] * heard[i];
            one += (double)said[i - lag] * said[i - lag];
            other += (double)heard[i] * heard[i];
        }
        if (both / sqrt(one * other) > best) {
            best = both / sqrt(one * other);
            best_lag = lag;
        }
    }
    CHECK(best > 0.8 && best_lag >= lookahead);

    /* After a reset the first frame is coded as at first. */
    FINE(voxline_speex_encoder_reset(encoder, &err));
    FINE(voxline_speex_encode(encoder, said, frame, packet, packet_bytes, &got, &err));
    CHECK(memcmp(packet, first, got) == 0);

    /* Damage is an error and changes nothing; a lost packet fades. */
    memset(heard, 0x55, 2 * frame);
    FAILS(voxline_speex_decode(decoder, packet, 9, heard, frame, &err), VOXLINE_TRUNCATED_INPUT, "cut off");
    CHECK(heard[0] == 0x5555 && heard[frame - 1] == 0x5555);
    FAILS(voxline_speex_decode(decoder, packet, 0, heard, frame, &err), VOXLINE_MALFORMED_INPUT, "no frame");
    FAILS(voxline_speex_decode(decoder, packet, got, heard, frame - 1, &err), VOXLINE_INVALID_ARGUMENT, "samples");
    FINE(voxline_speex_decode(decoder, NULL, 0, heard, frame, &err));
    CHECK(heard[0] != 0x5555);
    for (i = 0; i < 40; i++) {
        FINE(voxline_speex_decode(decoder, NULL, 0, heard, frame, &err));
    }
    for (i = 0, got = 0; i < frame; i++) {
        got += abs(heard[i]) > 200;
    }
    CHECK(got == 0);
    FINE(voxline_speex_decoder_reset(decoder, &err));
    voxline_audio_free(audio);
    voxline_speex_encoder_free(encoder);
    voxline_speex_decoder_free(decoder);
}

static void count_frames(void *userdata, const int16_t *frame, size_t frame_samples) {
    CHECK(frame != NULL && frame_samples == 160);
    ++*(int *)userdata;
}

static void a_packet_of_two_frames(void) {
    /* Sub-mode 0 twice, then a terminator: silence. */
    static const uint8_t packet[] = {0x00, 0x1f};
    voxline_speex_decoder *decoder = NULL;
    int frames = 0;
    FINE(voxline_speex_decoder_new(VOXLINE_SPEEX_NARROWBAND, 1, &decoder, &err));
    FINE(voxline_speex_decode_frames(decoder, packet, sizeof packet, count_frames, &frames, &err));
    CHECK(frames == 2);
    FAILS(voxline_speex_decode_frames(decoder, packet, sizeof packet, NULL, NULL, &err), VOXLINE_NULL_POINTER, "receive");
    voxline_speex_decoder_free(decoder);
}

static void settings_out_of_range(void) {
    voxline_speex_encoder *encoder = NULL;
    voxline_speex_decoder *decoder = NULL;
    FAILS(voxline_speex_encoder_new(2, 8, 3, &encoder, &err), VOXLINE_INVALID_ARGUMENT, "voxline_speex_mode");
    FAILS(voxline_speex_encoder_new(0, 11, 3, &encoder, &err), VOXLINE_INVALID_ARGUMENT, "quality");
    FAILS(voxline_speex_encoder_new(0, -1, 3, &encoder, &err), VOXLINE_INVALID_ARGUMENT, "quality");
    FAILS(voxline_speex_encoder_new(0, 8, 256, &encoder, &err), VOXLINE_INVALID_ARGUMENT, "complexity");
    FAILS(voxline_speex_decoder_new(-1, 0, &decoder, &err), VOXLINE_INVALID_ARGUMENT, "voxline_speex_mode");
    CHECK(encoder == NULL && decoder == NULL);
}

void test_speex(void) {
    /* The Speex manual's 15 000 and 27 800 bit/s, in whole bytes each 20 ms. */
    there_and_back(VOXLINE_SPEEX_NARROWBAND, "8000", 160, 38);
    there_and_back(VOXLINE_SPEEX_WIDEBAND, "16000", 320, 70);
    a_packet_of_two_frames();
    settings_out_of_range();
}
