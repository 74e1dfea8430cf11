// Golden digests: a hash of what each law, rule, model and back end gives, against a stored table.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace spinule {

/// FNV-1a in 64 bits over numbers in their order. A double counts by its bits, so -0 is not 0.
class digest {
 public:
  template <class T>
  requires std::is_arithmetic_v<T>
  void add(T x) {
    if constexpr (std::is_same_v<T, double>)
      add_word(std::bit_cast<std::uint64_t>(x));
    else if constexpr (std::is_same_v<T, float>)
      add_word(std::bit_cast<std::uint32_t>(x));
    else
      add_word(static_cast<std::uint64_t>(x));
  }
  template <class Range>
  requires requires(const Range& all) { all.begin(); }
  void add(const Range& all) {
    for (const auto& x : all) add(x);
  }
  std::uint64_t value() const { return hash_; }

 private:
  void add_word(std::uint64_t word) {
    for (int byte = 0; byte < 8; ++byte, word >>= 8) hash_ = (hash_ ^ (word & 0xff)) * 0x100000001b3;
  }
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// Names, by groups and with slashes between, and how to work out the digest of each.
using goldens = std::map<std::string, std::function<void(digest&)>>;

void add_random(goldens&);      ///< random/, math/, law/
void add_wiring(goldens&);      ///< wiring/, delay/
void add_models(goldens&);      ///< model/, source/
void add_plasticity(goldens&);  ///< plasticity/
void add_motifs(goldens&);      ///< motif/
void add_backends(goldens&);    ///< storage/, crossbar/, digital/

}  // namespace spinule
