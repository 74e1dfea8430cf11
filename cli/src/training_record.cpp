#include "training_record.hpp"

#include <algorithm>
#include <cmath>
#include <typeinfo>

#include <spinule/io/result.hpp>
#include <spinule/models/catalogue.hpp>

#include "judge.hpp"
#include "trained_model.hpp"

namespace spinule {

std::string model_name(const any_model& model) {
  for (const auto& [name, known] : model_catalogue())
    if (const any_model& other = *known; typeid(other) == typeid(model)) return name;
  return "?";
}

double gradient_norm(const learning::trainer& t, const network& net) {
  double squares = 0;
  for (index_t p = 0; p < net.projections().size(); ++p)
    for (const double g : t.gradient(net.projection_at(p))) squares += g * g;
  return std::sqrt(squares);
}

nlohmann::json to_json(const learning::epoch_report& e, double gradient_norm, std::size_t task) {
  nlohmann::json layers = nlohmann::json::array();
  for (const auto& layer : e.layers)
    layers.push_back({{"name", layer.name},
                      {"spikes", layer.spikes},
                      {"silent", layer.silent},
                      {"saturated", layer.saturated},
                      {"gradient_norm", layer.gradient_norm}});
  return {{"task", task},
          {"epoch", e.epoch},
          {"loss", e.loss},
          {"accuracy", e.accuracy},
          {"validation_loss", e.validation_loss},
          {"validation_accuracy", e.validation_accuracy},
          {"rate", e.rate},
          {"gradient_norm", gradient_norm},
          {"samples_per_s", e.samples_per_s},
          {"layers", std::move(layers)}};
}

std::vector<std::vector<double>> weights_of(const learning::trainer& t, const network& net) {
  std::vector<std::vector<double>> all;
  for (index_t p = 0; p < net.projections().size(); ++p) all.push_back(t.weights(net.projection_at(p)));
  return all;
}

nlohmann::json histograms(const network& net, const std::vector<std::vector<double>>& before,
                          const std::vector<std::vector<double>>& after) {
  constexpr std::size_t bins = 40;
  nlohmann::json all = nlohmann::json::array();
  for (std::size_t p = 0; p < before.size(); ++p) {
    const auto [low_before, high_before] = std::ranges::minmax(before[p]);
    const auto [low_after, high_after] = std::ranges::minmax(after[p]);
    const double least = std::fmin(low_before, low_after), greatest = std::fmax(high_before, high_after);
    const auto counted = [&](const std::vector<double>& weights) {
      std::vector<std::uint64_t> counts(bins, 0);
      for (const double w : weights) {
        if (w == 0) continue;  // no synapse
        const double place = greatest > least ? (w - least) / (greatest - least) * bins : 0;
        ++counts[std::min(static_cast<std::size_t>(place), bins - 1)];
      }
      return counts;
    };
    all.push_back({{"projection", net.projections()[p].name},
                   {"least", least},
                   {"greatest", greatest},
                   {"before", counted(before[p])},
                   {"after", counted(after[p])}});
  }
  return all;
}

nlohmann::json example_of(const trained_network& network, const dataset& data, std::size_t sample) {
  const subset one{data, {sample}};
  const replayable_model model = replayable_network(network);
  backend_choice on;
  on.threads = 1;
  nlohmann::json result = judge(
      replay_all(one, model.through(one), on, {.digest = false, .identify = false, .example = 0, .title = ""}), model);
  result["example"]["sample"] = sample;
  return result["example"];
}

}  // namespace spinule
