// What every run of every network on every back end promises, as functions of a network and a back end.
#pragma once

#include <cmath>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

inline void PrintTo(const spike& s, std::ostream* out) { *out << s.neuron << "@" << s.when; }

namespace laws {

/// A network to run, and what else belongs to it.
struct world {
  network net;
  milliseconds tick{0.1};
  ticks length = 300;                                     ///< of a run
  std::vector<projection> projections = {};               ///< those whose weights belong to the outcome
  std::function<void(simulation&)> begin = [](auto&) {};  ///< after every reset: plays what replay populations send
};

/// A back end with its settings.
struct stage {
  std::string name;
  std::function<simulation(const world&)> make;
};
inline std::ostream& operator<<(std::ostream& out, const stage& s) { return out << s.name; }

inline stage on_reference() {
  return {"reference", [](const world& w) { return simulation{w.net, reference{w.tick}}; }};
}
inline stage on_cpu(stepping by, precision held, int threads = 1) {
  constexpr const char *steppings[] = {"automatic", "sweep", "visit"}, *precisions[] = {"single", "full"};
  return {std::string{"cpu_"} + steppings[static_cast<int>(by)] + "_" + precisions[static_cast<int>(held)] + "_" +
              std::to_string(threads),
          [=](const world& w) {
            return simulation{w.net, cpu{.tick = w.tick, .threads = threads, .stepping = by, .precision = held}};
          }};
}

/// Everything that a run leaves.
struct outcome {
  std::vector<std::vector<spike>> spikes;   ///< by population; none of those that send values
  std::vector<std::vector<double>> states;  ///< by population and field: one value per neuron
  std::vector<std::vector<double>> weights;
  bool operator==(const outcome&) const = default;

