// Replay through dense layers: what replay_nmnist and replay_shd share.
#pragma once

#include <string>

#include <spinule/models/sources.hpp>

#include "replay_bench.hpp"
#include "soft_reset_lif.hpp"

namespace spinule::bench {

/// A layer of hidden units between inputs and answers, all weights drawn from a normal law of mean 0.
struct dense_network {
  std::string name;
  index_t inputs = 0, hidden = 0, answers = 0;
  double input_sd = 0;      ///< chosen for a mean rate of 15 to 18 Hz in the hidden layer
  double recurrent_sd = 0;  ///< 0: no recurrent synapses
  milliseconds length{0};   ///< of a recording
};

struct dense_options : replay_options {
  int weight_bits = 32;
  bool random_events = false;
};

inline void add_options(CLI::App& app, dense_options& o) {
  add_options(app, static_cast<replay_options&>(o));
  app.add_option("--weight-bits", o.weight_bits, "32, 16 or 8")
      ->check(CLI::IsMember({8, 16, 32}))
      ->capture_default_str();
  app.add_flag("--random", o.random_events, "Random events in place of recordings");
}

/// Events of random channels at random times, in order.
inline recording random_recording(std::size_t events, index_t channels, milliseconds length, std::uint64_t number) {
  recording r;
  random_stream random{1, purpose::user, number};
  for (std::size_t i = 0; i < events; ++i) {
    const auto time = static_cast<std::int64_t>(random.uniform() * length.in(1_us));
    r.events.push_back({time, static_cast<std::uint32_t>(random.below(channels))});
  }
  std::sort(r.events.begin(), r.events.end(), [](const event& a, const event& b) {
    return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
  });
  r.length = length;
  return r;
}

struct dense_layers {
  network net{1};
  population input, hidden, answer;
};

inline dense_layers build(const dense_network& n, int weight_bits) {
  dense_layers l;
  const auto input = l.net.add("input", replay{}, n.inputs);
  const auto hidden = l.net.add("hidden", soft_reset_lif{}, n.hidden);
  const auto answer = l.net.add("answer", soft_reset_lif{}, n.answers);
  const auto weights = [&](double sd, milliseconds delay) {
    return synapse<number>{.weight = normal{0.0, sd}, .delay = delay, .weight_bits = weight_bits};
  };
  l.net.connect(input, hidden, all_to_all{}, weights(n.input_sd, 0_ms));
  if (n.recurrent_sd > 0) l.net.connect(hidden, hidden, all_to_all{.autapses = true}, weights(n.recurrent_sd, 1_ms));
  l.net.connect(hidden, answer, all_to_all{}, weights(0.1, 0_ms));
  l.input = input;
  l.hidden = hidden;
  l.answer = answer;
  return l;
}

/// Replays with 0 threads (one recording at a time) and each number asked for.
inline void run_dense(const dense_network& n, const dense_options& o, const recordings& data) {
  dense_layers l;
  std::optional<simulation> sim;
  const seconds built = time_once([&] {
    l = build(n, o.weight_bits);
    sim.emplace(l.net, cpu{.tick = 1_ms, .threads = 1, .stepping = o.how});
  });
  const auto count = static_cast<double>(data.all.size());
  const double model_s = 1e-3 * count * n.length.value();
  const outcome all = look_at(l.net, *sim, l.input, data, n.length);
  const double rate = static_cast<double>(all.spikes[l.hidden.id]) / n.hidden / model_s;
  const double events = static_cast<double>(data.events) / count,
               adds = static_cast<double>(all.synaptic_events) / count;
  fmt::print("{}: {} recordings ({}), {:.0f} events each in {:g} ms, weights of {} bits\n", n.name, count, data.origin,
             events, n.length.value(), o.weight_bits);
  fmt::print(
      "{} synapses built in {:.3f} s, {:.2f} M synaptic events per sample, hidden rate {:.2f} Hz, answers {:.2f} Hz\n",
      sim->synapse_count(), built.wall, 1e-6 * adds, rate,
      static_cast<double>(all.spikes[l.answer.id]) / n.answers / model_s);
  nlohmann::json out{{"name", n.name},
                     {"origin", data.origin},
                     {"samples", data.all.size()},
                     {"events_per_sample", events},
                     {"weight_bits", o.weight_bits},
                     {"runs", nlohmann::json::array()}};
  std::vector<int> threads{0};
  threads.insert(threads.end(), o.threads.begin(), o.threads.end());
  for (const int t : threads) {
    const seconds time = replay_all(*sim, l.input, data, n.length, t, o.repeats);
    fmt::print("{:<26}{:8.0f} samples/s  {:7.1f} us of processor per sample  {:6.2f} G adds/s\n",
               t == 0 ? "one at a time, 1 thread" : fmt::format("side by side, {} thread{}", t, t == 1 ? "" : "s"),
               count / time.wall, 1e6 * time.cpu / count, 1e-9 * count * adds / time.wall);
    nlohmann::json one = to_json(
        {n.name, std::max(t, 1), model_s, built.wall, time.wall, sim->synapse_count(), count * adds, rate, all.digest});
    one.update({{"side_by_side", t > 0}, {"samples_per_s", count / time.wall}, {"cpu_s", time.cpu}});
    out["runs"].push_back(std::move(one));
  }
  fmt::print("spikes {}\n", all.digest.substr(0, 16));
  write_json(o.json, out);
}

}  // namespace spinule::bench
