#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/models/elm_weights.hpp>

#include "torch_archive.hpp"

namespace spinule {
namespace {

constexpr std::int64_t most_inputs = 1 << 20;

using tensors = std::map<std::string, loaded_tensor>;
static_assert(std::endian::native == std::endian::little, "tensors are taken as they lie in the file");

/// The tensors of a file, each asked for by its name, type and shape.
class state_dict {
 public:
  explicit state_dict(const std::filesystem::path& path) : path_{path}, tensors_{load_torch_archive(path)} {}

  bool has(const std::string& name) const { return tensors_.count(name) != 0; }
  std::string where(const std::string& name) const { return fmt::format("{}: tensor {}", path_.string(), name); }
  std::size_t count() const { return tensors_.size(); }

  const loaded_tensor& of(const std::string& name, std::size_t dimensions) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end())
      throw file_error{path_.string(), fmt::format("has no tensor {}; an ELM neuron has _proto_w_s, tau_s or tau_b, "
                                                   "_proto_tau_m, mlp.network.*, w_y.*",
                                                   name)};
    if (found->second.shape.size() != dimensions)
      throw file_error{where(name),
                       fmt::format("has {} dimensions, expected {}", found->second.shape.size(), dimensions)};
    return found->second;
  }
  std::vector<float> floats(const std::string& name, std::size_t dimensions = 1) const {
    const loaded_tensor& t = of(name, dimensions);
    if (t.type != torch_type::float32)
      throw file_error{where(name), fmt::format("holds {}, expected float32", name_of(t.type))};
    std::vector<float> x(t.bytes.size() / sizeof(float));
    std::memcpy(x.data(), t.bytes.data(), t.bytes.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!(x[i] >= -1e30f && x[i] <= 1e30f))
        throw file_error{where(name), fmt::format("number {} is {}; it must be finite and within 1e30", i, x[i])};
    return x;
  }
  /// Whole numbers, or flags as 0 and 1.
  std::vector<std::int64_t> wholes(const std::string& name) const {
    const loaded_tensor& t = of(name, 1);
    if (t.type == torch_type::float32) throw file_error{where(name), "holds float32, expected int64 or bool"};
    const std::size_t width = bytes_of(t.type);
    std::vector<std::int64_t> x(t.bytes.size() / width, 0);
    for (std::size_t i = 0; i < x.size(); ++i) std::memcpy(&x[i], t.bytes.data() + i * width, width);
    return x;
  }
  elm_layer layer(const std::string& name) const {
    const auto& shape = of(name + ".weight", 2).shape;
    return {.outputs = static_cast<index_t>(shape[0]),
            .inputs = static_cast<index_t>(shape[1]),
            .weights = floats(name + ".weight", 2),
            .bias = floats(name + ".bias")};
  }

 private:
  std::filesystem::path path_;
  tensors tensors_;
};

/// `model_config.json` beside a file of weights; without any entry where there is none.
class configuration {
 public:
  explicit configuration(const std::filesystem::path& weights) : path_{weights.parent_path() / "model_config.json"} {
    std::error_code none;
    if (!std::filesystem::is_regular_file(path_, none)) return;
    if (std::filesystem::file_size(path_, none) > 1 << 16) fail("is no configuration: it has over 64 KiB");
    std::ifstream file{path_};
    entries_ = nlohmann::json::parse(file, nullptr, false);
    if (!entries_.is_object()) fail("is no JSON object; repair it, or move it away and give elm_options");
  }

  /// What is given, else what the configuration says, else `otherwise`.
  double value(std::optional<double> given, const char* key, double otherwise) const {
    if (given) return *given;
    const auto found = entries_.find(key);
    if (found == entries_.end()) return otherwise;
    if (!found->is_number()) fail(fmt::format("\"{}\" is no number", key));
    return found->get<double>();
  }
  milliseconds value(std::optional<milliseconds> given, const char* key, milliseconds otherwise) const {
    return milliseconds{value(given ? std::optional{given->value()} : std::nullopt, key, otherwise.value())};
  }
  elm_activation value(std::optional<elm_activation> given) const {
    if (given) return *given;
    const auto found = entries_.find("mlp_activation");
    if (found == entries_.end() || *found == "relu") return elm_activation::relu;
    if (*found != "silu") fail("\"mlp_activation\" is neither \"relu\" nor \"silu\"");
    return elm_activation::silu;
  }
  /// The configuration of another model would give wrong constants in silence.
  void expect(const char* key, std::size_t size) const {
    const auto found = entries_.find(key);
    if (found != entries_.end() && found->is_number() && *found != size)
      fail(fmt::format("has \"{}\": {} where the weights beside it have {}; one of them belongs to another model", key,
                       found->dump(), size));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw file_error{path_.string(), what}; }