  std::size_t spike_count() const {
    std::size_t n = 0;
    for (const auto& s : spikes) n += s.size();
    return n;
  }
};

inline void observe_all(const world& w, simulation& sim) {
  for (const auto& p : w.net.populations())
    if (!p.model->is_graded()) sim.observe(w.net.find(p.name));
}

inline std::vector<std::vector<double>> outcome_weights(const world& w, const simulation& sim) {
  std::vector<std::vector<double>> all;
  for (const auto& j : w.projections) all.push_back(sim.weights(j));
  return all;
}

inline outcome outcome_of(const world& w, const simulation& sim) {
  outcome o;
  for (const auto& p : w.net.populations()) {
    const auto cells = w.net.find(p.name);
    const auto fired = p.model->is_graded() ? std::span<const spike>{} : sim.spikes(cells);
    o.spikes.emplace_back(fired.begin(), fired.end());
    for (const auto& [field, unit, allowed] : p.model->fields()) {
      o.states.emplace_back();
      for (index_t i = 0; i < p.size; ++i) o.states.back().push_back(sim.read(cells, std::string{field}, i));
    }
  }
  o.weights = outcome_weights(w, sim);
  return o;
}

/// Runs an episode from its start.
inline outcome run(const world& w, simulation& sim, std::uint64_t episode = 0) {
  sim.reset(episode);
  w.begin(sim);
  observe_all(w, sim);
  sim.run_ticks(w.length);
  return outcome_of(w, sim);
}
inline outcome run(const world& w, const stage& on, std::uint64_t episode = 0) {
  auto sim = on.make(w);
  return run(w, sim, episode);
}

/// Largest difference of the states and of the weights, over 1 + |value|.
inline double apart(const outcome& a, const outcome& b) {
  double most = 0;
  const auto compare = [&](const auto& x, const auto& y) {
    for (std::size_t k = 0; k < x.size(); ++k)
      for (std::size_t i = 0; i < x[k].size(); ++i)
        most = std::fmax(most, std::fabs(x[k][i] - y[k][i]) / (1 + std::fabs(x[k][i])));
  };
  compare(a.states, b.states);
  compare(a.weights, b.weights);
  return most;
}

// The laws. Each fails the running test where it does not hold.

/// A network never run needs no reset; whatever ran before, a reset begins anew.
inline void expect_reset_to_equal_fresh(const world& w, const stage& on) {
  auto sim = on.make(w);
  w.begin(sim);
  observe_all(w, sim);
  sim.run_ticks(w.length);
  const outcome fresh = outcome_of(w, sim);
  EXPECT_EQ(fresh, run(w, sim)) << on;
  sim.reset(7);
  w.begin(sim);
  sim.run_ticks(w.length / 3);
  EXPECT_EQ(fresh, run(w, sim)) << on;
}

/// Sample B after sample A is sample B alone.
inline void expect_episodes_to_be_independent(const world& w, const stage& on) {
  auto sim = on.make(w);
  run(w, sim, 1);
  const outcome b = run(w, sim, 2);
  EXPECT_EQ(b, run(w, on, 2)) << on;
  if (!w.projections.empty()) return;  // weights may have changed, and stay
  sim.reset(1);
  w.begin(sim);
  sim.run_ticks(w.length / 2);
  sim.begin_episode(2);
  w.begin(sim);
  sim.run_ticks(w.length);
  EXPECT_EQ(b, outcome_of(w, sim)) << on;
}

inline void expect_pieces_to_equal_the_whole(const world& w, const stage& on) {
  const outcome whole = run(w, on);
  auto sim = on.make(w);
  w.begin(sim);
  observe_all(w, sim);
  ticks left = w.length;
  for (const ticks piece : {0, 1, 2, 1, w.length / 2, 7, 0}) {
    sim.run_ticks(piece);
    left -= piece;
  }
  sim.run_ticks(left);
  EXPECT_EQ(whole, outcome_of(w, sim)) << on;
}

/// Observing, probing every field of a few neurons, counting, and reading states and weights on the way.
inline void expect_recorders_to_change_nothing(const world& w, const stage& on) {
  auto plain = on.make(w), watched = on.make(w);
  for (auto* sim : {&plain, &watched}) w.begin(*sim);
  observe_all(w, watched);
  for (const auto& p : w.net.populations())
    for (const auto& [field, unit, allowed] : p.model->fields())
      watched.probe(w.net.find(p.name), std::string{field}, {0, p.size - 1});
  for (int part = 0; part < 3; ++part) {
    plain.run_ticks(w.length / 3);
    watched.run_ticks(w.length / 3);
    static_cast<void>(outcome_of(w, watched));
    watched.clear_counts();
  }
  EXPECT_EQ(plain.spike_count(), watched.spike_count()) << on;
  EXPECT_EQ(plain.synaptic_events(), watched.synaptic_events()) << on;
  observe_all(w, plain);
  auto a = outcome_of(w, plain), b = outcome_of(w, watched);
  b.spikes = a.spikes;  // of which the plain run kept none
  EXPECT_EQ(a, b) << on;
}

/// A copy in the middle of a run goes on as the original does, whichever runs first; neither sees the other.
inline void expect_copies_to_be_independent(const world& w, const stage& on) {
  const outcome whole = run(w, on);
  auto sim = on.make(w);
  w.begin(sim);
  observe_all(w, sim);
  sim.run_ticks(w.length / 2);
  auto copy = sim, reset = sim;
  copy.run_ticks(w.length - w.length / 2);
  run(w, reset, 3);
  sim.run_ticks(w.length - w.length / 2);
  EXPECT_EQ(whole, outcome_of(w, copy)) << on;
  EXPECT_EQ(whole, outcome_of(w, sim)) << on;
  EXPECT_EQ(whole, run(w, reset)) << on;
}

inline void expect_laws_of_runs(const world& w, const stage& on) {
  expect_reset_to_equal_fresh(w, on);
  expect_episodes_to_be_independent(w, on);
  expect_pieces_to_equal_the_whole(w, on);
  expect_recorders_to_change_nothing(w, on);
  expect_copies_to_be_independent(w, on);
}

inline const std::vector<stepping> all_steppings{stepping::sweep, stepping::visit, stepping::automatic};

/// In double every stepping gives the spikes of the reference, and its states up to the last bits.
inline void expect_the_reference(const world& w, double tolerance = 1e-9) {
  const outcome expected = run(w, on_reference());
  for (const stepping by : all_steppings) {
    const stage on = on_cpu(by, precision::full);
    const outcome o = run(w, on);
    EXPECT_EQ(expected.spikes, o.spikes) << on;
    EXPECT_LT(apart(expected, o), tolerance) << on;
  }
}

/// Each stepping gives the same bits for 1, 2, 3 and 8 threads, of which three are never idle with 1536 neurons or
/// more.
inline void expect_threads_not_to_matter(const world& w) {
  for (const stepping by : all_steppings) {
    const auto held = by == stepping::sweep ? precision::single : precision::full;
    const outcome one = run(w, on_cpu(by, held, 1));
    for (const int threads : {2, 3, 8}) EXPECT_EQ(one, run(w, on_cpu(by, held, threads))) << on_cpu(by, held, threads);
  }
}

}  // namespace laws
}  // namespace spinule
