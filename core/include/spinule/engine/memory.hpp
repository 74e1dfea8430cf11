// How much memory a network will take, and how much there is, before any of it is taken.
#pragma once

#include <new>
#include <string>
#include <vector>

namespace spinule {

/// A part of a network and what it takes on a back end.
struct memory_item {
  std::string what;  ///< `population "a"`, `projection "a->b"`
  double bytes = 0;
  std::string instead;  ///< what would take less
};

/// An estimate, usually right to a quarter. Wiring rules that do not say how many synapses they expect are not in it.
struct memory_estimate {
  std::vector<memory_item> items;  ///< populations, then projections, in the order of the network
  double bytes() const;
};

/// Bytes that this process may still take: the least of what the system has, the limits of its control groups and its
/// limit of address space; infinite where nothing is said. `root`: where /proc and /sys are.
double available_memory(const std::string& root = "");

/// "1.5 GiB".
std::string bytes_text(double bytes);

/// Throws `spinule_error{where, ...}` that names what takes most, what there is and what would take less, if an
/// estimate exceeds what is available.
void check_memory(const memory_estimate& estimate, double available, const std::string& where);
/// What is thrown when memory runs out all the same.
[[noreturn]] void throw_out_of_memory(const memory_estimate& estimate, const std::string& where);

/// build(), if what is estimated fits.
template <class Build>
auto within_memory(const memory_estimate& estimate, const std::string& where, Build build) {
  check_memory(estimate, available_memory(), where);
  try {
    return build();
  } catch (const std::bad_alloc&) {
    throw_out_of_memory(estimate, where);
  }
}

}  // namespace spinule
