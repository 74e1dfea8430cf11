#include <spinule/learning/confusion.hpp>

#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

confusion_matrix::confusion_matrix(std::uint32_t classes)
    : classes_{classes}, counts_(static_cast<std::size_t>(classes) * classes) {
  if (classes == 0) throw spinule_error{"confusion matrix", "0 classes: give at least one"};
}

std::size_t confusion_matrix::place(std::uint32_t truth, std::uint32_t answer) const {
  if (truth >= classes_ || answer >= classes_)
    throw spinule_error{"confusion matrix",
                        fmt::format("classes {} and {} must both be below {}", truth, answer, classes_)};
  return static_cast<std::size_t>(truth) * classes_ + answer;
}

void confusion_matrix::add(std::uint32_t truth, std::uint32_t answer, std::uint64_t times) {
  counts_[place(truth, answer)] += times;
}

void confusion_matrix::add(const confusion_matrix& other) {
  if (other.classes_ != classes_)
    throw spinule_error{"confusion matrix", fmt::format("{} classes cannot be added to {}", other.classes_, classes_)};
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::uint64_t confusion_matrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t confusion_matrix::correct() const {
  std::uint64_t sum = 0;
  for (std::uint32_t c = 0; c < classes_; ++c) sum += at(c, c);
  return sum;
}

double confusion_matrix::accuracy() const {
  const std::uint64_t all = total();
  return all == 0 ? 0.0 : static_cast<double>(correct()) / static_cast<double>(all);
}

}  // namespace spinule::learning
