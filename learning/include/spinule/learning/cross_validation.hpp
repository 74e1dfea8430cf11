// How well will a readout do on samples that it has not seen?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/confusion.hpp>
#include <spinule/learning/readout.hpp>

namespace spinule::learning {

/// The fold, below `folds`, of each sample. Stratified: classes and folds are dealt evenly, so sizes of folds, and
/// counts of one class in them, differ by one at most. A function of labels, folds and seed alone.
/// Throws `spinule_error` when there are fewer than two folds, fewer samples than folds, or a class with a single
/// sample.
std::vector<std::uint32_t> k_fold(std::span<const std::uint32_t> labels, std::uint32_t folds, std::uint64_t seed);

/// Every sample is judged once, by a readout trained on the folds that it is not in. Features are scaled by the
/// training folds alone. Throws what `k_fold` and `linear_readout::train` throw.
confusion_matrix cross_validate(const feature_table& table, std::span<const std::uint32_t> labels,
                                std::uint32_t classes, std::uint32_t folds, std::uint64_t seed,
                                const readout_options& options = {});

}  // namespace spinule::learning
