// Explicit lists of synapses, as they are given and as they are kept.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <spinule/wiring.hpp>

namespace spinule {

/// A list in the order in which it was given, whatever the unit of its weights. It is moved in, read in place and freed
/// with the last copy of this: lists may be large.
class given_list {
 public:
  given_list() = default;
  /// Of `listed_synapse`s or of `listed` ones of a unit.
  template <class Synapse>
  given_list(std::vector<Synapse> list) : size_{list.size()} {  // NOLINT: implicit by design
    static_assert(std::is_trivially_copyable_v<Synapse> && std::is_standard_layout_v<Synapse> &&
                  sizeof(Synapse) == sizeof(listed_synapse));
    auto kept = std::make_shared<const std::vector<Synapse>>(std::move(list));
    bytes_ = {kept, reinterpret_cast<const std::byte*>(kept->data())};
  }
  std::size_t size() const { return size_; }
  listed_synapse operator[](std::size_t i) const {
    listed_synapse s;
    std::memcpy(static_cast<void*>(&s), bytes_.get() + i * sizeof s, sizeof s);
    return s;
  }

 private:
  std::shared_ptr<const std::byte> bytes_;
  std::size_t size_ = 0;
};

/// A list sorted by source, then target; several synapses of a pair keep their order. What is equal is kept once.
struct listed_rows {
  std::vector<std::uint64_t> offsets;   ///< [sources + 1]
  std::vector<index_t> target;          ///< [synapses]
  std::vector<double> weight;           ///< [synapses], or one for all
  std::vector<milliseconds> delay;      ///< [synapses], or one for all
  std::vector<std::uint32_t> position;  ///< [synapses] in the list as it was given; empty where it was sorted so
  double largest = 0;                   ///< magnitude of a weight

  std::size_t size() const { return target.size(); }
  /// As it was given.
  std::vector<listed_synapse> in_given_order() const;
};

/// The synapses of a list that `part` takes, numbered among themselves. All neurons must exist. Throws
/// `spinule_error{where, ...}` for more than 2^32 - 1 synapses. Besides what is returned it takes memory for one row.
listed_rows sorted_rows(const given_list& list, const struct sign_filter& part, index_t sources,
                        const std::string& where);

}  // namespace spinule