  std::filesystem::path path_;
  nlohmann::json entries_ = nlohmann::json::object();
};

void read_synapses(elm_weights& w, const state_dict& from) {
  w.weight = from.floats("_proto_w_s");
  for (float& x : w.weight) x = std::max(x, 0.0f);
  w.version = from.has("tau_b") ? elm_version::v2 : elm_version::v1;
  const auto tau = from.floats(w.version == elm_version::v2 ? "tau_b" : "tau_s");
  w.tau_input.assign(tau.begin(), tau.end());
  std::vector<std::int64_t> index, valid;
  if (from.has("input_to_synapse_indices")) index = from.wholes("input_to_synapse_indices");
  if (from.has("valid_indices_mask")) valid = from.wholes("valid_indices_mask");
  if (index.empty())  // no routing
    for (std::size_t j = 0; j < w.weight.size(); ++j) index.push_back(static_cast<std::int64_t>(j));
  if (valid.empty()) valid.assign(index.size(), 1);
  if (index.size() != w.weight.size() || valid.size() != w.weight.size())
    throw file_error{from.where("input_to_synapse_indices"),
                     fmt::format("has {} numbers, valid_indices_mask {}, _proto_w_s {}; they must be as many",
                                 index.size(), valid.size(), w.weight.size())};
  for (std::size_t j = 0; j < index.size(); ++j) {
    if (index[j] < 0 || index[j] >= most_inputs)
      throw file_error{from.where("input_to_synapse_indices"),
                       fmt::format("number {} is {}; expected an input", j, index[j])};
    w.input.push_back(valid[j] != 0 ? static_cast<index_t>(index[j]) : elm_weights::unconnected);
  }
  // The file does not say how many inputs there are: those behind the last that a synapse reads make no difference.
  const std::int64_t last = index.empty() ? -1 : *std::max_element(index.begin(), index.end());
  w.inputs = static_cast<index_t>(last + 1);
}

void read_layers(elm_weights& w, const state_dict& from) {
  for (int place = 0; place == 0 || from.has(fmt::format("mlp.network.{}.weight", place)); place += 2)
    w.layers.push_back(from.layer(fmt::format("mlp.network.{}", place)));
  w.readout = from.layer("w_y");
  const std::size_t expected =
      5 + 2 * w.layers.size() + from.has("input_to_synapse_indices") + from.has("valid_indices_mask");
  if (from.count() != expected)
    throw file_error{
        from.where("*"),
        fmt::format("there are {} tensors where an ELM neuron has {}; this is another model", from.count(), expected)};
}

void read_memory(elm_weights& w, const state_dict& from, milliseconds least, milliseconds most) {
  const double low = least.value(), high = most.value();
  if (!(low > 0 && high >= low && std::isfinite(high)))
    throw spinule_error{"load_elm",
                        fmt::format("time constants of memory from {} to {} ms; give a positive one, then one "
                                    "that is not below it",
                                    low, high)};
  for (const float p : from.floats("_proto_tau_m"))
    w.tau_memory.push_back(low + (high - low) / (1 + portable_exp(-std::clamp(static_cast<double>(p), -600.0, 600.0))));
}

}  // namespace

elm_weights load_elm(const std::filesystem::path& path, const elm_options& options) {
  const state_dict from{path};
  const configuration config{path};
  const elm_shape otherwise;
  elm_weights w;
  read_synapses(w, from);
  read_layers(w, from);
  w.bin = config.value(options.bin, "delta_t", otherwise.bin);
  w.lambda = config.value(options.lambda, "lambda_value", otherwise.lambda);
  w.activation = config.value(options.activation);
  read_memory(w, from, config.value(options.tau_memory_min, "memory_tau_min", otherwise.tau_memory_min),
              config.value(options.tau_memory_max, "memory_tau_max", otherwise.tau_memory_max));
  const double inputs = config.value(std::optional<double>{}, "num_input", 0);
  if (inputs > w.inputs && inputs <= most_inputs) w.inputs = static_cast<index_t>(inputs);
  w.branches = w.layers[0].inputs > w.memory() ? w.layers[0].inputs - w.memory() : 0;
  try {
    w.check("its ELM neuron");
  } catch (const spinule_error& problem) {
    throw file_error{path.string(), problem.what()};
  }
  config.expect("num_input", w.inputs);
  config.expect("num_memory", w.memory());
  config.expect("num_branch", w.branches);
  config.expect("num_output", w.outputs());
  return w;
}

}  // namespace spinule
