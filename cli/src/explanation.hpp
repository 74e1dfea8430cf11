// Runs of one hardware with parts of it ideal, held against each other sample by sample.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "run_summary.hpp"
#include "worst_cells.hpp"

namespace spinule {

/// The share of samples that one answers right less that of another, over the same samples: mean over chips, and the
/// standard error that follows from how samples differ. Tests are of the n-th chip with the n-th.
struct paired_difference {
  double mean = 0, standard_error = 0;
  std::vector<paired_test> tests;

  std::size_t told_apart() const;
};

/// Of results of the same samples in the same order; one that stands alone is compared with each of the others.
paired_difference difference_of(std::span<const replay_result> results, std::span<const replay_result> from);

/// A run on each chip, and how it differs from those that it is compared with.
struct compared_runs {
  std::vector<run_summary> runs;
  paired_difference difference;
};

/// What switching a part to ideal gives back, and what the part alone takes from the ideal.
struct explained_part {
  std::string name, what;
  compared_runs without, alone;  ///< against the full hardware, against the ideal
};

struct explanation {
  std::vector<run_summary> ideal;  ///< one
  compared_runs full;              ///< against the ideal
  std::vector<explained_part> parts, projections;
  std::vector<std::string> absent;  ///< parts that the hardware has not, or has ideal
  std::vector<worst_cell> cells;    ///< of the first chip
};

/// By what switching off gives back, the most first; of equals by what the part alone takes.
void sort_by_loss(std::vector<explained_part>& parts);

void print_explanation(const explanation& e, std::uint32_t chips);
/// `ideal`, `full`, `non_idealities`, `absent`, `projections`, `cells`.
void add_explanation(nlohmann::json& json, const explanation& e);

}  // namespace spinule
