// Code compiled for several x86-64 instruction sets and chosen among at run time; the bits are the same on each.
#pragma once

// The instruction set is chosen at run time, or forced by a number: SPINULE_FORCED_LEVEL is 0 for the baseline alone, 3
// for x86-64-v3, 4 for x86-64-v4 (the CMake variable SPINULE_INSTRUCTION_SET sets it).

/// Defined where a function may be compiled for an instruction set of its own.
#if defined(__x86_64__) && defined(__GNUC__) && !(defined(SPINULE_FORCED_LEVEL) && SPINULE_FORCED_LEVEL == 0)
#define SPINULE_MULTIVERSION 1
#endif

// What a level has beyond the baseline. Features and not `arch=`, which would take away what the command line gives
// (-march=native): then neither intrinsics nor helpers could be inlined.
#ifdef SPINULE_MULTIVERSION
#define SPINULE_V3 gnu::target("avx,avx2,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt")
#define SPINULE_V4                                     \
  gnu::target(                                         \
      "avx,avx2,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt," \
      "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")
/// On a lambda, which takes no such attribute in brackets and nothing from the function around it.
#define SPINULE_V3_LAMBDA __attribute__((target("avx,avx2,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt"), always_inline))
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SPINULE_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SPINULE_SANITIZED
#endif

/// Before a definition: compiled for each level, chosen when the program is loaded. The loader chooses before a
/// sanitizer is set up, so sanitized programs get the baseline alone; a file compiled for AVX2 or more (-march=native)
/// is left as it is. A clone calls only what is always inlined: Clang 19 does not emit other inline functions for it.
#if !defined(SPINULE_MULTIVERSION)
#define SPINULE_CLONES
#elif defined(SPINULE_FORCED_LEVEL) && SPINULE_FORCED_LEVEL == 4
#define SPINULE_CLONES [[SPINULE_V4]]
#elif defined(SPINULE_FORCED_LEVEL)
#define SPINULE_CLONES [[SPINULE_V3]]
#elif defined(SPINULE_SANITIZED) || defined(__AVX2__)
#define SPINULE_CLONES
#else
#define SPINULE_CLONES [[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]]
#endif

/// Before a loop whose passes do not touch each other's memory. Clang looks for itself.
#if defined(__GNUC__) && !defined(__clang__)
#define SPINULE_INDEPENDENT _Pragma("GCC ivdep")
#else
#define SPINULE_INDEPENDENT
#endif

namespace spinule {

/// The widest vector unit of this machine, or the forced one: 4, 3 (x86-64 levels) or 0 for the baseline.
int vector_level();

}  // namespace spinule
