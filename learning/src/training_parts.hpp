// What a trainer is made of: the network as matrices, and the record of a batch.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <spinule/engine/aligned.hpp>
#include <spinule/engine/any_model.hpp>
#include <spinule/learning/trainer.hpp>

#include "row_sums.hpp"
#include "synapse_layout.hpp"

namespace spinule {
struct lowered_network;
}

namespace spinule::learning {

/// Calls work(i) for every i < count on so many threads. Throws what the work for the least i that failed threw.
template <class Work>
void share(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::mutex failing;
  std::size_t failed = count;
  std::exception_ptr problem;
  const auto all = [&] {
    for (std::size_t i = next++; i < count; i = next++) try {
        work(i);
      } catch (...) {
        const std::lock_guard guard{failing};
        if (i < failed) problem = std::current_exception();
        failed = std::min(failed, i);
      }
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < threads && i < count; ++i) helpers.emplace_back(all);
    all();
  }
  if (problem) std::rethrow_exception(problem);
}

/// A population while it is trained.
struct trained_population {
  std::string name;
  index_t size = 0;
  std::shared_ptr<const any_model> model;
  std::unique_ptr<trainable_neurons> cells;  ///< null: the input
  std::vector<float> start;                  ///< [fields][size]
  std::vector<char> start_given;             ///< [fields][size] set by the network, whatever the model says
  std::vector<char> used;                    ///< [ports] something arrives there
  ticks latest = 0;                          ///< greatest delay onto it within a sample
  bool sends = false;                        ///< some projection starts here
  aligned_vector<float> direct;              ///< eprop, decolle: signals from the readout, [classes][padded(size)]

  bool fires() const { return cells == nullptr || cells->fires(); }
  /// Takes what its model starts with for `start`, where nothing else is given.
  void start_as_modelled();
  /// Whether what arrives in a tick moves the margin in that tick.
  bool moved_at_once() const;
};

/// A parameter of a population that is learned.
struct trained_parameter {
  index_t population = 0;
  std::size_t which = 0;
  double rate = 0;
  range allowed;
  std::vector<double> values;      ///< [size]
  aligned_vector<float> gradient;  ///< [size]
  std::unique_ptr<optimiser_state> steps;
  double step = 0;  ///< to either side, for the derivative; less at the bounds
  std::unique_ptr<trainable_neurons> above, below;
  std::vector<float> scale;  ///< [size] 1 / (above - below)
};

/// A state field of a population whose start is learned; `start` of the population holds it.
struct trained_start {
  index_t population = 0;
  std::size_t field = 0;
  double rate = 0;
  range allowed = {};
  aligned_vector<float> gradient = {};  ///< [size]
  std::unique_ptr<optimiser_state> steps = {};

  std::span<float> of(trained_population& p) const { return std::span{p.start}.subspan(field * p.size, p.size); }
};

/// What converts the sums of a projection while a batch is learned.
struct sum_converter {
  float step = 0, per_step = 0, top = 0;  ///< of one code, its inverse, the largest code; step 0: there is none
  std::vector<std::uint32_t> bands = {};  ///< first source of each, and the number of sources
  void add(std::span<const float> sums, float* out) const;
};

/// A projection while it is trained. Rows are sources.
struct trained_projection : synapse_layout {
  index_t id = 0, source = 0, target = 0;
  std::size_t port = 0;
  ticks delay = 0;                 ///< of all synapses, where `delays` is empty
  aligned_vector<float> weights;   ///< [numbers()] and slack
  aligned_vector<float> gradient;  ///< [numbers()] and slack
  aligned_vector<float> acting;    ///< as weights: what arrays made of them in the last batch, if they change any
  sum_converter converter;
  aligned_vector<float> transposed;   ///< of a matrix: [targets][padded(sources)] and slack
  std::vector<float> listed_weights;  ///< of a matrix, as its synapses are listed
  std::vector<float> delays;          ///< [delay_numbers()] in ticks, shared ones at each synapse; empty: all alike
  std::vector<ticks> whole_delays;    ///< rounded; beyond every sample where no synapse is
  aligned_vector<float> delay_gradient;
  bool errors_pass = false;  ///< to the source
  trainer::plasticity how;
  double norm = 0;  ///< at the start
  std::unique_ptr<optimiser_state> steps, delay_steps;
  std::unique_ptr<activity_subspace> subspace;
  /// Of each source the targets of its synapses and their weights.
  row_lists list() const {
    return {list_offsets.data(), list_targets.data(), sparse ? weights.data() : listed_weights.data()};
  }
  /// Its frozen weights H, [frozen][padded(sources)], and -H^T, [sources][padded(frozen)].
  aligned_vector<float> lateral, back_lateral;
};

