// Code compiled for several x86-64 instruction sets and chosen among at run time; the bits are the same on each.
#pragma once

/// Defined where a function may be compiled for an instruction set of its own. SPINULE_BASELINE: nowhere.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(SPINULE_BASELINE)
#define SPINULE_MULTIVERSION 1
#endif

/// Before a definition: compiled for each level, chosen when the program is loaded. The loader chooses before a
/// sanitizer is set up, so sanitized programs get the baseline alone.
#if defined(SPINULE_MULTIVERSION) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define SPINULE_CLONES [[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]]
#else
#define SPINULE_CLONES
#endif

namespace spinule {

/// The widest vector unit of this machine: 4, 3 (x86-64 levels) or 0 for the baseline.
int vector_level();

}  // namespace spinule
