/** @file voxline.hpp
 * Voxline for C++17 and later: a thin layer over voxline.h, in headers alone. There is no second binary interface: what a
 * program links is the C library.
 *
 * Rules that hold for every part:
 *
 * Ownership. Handles are classes that can be moved and not copied; the destructor frees. A handle that was moved from may
 * only be destroyed or assigned to, unless its class says more. Views (voxline::span, std::string_view, report_view) own
 * nothing and must not outlive the handle that they came from.
 *
 * Errors. Every function f() that can fail throws voxline::error and has a twin try_f() that returns voxline::result
 * instead. With exceptions turned off only the twins are there. A twin throws only what a callback of yours threw, and
 * std::bad_alloc.
 *
 * Callbacks. Any callable will do; it runs in the thread of the call, but for those of a run, which are called in threads of
 * the run, one at a time, and that of the log, which is called wherever there is something to say, in several threads at once.
 * What a callable throws does not pass through the library: the call is cancelled, and the exception is thrown again when the
 * library has returned; only what is thrown while hearing the log is dropped. From within, anything else may be called, but
 * not with a handle that the call under way takes as non-const; and no handle that it takes may be freed, moved or assigned to.
 *
 * Threads. Handles may move between threads. const members may be called for one object from many threads at once, all
 * others by one at a time.
 *
 * Text is UTF-8. Text with a NUL inside is refused with status::invalid_argument. Paths are bytes as the system takes them.
 *
 * Lengths are in samples or frames (one sample a channel) unless the name says bytes.
 *
 * Memory. What a function allocates is what it returns; what takes a buffer allocates nothing on this side.
 */
#ifndef VOXLINE_HPP
#define VOXLINE_HPP

#include "voxline/about.hpp"
#include "voxline/audio.hpp"
#include "voxline/base64.hpp"
#include "voxline/callback.hpp"
#include "voxline/chat.hpp"
#include "voxline/chat_long.hpp"
#include "voxline/doctor.hpp"
#include "voxline/error.hpp"
#include "voxline/ledger.hpp"
#include "voxline/log.hpp"
#include "voxline/options.hpp"
#include "voxline/prepare.hpp"
#include "voxline/preparer.hpp"
#include "voxline/recording.hpp"
#include "voxline/report.hpp"
#include "voxline/settings.hpp"
#include "voxline/span.hpp"
#include "voxline/speex.hpp"
#include "voxline/split.hpp"
#include "voxline/transcription.hpp"

#endif