/// Everything that does not change from batch to batch.
struct training_plan {
  std::vector<trained_population> populations;
  std::vector<trained_projection> projections;
  std::vector<trained_parameter> parameters;
  std::vector<trained_start> starts;
  /// Populations that reach each other, those that are reached from others later; within a component each after those
  /// that reach it within a tick.
  std::vector<std::vector<index_t>> components;
  std::vector<std::size_t> component_of;             ///< [populations]
  std::vector<std::size_t> position;                 ///< [populations] in all components, one after the other
  std::vector<std::vector<std::size_t>> onto, from;  ///< [populations] projections
  index_t input = 0, output = 0;
  milliseconds tick{1};
  ticks length = 0;
  trainer_options how;
  std::uint64_t batches = 0;  ///< that were learned, which tell the draws of arrays apart

  training_plan(const network& net, index_t input, index_t output, milliseconds tick, ticks length,
                const trainer_options& how);
  /// Whether it has delays of its synapses' own and all that its sources send is known before its targets are stepped.
  bool runs_ahead(const trained_projection& p) const {
    return !p.delays.empty() && component_of[p.source] != component_of[p.target];
  }
  /// Whether synapses of a matrix are listed, since pairs without one need not be looked at: errors go back through the
  /// list where at most half of all pairs are connected, and delays of synapses' own are gone through one by one within
  /// a loop.
  bool lists(const trained_projection& p) const {
    if (!p.delays.empty()) return !p.present.empty() && !runs_ahead(p);
    return p.errors_pass && !p.present.empty() && 2 * std::ranges::count(p.present, 1) <= std::ssize(p.present);
  }
  /// Least delay that keeps what is sent ahead of who is stepped.
  ticks least_delay(const trained_projection& p) const { return position[p.source] < position[p.target] ? 0 : 1; }
  /// Ticks from `now` on in which an error may arrive that it is told of: to the end of the sample, or of the window
  /// after which derivatives are cut.
  std::size_t ticks_left(std::size_t now) const {
    const auto cut = static_cast<std::size_t>(how.truncate);
    const std::size_t left = static_cast<std::size_t>(length) - now;
    return cut > 0 ? std::min(left, cut - now % cut) : left;
  }
  /// Ticks whose states are in memory at a time, and how many such windows a sample has.
  std::size_t window() const {
    const auto all = static_cast<std::size_t>(length), asked = static_cast<std::size_t>(how.checkpoint_every);
    return asked > 0 ? std::min(all, asked) : all;
  }
  std::size_t windows() const { return (static_cast<std::size_t>(length) + window() - 1) / window(); }
  /// Throws `spinule_error` where `how` asks for derivatives that populations do not have.
  void check_rule() const;
  /// Which projections errors pass, and where learning signals come from, as the rule has it.
  void route_errors();
  void make_parameters(trained_parameter& p) const;

 private:
  void find_components(std::span<const index_t> order);
};

/// Who sent in each tick of each sample of a block: list t * samples + b.
struct sent_lists {
  std::vector<std::uint32_t> offsets{0}, entries;
  std::vector<float> values;
  row_lists from(std::size_t list, bool weighted) const {
    return {offsets.data() + list, entries.data(), weighted ? values.data() : nullptr};
  }
};

/// The record of a batch of samples: rows are [ticks][samples][neurons]. States and margins are those of one window of
/// ticks, with what each window began with; what arrived is kept for all ticks, so a window can be gone through again.
struct batch_record {
  struct population {
    std::vector<aligned_vector<float>> states;     ///< [fields] of [window + 1] rows
    std::vector<aligned_vector<float>> began;      ///< [fields] of [windows] rows; empty: there is one window
    std::vector<aligned_vector<float>> inputs;     ///< [ports] what arrived, then dL / d that; and slack for late ticks
    aligned_vector<float> margins;                 ///< of [window] rows
    aligned_vector<float> answers, answers_slope;  ///< of the output: [ticks] rows, and dL / d them
    std::vector<std::uint32_t> counts;             ///< [samples][neurons] spikes
    std::vector<float> parameter_slopes;           ///< [learned parameters][samples][neurons]
    std::vector<float> start_slopes;               ///< [learned starts][samples][neurons]
  };
  std::size_t samples = 0;
  std::vector<population> populations;
  std::vector<std::vector<sent_lists>> sent;  ///< [populations][blocks]
  bool weighted_input = false;
  bool steady_input = false;  ///< every sample sends the same in all ticks, such as the pixels of a picture

  void prepare(const training_plan& plan, std::size_t count, std::size_t blocks, bool backwards);
};

/// Samples first .. first + count - 1 of a batch, forwards and backwards. Different blocks do not touch each other's
/// memory.
class block_pass {
 public:
  block_pass(const training_plan& plan, batch_record& record, std::size_t block, std::size_t first, std::size_t count);
  void forwards(std::span<const training_sample> samples);
  void backwards();

