// What a model was trained on, sample by sample.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <spinule/io/model_file.hpp>

namespace spinule {

/// Samples by their numbers in the data, and by what tells them from others (`dataset::digest`).
struct known_samples {
  std::vector<std::uint32_t> numbers;  ///< ascending
  std::vector<std::uint64_t> digests;  ///< [samples]
  void add(std::uint32_t sample, std::uint64_t digest) { numbers.push_back(sample), digests.push_back(digest); }
  bool operator==(const known_samples&) const = default;
};

struct training_data {
  std::string dataset, part;       ///< as of --dataset and --part
  std::vector<std::string> paths;  ///< one, or one for each task; numbers run on from each to the next
  known_samples training;          ///< weights were changed for these
  known_samples validation;        ///< held back, to say when to stop or how well it goes
  bool operator==(const training_data&) const = default;
};

/// Whether samples belong to some that are known.
class sample_memory {
 public:
  sample_memory() = default;
  explicit sample_memory(const training_data& data);
  bool trained_on(std::uint64_t digest) const;
  /// Held back for validation, and not trained on.
  bool held_back(std::uint64_t digest) const;

 private:
  std::vector<std::uint64_t> training_, validation_;  ///< ascending
};

/// Numbers as runs: "0-79, 100-179"; of more than `most` runs the first and how many more.
std::string runs_text(std::span<const std::uint32_t> ascending, std::size_t most = 8);

/// Writes the samples and returns what `about` says of them: null for no training data. Throws as `model_writer`.
nlohmann::json add_training_data(model_writer& file, const training_data& data);
/// The same, read: nothing where it is null. Throws `file_error` for what contradicts itself.
training_data training_data_of(const model_file& file, const nlohmann::json& about);

}  // namespace spinule
