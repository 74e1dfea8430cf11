// What a trainer of ELM neurons is made of: its parameters as tables, and the record of a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/engine/aligned.hpp>
#include <spinule/engine/elm_weights.hpp>
#include <spinule/learning/elm_trainer.hpp>

#include "training_parts.hpp"

namespace spinule::learning {

/// An affine map in the vector of parameters: a row of `stride` weights for each input, then the bias.
struct elm_map {
  std::size_t inputs = 0, outputs = 0;
  std::size_t weights = 0, bias = 0;  ///< where they begin; of branches there is no bias
  std::size_t back = 0;               ///< where the transpose begins in `elm_plan::transposed`
  std::size_t stride() const { return padded(outputs); }
  std::size_t back_stride() const { return padded(inputs); }
};

/// Rows of a table that are added up for each row of a result.
struct elm_routes {
  std::vector<std::uint32_t> offsets{0}, entries, synapse;
  std::vector<float> values;  ///< [entries] the weight of `synapse`
  row_lists all() const { return {offsets.data(), entries.data(), values.data()}; }
};

/// Everything that does not change from batch to batch but by a step.
struct elm_plan {
  elm_weights start;
  elm_trainer_options how;
  std::size_t bins = 0;
  elm_map branches;           ///< the part of the first layer that reads b
  std::vector<elm_map> maps;  ///< the rest of the first layer, which reads memory; further layers; the readout
  std::size_t weight_at = 0, tau_at = 0;
  aligned_vector<float> parameters;  ///< and slack; synapses and time constants only where they are learned
  std::size_t parameter_count = 0;

  bool event_driven = false;         ///< all input decays alike
  std::vector<float> kappa_input;    ///< [traces]
  elm_routes by_channel, by_branch;  ///< of channels: branches that they reach; of branches: channels
  // What follows from the parameters.
  std::vector<float> synapses;                    ///< [synapses] w
  std::vector<double> tau_memory;                 ///< [memory] ms
  std::vector<float> kappa, gain;                 ///< [padded(memory)]
  aligned_vector<float> columns;                  ///< [inputs][stride] of the first layer times w; event-driven
  aligned_vector<float> transposed;               ///< of all maps, and slack
  std::vector<double> kappa_per_ms, gain_per_ms;  ///< [memory] derivatives by tau

  elm_plan(elm_weights weights, std::size_t bins, const elm_trainer_options& how);
  std::size_t memory() const { return start.memory(); }
  std::size_t memory_stride() const { return padded(memory()); }
  const elm_map& first() const { return maps.front(); }
  const elm_map& readout() const { return maps.back(); }
  std::size_t layers() const { return maps.size() - 1; }  ///< of the MLP
  std::size_t traces() const { return kappa_input.size(); }
  /// Derives everything from the parameters again.
  void refresh();
  /// The parameters, or any vector like them, in the layout of `elm_weights`.
  std::vector<elm_layer> layers_of(std::span<const float> vector) const;
  elm_layer readout_of(std::span<const float> vector) const;
  double tau_slope(std::size_t memory) const;  ///< d tau / d p

 private:
  void place_maps();
  void route();
  void refresh_synapses();
  void refresh_memory();
};

/// The record of a batch: rows are [bins][samples][numbers], padded.
struct elm_record {
  std::size_t samples = 0;
  std::vector<aligned_vector<float>> z;  ///< [layers] what each gives (the last: q), then dL / d its sum
  std::vector<aligned_vector<float>> h;  ///< [layers - 1] after the activation
  aligned_vector<float> read, m;         ///< kappa m, which the MLP reads, and m
  aligned_vector<float> b;               ///< traces of branches, where input is not event-driven
  aligned_vector<float> a;               ///< adjoint of the trace of the first layer, where it is
  aligned_vector<float> answers, slope;  ///< y and dL / dy, [bins][samples][classes]
  std::vector<float> by_kappa, by_gain;  ///< [samples][padded(memory)] where time constants are learned
  std::vector<float> by_synapse;         ///< [samples][synapses] where learned and not event-driven
  std::vector<sent_lists> sent;          ///< [blocks] channels of bin t, sample b: list t * count + b

  void prepare(const elm_plan& plan, std::size_t count, std::size_t blocks, bool backwards);
  double bytes(const elm_plan& plan, std::size_t count) const;
};

/// Samples first .. first + count - 1 of a batch, forwards and backwards. Different blocks do not touch each other's
/// memory.
class elm_block {
 public:
  elm_block(const elm_plan& plan, elm_record& record, std::size_t block, std::size_t first, std::size_t count)
      : plan_{plan}, record_{record}, sent_{record.sent[block]}, first_{first}, count_{count} {}
  void forwards(std::span<const training_sample> samples);
  void backwards();

 private:
  template <class Rows>
  auto* row(Rows& of, std::size_t t, std::size_t stride) const {
    return of.data() + (t * record_.samples + first_) * stride;
  }
  void send(std::span<const training_sample> samples);
  void take_events(std::size_t t, float* z);
  void take_traces(std::size_t t, float* z);
  void run_layers(std::size_t t);
  void go_back(std::size_t t);
  void go_back_in_events(std::size_t t);
  void go_back_in_traces(std::size_t t);

  const elm_plan& plan_;
  elm_record& record_;
  sent_lists& sent_;
  std::size_t first_, count_;
  aligned_vector<float> trace_;    ///< [count][stride] of the first layer, or [count][traces]
  aligned_vector<float> carried_;  ///< [count][padded(memory)] dL / dm of the end of the bin
  aligned_vector<float> through_;  ///< what has come through a layer
};

/// The gradient from the record of a batch, in the layout of the parameters. Different parts of it are different
/// threads' work, and each is summed in the order of bins and samples.
void collect_elm_gradient(const elm_plan& plan, elm_record& record, std::span<float> gradient);

}  // namespace spinule::learning
