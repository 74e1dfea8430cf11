// A data set as a network learns from it: encoded, divided, changed at random.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>
#include <spinule/learning/fit.hpp>

#include "network_training.hpp"

namespace spinule {

class training_set {
 public:
  /// Throws `file_error` for what cannot be read.
  training_set(const network_options& o, std::filesystem::path path);

  const dataset& data() const { return *data_; }
  const std::filesystem::path& path() const { return path_; }
  /// All labels, and all events of up to 256 samples.
  std::string digest() const;

  /// Samples by number. Of each class the share `o.validation`, to the nearest, is held back, by the seed alone.
  struct division {
    std::vector<std::size_t> training, validation;
  };
  division divide(std::span<const std::size_t> samples, const network_options& o) const;
  std::vector<std::size_t> everything() const;

  /// Encodes samples as `d` says; in epochs they are changed at random as `o` says, those of a class blended with
  /// others of `training`. Keeps references to all but `training`.
  learning::sample_reader reader(const network_options& o, const described_network& d,
                                 std::span<const std::size_t> training) const;

 private:
  std::filesystem::path path_;
  std::unique_ptr<dataset> data_;
};

}  // namespace spinule
