/** @file config.hpp
 * What depends on the compiler.
 */
#ifndef VOXLINE_CONFIG_HPP
#define VOXLINE_CONFIG_HPP

#include <voxline.h>

#if !defined(__cplusplus) || (__cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L))
#error "voxline.hpp needs C++17 or later"
#endif

/** 1 when functions that throw are there; define it as 0 to have only the try_ functions. */
#ifndef VOXLINE_EXCEPTIONS
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define VOXLINE_EXCEPTIONS 1
#else
#define VOXLINE_EXCEPTIONS 0
#endif
#endif

/* The classes are not the same with and without exceptions: under different names parts of a program compiled either way
 * can be linked together. */
#if VOXLINE_EXCEPTIONS
#define VOXLINE_VARIANT throwing
#else
#define VOXLINE_VARIANT plain
#endif

/** Everything of Voxline; the inline namespace inside is not for naming. */
namespace voxline {
inline namespace VOXLINE_VARIANT {}
}  // namespace voxline

#endif
