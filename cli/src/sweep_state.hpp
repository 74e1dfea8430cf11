// How far a sweep has come, as a file from which it goes on to the same numbers.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "grid.hpp"
#include "replay_session.hpp"
#include "run_summary.hpp"

namespace spinule {

/// What a sweep is of, by name: model, data, hardware, grid and chips. Going on is possible where all of it is the
/// same.
nlohmann::json sweep_identity(const std::filesystem::path& model, const replay_session& session,
                              const backend_choice& on, const sweep_grid& points, std::uint32_t chips);

/// The runs of a sweep, each written to the file as soon as it is there; the file is whole at every moment.
class sweep_state {
 public:
  /// An empty path keeps nothing. Goes on from a file that is there if `resume`; throws `usage_error` if not, and for
  /// one of another sweep, naming what differs, and `file_error` for what is no state of a sweep.
  sweep_state(std::filesystem::path path, nlohmann::json identity, std::size_t runs, bool resume);

  void keep(std::size_t run, const run_summary& summary);
  /// Takes the file away: the sweep is done.
  void remove() const;

  const std::vector<std::optional<run_summary>>& runs() const { return runs_; }
  std::size_t done() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  void load(bool resume);
  void save() const;

  std::filesystem::path path_;
  nlohmann::json identity_;
  std::vector<std::optional<run_summary>> runs_;
};

}  // namespace spinule
