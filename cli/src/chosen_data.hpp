// The data a command is given: opened, and held against what it is for.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <spinule/io/dataset.hpp>

#include "commands.hpp"
#include "trained_model.hpp"

namespace spinule {

/// Throws `usage_error` for an option that the kind of data has no use for, `file_error` for data that cannot be read
/// or of which nothing is chosen.
std::unique_ptr<dataset> open(const data_choice& choice);
/// The same for a model: classes that the data find for themselves are those that it knows.
std::unique_ptr<dataset> open_for(const replayable_model& model, const data_choice& choice);

std::vector<std::string> label_names(const dataset& data);

/// Throws `file_error` naming the classes of which `data` holds fewer than `least` samples.
void check_every_class(const dataset& data, const data_choice& choice, std::size_t least);

/// Throws `file_error` when a model cannot be shown `data`: other channels, or another number of classes.
void check_geometry(const replayable_model& model, const std::filesystem::path& path, const dataset& data);

/// What a model says of the data it is trained on, but for the samples.
training_data provenance_of(const data_choice& choice, const std::vector<std::filesystem::path>& paths);

/// What to tell the reader of answers about data of another kind than the model was trained on; empty when they are of
/// that kind.
std::string remark_on_kind(const replayable_model& model, const data_choice& choice, const dataset& data);

}  // namespace spinule
