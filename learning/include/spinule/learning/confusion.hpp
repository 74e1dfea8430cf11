// What was taken for what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spinule::learning {

/// Counts of (true class, answer).
class confusion_matrix {
 public:
  /// Throws `spinule_error` when `classes` is 0.
  explicit confusion_matrix(std::uint32_t classes);

  /// Throws `spinule_error` when either is not below `classes()`.
  void add(std::uint32_t truth, std::uint32_t answer, std::uint64_t times = 1);
  /// Adds the counts of a matrix of as many classes, or throws `spinule_error`.
  void add(const confusion_matrix& other);

  std::uint32_t classes() const { return classes_; }
  std::uint64_t at(std::uint32_t truth, std::uint32_t answer) const { return counts_.at(place(truth, answer)); }
  std::uint64_t total() const;
  std::uint64_t correct() const;
  /// Share of correct answers, 0 without any.
  double accuracy() const;

 private:
  std::size_t place(std::uint32_t truth, std::uint32_t answer) const;

  std::uint32_t classes_;
  std::vector<std::uint64_t> counts_;  // [truth x answer]
};

}  // namespace spinule::learning
