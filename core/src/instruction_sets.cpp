#include <spinule/engine/instruction_sets.hpp>

namespace spinule {

int vector_level() {
#ifdef SPINULE_FORCED_LEVEL
  return SPINULE_FORCED_LEVEL;
#elif defined(SPINULE_MULTIVERSION)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
    return 4;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma")) return 3;
  return 0;
#else
  return 0;
#endif
}

}  // namespace spinule
