// Made-up data for those who have none at hand.
#pragma once

#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "interrupt.hpp"

namespace spinule {

/// A folder that goes with the object.
class scratch_folder {
 public:
  /// Throws `file_error` when the temporary folder cannot be written.
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  before_the_end emptied_;
};

/// What to tell the reader of a result that rests on generated data.
inline constexpr const char* generated_remark =
    "Generated recordings, not real ones: they show how things work and measure nothing.";

/// Where no data is given, generates some in the format of the set, says so on the screen, and points `data` at it;
/// `data.generated` then says so too.
/// The data live as long as what is returned (null when data was given). Throws `usage_error` for a set without
/// generator.
std::unique_ptr<scratch_folder> generate_if_missing(data_choice& data);

}  // namespace spinule