 private:
  float* row(aligned_vector<float>& of, std::size_t population, std::size_t tick) const;
  const float* arrived(std::size_t population, std::size_t port, std::size_t tick);
  void send_events(std::span<const training_sample> samples);
  void step(std::size_t population, std::size_t tick);
  void begin_window(std::size_t population, std::size_t tick);
  void advance(std::size_t population, std::size_t tick);
  void repeat_window(std::size_t population, std::size_t first);
  void deliver(const trained_projection& p, std::size_t tick);
  bool repeats(const trained_projection& p, std::size_t tick) const;
  void scatter(const trained_projection& p, std::size_t tick);
  void deliver_converted(const trained_projection& p, const row_lists& sent, float* out);
  void deliver_all(const trained_projection& p);
  void collect_all(const trained_projection& p);
  void test_for_firing(const trained_population& of, std::span<const float> margins);
  void send(std::size_t population, const float* fired);
  void step_back(std::size_t population, std::size_t tick);
  void collect(const trained_projection& p, std::size_t tick, const float* fired, std::vector<float>& by_spike);
  void collect_listed(const trained_projection& p, const float* errors, std::vector<float>& by_spike);
  void collect_directly(std::size_t population, std::size_t tick, std::vector<float>& by_spike) const;
  void collect_parameters(std::size_t population, const trainable_neurons::tick& at);
  void collect_starts(std::size_t population);
  void keep_start_slopes(std::size_t population);

  const training_plan& plan_;
  batch_record& record_;
  std::size_t block_, first_, count_;
  struct backwards_state {
    std::vector<aligned_vector<float>> by_state;
    std::vector<aligned_vector<float>> at_end;  ///< the same of the end of the tick, where parameters are learned
    std::vector<aligned_vector<float>> by_input_now;
    aligned_vector<float> by_margin;
    std::vector<float> by_spike;              ///< [ticks][count][neurons] from projections that run ahead
    std::vector<std::vector<float>> arrived;  ///< [ports] where parameters are learned
    std::vector<float> above, below;
  };
  std::vector<backwards_state> back_;
  std::vector<float> fired_, slope_, by_spike_, by_count_, sums_;
  aligned_vector<float> turned_errors_, turned_sums_;  ///< [targets], [sources] rows of the samples of a block
  std::vector<std::uint32_t> labels_;                  ///< [count]
  /// Rows for ports where nothing arrives, and for what is not asked for.
  aligned_vector<float> zeros_, spare_;
};

/// Reads every synapse of a projection. Throws `spinule_error` for what cannot be trained, and for more memory than
/// there is.
trained_projection read_projection(const lowered_network& net, index_t id);
/// Makes a matrix of a list, whose gradients and moments are lost. Throws `spinule_error{where, ...}` for more memory
/// than there is.
void make_matrix(trained_projection& p, const std::string& where);
/// How many delays are learned of a projection.
std::size_t learned_delays(const trained_projection& p, delay_sharing sharing);
/// [sources][targets] in ticks, which learning begins with. Throws `spinule_error{where, ...}` where synapses that
/// share a delay have different ones.
std::vector<float> first_delays(const trained_projection& p, delay_sharing sharing, milliseconds tick,
                                const std::string& where);
/// Gives each synapse the gradient of the delay that it shares.
void share_delay_gradient(trained_projection& p);
/// One step of the optimiser of delays, which stay between `least` and `most` ticks.
void step_delays(trained_projection& p, double rate, float least, float most);
/// Of the synapses of some sources, each with a delay of its own. `sources` lists who sent: a list for each source.
/// `change` [ticks][samples][targets]: how errors change with time; empty where delays are not learned.
void collect_delayed(trained_projection& p, const sent_lists& sources, std::size_t first, std::size_t count,
                     const aligned_vector<float>& errors, const std::vector<float>& change, std::size_t samples,
                     std::size_t ticks_in_all);
/// Errors at the targets of a projection, as what its sources sent is multiplied with: of each tick a row for each
/// sample; where the input is steady their sum over ticks, of which all ticks but the first need not be looked at.
struct projection_errors {
  std::vector<float> summed;
  const float* rows = nullptr;
  std::size_t ticks_in_all = 0;
};
projection_errors errors_of(const trained_projection& p, const training_plan& plan, const batch_record& record);
/// Takes the weights of a matrix into a list of its synapses.
void list_synapses(trained_projection& p);
/// Frozen weights of the subspace of a projection, as `leave_old_alone` needs them.
void take_frozen(trained_projection& p);
/// Shows the lateral neurons of a projection what its sources sent: of each sample the tick whose turn it is.
void learn_subspace(trained_projection& p, const training_plan& plan, const batch_record& record,
                    std::size_t block_size);
/// Projects the presynaptic factor of the gradient: what earlier tasks' activity spans is taken out of it.
void leave_old_alone(trained_projection& p, const training_plan& plan, const batch_record& record,
                     std::size_t block_size);
/// Gradients of weights and delays from the record of a batch.
void collect_gradients(training_plan& plan, batch_record& record, std::size_t block_size);

}  // namespace spinule::learning
