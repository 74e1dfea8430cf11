// The numbers of a training: for --json, and for the page of --report.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <spinule/io/dataset.hpp>
#include <spinule/learning/fit.hpp>

#include "network_training.hpp"

namespace spinule {

/// Under which it stands in the catalogue.
std::string model_name(const any_model& model);
/// Norm of the gradient of the last batch over all weights.
double gradient_norm(const learning::trainer& t, const network& net);

nlohmann::json to_json(const learning::epoch_report& e, double gradient_norm, std::size_t task);

/// Weights of every projection.
std::vector<std::vector<double>> weights_of(const learning::trainer& t, const network& net);
/// For each projection its name, the least and the greatest weight, and how many lie in each of 40 equal bins between
/// them, before and after.
nlohmann::json histograms(const network& net, const std::vector<std::vector<double>>& before,
                          const std::vector<std::vector<double>>& after);

/// One sample as the network answers it, in the form of `example` of a result (docs/formats.md).
nlohmann::json example_of(const trained_network& network, const dataset& data, std::size_t sample);

}  // namespace spinule
