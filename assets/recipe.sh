#!/usr/bin/env bash
# Makes the bundled media again: `cargo xtask gen media`.
#
# Needs espeak-ng, sox and lame. Their versions may differ in the last bit, so nothing but a person runs this:
# `cargo xtask check` compares the committed files with MANIFEST.sha256 and never regenerates them.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# -D: no dither, -R: sox's own random numbers start at the same place each time.
sox() { command sox -D -R -V1 "$@"; }

# turn NUMBER VOICE SPEED PITCH TEXT: one spoken line, 44.1 kHz mono, silence trimmed at both ends.
turn() {
    espeak-ng -v "$2" -s "$3" -p "$4" -w "$work/raw.wav" "$5"
    sox "$work/raw.wav" -r 44100 -c 1 -b 16 "$work/turn$1.wav" \
        silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse norm -4
}
agent() { turn "$1" en-us 178 42 "$2"; }
customer() { turn "$1" en-gb+f3 185 55 "$2"; }

agent 1 "Good morning, parcel service, how can I help you?"
customer 2 "Hello. I am waiting for a parcel. When does it arrive?"
agent 3 "May I have the number, please?"
customer 4 "It is four two, seven one, nine."
agent 5 "Thank you. It arrives tomorrow before noon."
customer 6 "Wonderful, thank you. Goodbye."

# Each side holds its own lines and the other's length in silence; 0.3 s lies between two turns.
seconds() { soxi -D "$1"; }
for side in agent customer; do
    parts=()
    sox -n -r 44100 -c 1 -b 16 "$work/$side-lead.wav" trim 0 0.2
    parts+=("$work/$side-lead.wav")
    for n in 1 2 3 4 5 6; do
        if { [ "$side" = agent ] && [ $((n % 2)) = 1 ]; } || { [ "$side" = customer ] && [ $((n % 2)) = 0 ]; }; then
            parts+=("$work/turn$n.wav")
        else
            samples=$(soxi -s "$work/turn$n.wav")
            sox -n -r 44100 -c 1 -b 16 "$work/$side-hush$n.wav" trim 0 "${samples}s"
            parts+=("$work/$side-hush$n.wav")
        fi
        sox -n -r 44100 -c 1 -b 16 "$work/$side-pause$n.wav" trim 0 0.3
        parts+=("$work/$side-pause$n.wav")
    done
    sox "${parts[@]}" "$work/$side-clean.wav"
    # A line is never silent: faint noise in the telephone band, its own on each side.
    length=$(soxi -s "$work/$side-clean.wav")
    if [ "$side" = agent ]; then colour=pinknoise; else colour=whitenoise; fi
    sox -n -r 44100 -c 1 -b 16 "$work/$side-noise.wav" synth "${length}s" "$colour" sinc 250-3600 norm -44
    sox -m -v 1 "$work/$side-clean.wav" -v 1 "$work/$side-noise.wav" "$work/$side.wav"
done
sox -M "$work/agent.wav" "$work/customer.wav" "$work/call.wav"
lame --quiet -m j --cbr -b 96 --resample 44.1 -q 2 --noreplaygain "$work/call.wav" call.mp3
# The excerpt: the first line of each speaker.
end=$(($(soxi -s "$work/agent-lead.wav") + $(soxi -s "$work/turn1.wav") + 13230 + $(soxi -s "$work/turn2.wav") + 4410))
sox "$work/call.wav" -r 8000 -b 16 call.wav trim 0 "${end}s"

# 64 kbit/s because the LAME tag does not fit the frames of lower rates.
espeak-ng -v en-us -s 170 -p 45 -w "$work/raw.wav" "Your parcel arrives tomorrow before noon."
sox "$work/raw.wav" "$work/answer.wav" silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse norm -4 pad 0.05 0.1
sox "$work/answer.wav" -r 24000 -c 1 -b 16 "$work/answer-24k.wav"
lame --quiet -m m --cbr -b 64 --resample 24 -q 2 --noreplaygain "$work/answer-24k.wav" answer/answer.mp3
sox "$work/answer.wav" -r 16000 -c 1 -b 16 answer/answer-16k.wav
sox "$work/answer.wav" -r 8000 -c 1 -b 16 answer/answer-8k.wav
for rate in 16k 8k; do
    sox "answer/answer-$rate.wav" -t raw -e signed-integer -b 16 -L "answer/answer-$rate.pcm"
done
sox answer/answer-8k.wav -t raw -e a-law -b 8 answer/answer-8k.alaw
sox answer/answer-8k.wav -t raw -e mu-law -b 8 answer/answer-8k.ulaw

find . -type f ! -name MANIFEST.sha256 ! -name README.md ! -name recipe.sh -printf '%P\n' | LC_ALL=C sort |
    xargs sha256sum >MANIFEST.sha256
