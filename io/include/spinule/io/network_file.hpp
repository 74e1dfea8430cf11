// Networks that classify recordings as files: a description that people write, and a trained one. docs/formats.md
// defines both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <spinule/io/engine/training_data.hpp>
#include <spinule/io/model_file.hpp>
#include <spinule/network.hpp>
#include <spinule/recording.hpp>

namespace spinule {

/// How a recording becomes input.
struct input_encoding {
  index_t group = 1;              ///< neighbouring channels that one input neuron stands for
  milliseconds length{0};         ///< of every sample; later events are left out
  std::uint32_t most_events = 0;  ///< of one input neuron in one tick, others are left out; 0: any number
};

/// How the output population answers: of unit k, x_k is the first state field of its model after each of the T ticks of
/// a sample (`membrane`), or 1 in a tick in which it fires and 0 in others (`spikes`). `over` makes one score of them:
///
///     last            x_k(T)
///     mean            1 / T sum_t x_k(t)
///     maximum         max_t x_k(t)
///     sum_of_softmax  sum_t exp(x_k(t)) / sum_j exp(x_j(t))
///     exponential     1 / T sum_t exp(-t / T) x_k(t)
///
/// with t from 1 to T. The largest score names the class, the first of several.
struct readout_rule {
  enum class source : std::uint8_t { membrane, spikes } by = source::membrane;
  enum class law : std::uint8_t { last, mean, maximum, sum_of_softmax, exponential } over = law::mean;
  bool operator==(const readout_rule&) const = default;
};

/// What a trainer may change of a projection.
struct learnable {
  enum class sharing : std::uint8_t { synapse, axon, dendrite };
  bool weight = true, delay = false;
  sharing delay_of = sharing::synapse;  ///< each of what has one delay
  bool operator==(const learnable&) const = default;
};

/// A network and its use: recordings are played into one population, the units of another answer, one per class.
struct described_network {
  network net{};
  std::string input, output;  ///< names of populations
  milliseconds tick{1};
  input_encoding encoding = {};
  readout_rule readout = {};
  std::vector<learnable> learn = {};  ///< [projections]
};

/// What the words "channels" and "classes" stand for in a description.
struct data_sizes {
  std::size_t channels = 0, classes = 0;
};

/// Reads a description. `models` are those that it may name: `model_catalogue()` of <spinule/models/catalogue.hpp>.
/// Throws `file_error{path:line:column, ...}` for what is unknown, missing, of the wrong type or out of range, for
/// sizes that do not fit the data, and for projections without delay that form a cycle; `file_error{path, ...}` for a
/// file that cannot be read or is larger than 1 MiB.
described_network read_network(const std::filesystem::path& path, const named_models& models, data_sizes sizes);
/// The same of a text; `where` stands for the path in errors.
described_network parse_network(const std::string& text, const std::string& where, const named_models& models,
                                data_sizes sizes);

/// Neurons of the input population, ceil(channels / group).
index_t input_neurons(std::size_t channels, const input_encoding& encoding);
/// The events that are played into the input population: their channels are its neurons.
recording encoded(const recording& events, const input_encoding& encoding, milliseconds tick);

/// [classes] scores of x, [ticks x classes]. They are the same bits on every compiler. Throws `spinule_error` when
/// there is no tick or no class, or x is no whole number of ticks.
std::vector<double> class_scores(readout_rule::law over, std::span<const double> x, std::size_t classes);

/// A network whose synapses have been trained.
struct trained_network : described_network {
  std::vector<std::string> labels = {};  ///< names of the classes
  std::string dataset = {};              ///< kind it was trained on
  std::size_t channels = 0;              ///< of that data
  training_data trained_on = {};         ///< its samples; may be empty
};

/// Writes the network with every synapse and every parameter, so that it gives the same spikes when it is loaded, bit
/// for bit. Throws `spinule_error` for what the format does not hold: models that are not in `models`, rules by which
/// spikes change weights, modulated projections, Poisson drives and rounded weights, and for a network that
/// `simulation` would refuse; `file_error` as `model_writer` does.
void save_trained(const std::filesystem::path& path, const trained_network& trained, const named_models& models);
/// Whether a model file is one of these; others are those of trained liquids. Throws `file_error` for an `about` that
/// cannot be read.
bool holds_trained_network(const model_file& file);
/// Throws `file_error{path, ...}` for what is no such file, and for what it says wrongly.
trained_network load_trained(const model_file& file, const named_models& models);

}  // namespace spinule
