// How far a training has come, as a file from which it goes on to the same bits.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <spinule/learning/fit.hpp>

namespace spinule {

/// What a training is of: going on is possible where all of it is the same.
struct training_identity {
  std::string description;        ///< SHA-256 of the text
  std::vector<std::string> data;  ///< digest of each task
  nlohmann::json settings;        ///< `settings_of`
};

struct training_checkpoint {
  training_identity of;
  std::size_t task = 0;
  learning::fit_progress progress;
  std::vector<double> state;                            ///< of the trainer
  nlohmann::json epochs = nlohmann::json::array();      ///< what is reported of them
  nlohmann::json accuracies = nlohmann::json::array();  ///< [tasks learned][tasks]

  /// Throw `file_error`; the file appears whole or not at all.
  void save(const std::filesystem::path& path) const;
  static training_checkpoint load(const std::filesystem::path& path);
  /// Throws `usage_error` that says in what a training differs from this one.
  void check_same(const training_identity& now, const std::filesystem::path& path) const;
};

}  // namespace spinule
