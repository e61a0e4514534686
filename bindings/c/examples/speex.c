/* Codes 16 kHz 16-bit mono PCM with Speex and decodes it again: speex < in.pcm > out.pcm */
#include <stdio.h>
#include <voxline.h>

int main(void) {
    voxline_error *err = NULL;
    voxline_speex_encoder *encoder = NULL;
    voxline_speex_decoder *decoder = NULL;
    int16_t frame[320];
    uint8_t packet[128];
    size_t size = 0, packets = 0, bytes = 0;
    int32_t status = voxline_speex_encoder_new(VOXLINE_SPEEX_WIDEBAND, 8, 3, &encoder, &err);
    if (status >= 0) {
        status = voxline_speex_decoder_new(VOXLINE_SPEEX_WIDEBAND, 1, &decoder, &err);
    }
    /* Samples as the machine holds them. */
    while (status >= 0 && fread(frame, sizeof frame, 1, stdin) == 1) {
        status = voxline_speex_encode(encoder, frame, 320, packet, sizeof packet, &size, &err);
        if (status >= 0) {
            /* Here a program would send the packet; NULL with 0 bytes stands for one that was lost. */
            packets++;
            bytes += size;
            status = voxline_speex_decode(decoder, packet, size, frame, 320, &err);
        }
        if (status >= 0 && fwrite(frame, sizeof frame, 1, stdout) != 1) {
            break;
        }
    }
    if (status < 0) {
        fprintf(stderr, "error: %s\n", voxline_error_message(err));
    } else if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
        perror("speex");
        status = VOXLINE_IO;
    } else {
        fprintf(stderr, "%lu packets, %lu bytes\n", (unsigned long)packets, (unsigned long)bytes);
    }
    voxline_error_free(err);
    voxline_speex_encoder_free(encoder);
    voxline_speex_decoder_free(decoder);
    return status < 0;
}
