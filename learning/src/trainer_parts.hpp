// The inside of a trainer.
#pragma once

#include "training_parts.hpp"

namespace spinule::learning {

/// Throws `spinule_error` where the synapses of all projections would not fit, before they are drawn.
void check_synapses(const network& net);

struct trainer::parts {
  network net;
  classification_loss_options loss;
  training_plan plan;
  batch_record record;
  std::vector<double> losses;
  batch_result last;
  std::size_t most_samples = 0;  ///< that there was memory for

  parts(const network& n, index_t input, index_t output, milliseconds tick, ticks length,
        const classification_loss_options& l, const trainer_options& o)
      : net{n}, loss{l}, plan{net, input, output, tick, length, o} {}

  /// Throw `spinule_error` for handles of another network.
  trained_projection& of(const projection& p) {
    static_cast<void>(described(net.projections(), p, "trainer"));
    return plan.projections[p.id];
  }
  trained_parameter& of(const population& cells, const std::string& parameter);
  /// Throws `spinule_error` for a field whose start is not learned.
  trained_start& start_of(const population& cells, const std::string& field);

  /// While it lives weights are what arrays make of them, and sums are converted.
  class on_arrays {
   public:
    explicit on_arrays(parts& of);
    on_arrays(const on_arrays&) = delete;
    on_arrays& operator=(const on_arrays&) = delete;
    ~on_arrays();

   private:
    parts& of_;
  };

  void refresh(trained_projection& p);
  void clip(trained_projection& p) const;
  memory_estimate memory(std::size_t samples) const;
  void take_memory(std::size_t samples, std::size_t blocks, bool backwards);
  void run(std::span<const training_sample> samples, bool backwards);
  void filter(trained_projection& p);
  void step();
  void step(trained_projection& p);
  void step(trained_parameter& p);
  void step(trained_start& s);
  /// Gives populations the parameters that have been learned. Units whose model refuses its own keep what they had.
  void adopt_parameters();
};

}  // namespace spinule::learning
