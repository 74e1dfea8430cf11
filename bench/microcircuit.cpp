// The cortical microcircuit of Potjans & Diesmann (2014): 77 169 neurons, 0.3 G synapses under 1 mm2 of cortex.
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <spinule/models/current_lif.hpp>

#include "microcircuit_statistics.hpp"
#include "network_bench.hpp"

namespace spinule::bench {
namespace {

struct choice {
  double scale = 1;
  bool direct_current = false, statistics = false;
  int weight_bits = 16;
  std::uint64_t seed = 1;
};

std::filesystem::path data_file(const std::string& name) {
  const char* data = std::getenv("SPINULE_DATA");
  return std::filesystem::path{data ? data : ""} / "microcircuit" / name;
}

nlohmann::json parameters() {
  const auto path = data_file("potjans_diesmann_2014.json");
  std::ifstream file{path};
  if (!file) throw file_error{path.string(), "cannot be read; set SPINULE_DATA to the folder that has it"};
  return nlohmann::json::parse(file);
}

/// pA for a post-synaptic potential of 1 mV.
double current_per_mv(double tau_m, double tau_s, double c) {
  const double ratio = tau_m / tau_s;
  const double peak = std::pow(ratio, -tau_m / (tau_m - tau_s)) - std::pow(ratio, -tau_s / (tau_m - tau_s));
  return 1 / (tau_s * tau_m / c / (tau_s - tau_m) * peak);
}

/// The published network at any scale. A scale of s has s times the neurons, each with s times the inputs (recurrent
/// and from outside) of 1 / sqrt(s) times the weight, which leaves the variance of the input; what its mean loses, at
/// the published rates, a constant current makes good (van Albada et al. 2015). The reference run does the same, and
/// like it halves are rounded to even.
class description {
 public:
  explicit description(const choice& how)
      : how_{how},
        p_(parameters()),
        cell_(p_["neuron_iaf_psc_exp"]),
        names_(p_["populations"]),
        w_{p_["PSP_exc_mean_mV"].get<double>() *
           current_per_mv(cell_["tau_m_ms"], cell_["tau_syn_ms"], cell_["C_m_pF"])} {}

  network build() {
    network net{how_.seed};
    for (std::size_t i = 0; i < names_.size(); ++i) add(net, i);
    for (std::size_t to = 0; to < cells_.size(); ++to)
      for (std::size_t from = 0; from < cells_.size(); ++from) connect(net, from, to);
    return net;
  }

 private:
  void add(network& net, std::size_t i) {
    const auto size = static_cast<index_t>(std::nearbyint(how_.scale * p_["num_neurons"][i].get<double>()));
    const double rest = cell_["E_L_mV"];
    const milliseconds tau_s{cell_["tau_syn_ms"]};
    const current_lif unit{.tau = milliseconds{cell_["tau_m_ms"]},
                           .capacitance = picofarads{cell_["C_m_pF"]},
                           .tau_excitatory = tau_s,
                           .tau_inhibitory = tau_s,
                           .threshold = millivolts{cell_["V_th_mV"].get<double>() - rest},
                           .reset = 0_mV,
                           .refractory = milliseconds{cell_["t_ref_ms"]},
                           .bias = bias(i)};
    const auto made = net.add(names_[i], unit, size);
    const auto& v0 = p_["V0_optimized"];
    net.initialise(made, "v",
                   normal<millivolts>{millivolts{v0["mean_mV"][i].get<double>() - rest}, millivolts{v0["std_mV"][i]}});
    const kilohertz rate = std::nearbyint(p_["K_ext"][i].get<double>() * how_.scale) * background();
    if (!how_.direct_current) net.drive(made, {.rate = rate, .weight = picoamperes{w_ / std::sqrt(how_.scale)}});
    cells_.push_back(made);
  }

  /// All synapses have one time constant, so excitation and inhibition share a port.
  void connect(network& net, std::size_t from, std::size_t to) {
    const auto synapses = static_cast<std::uint64_t>(std::nearbyint(full_synapses(from, to) * how_.scale * how_.scale));
    if (synapses == 0) return;
    const bool excitatory = is_excitatory(from);
    const double mean = full_weight(from, to) / std::sqrt(how_.scale);
    const double spread = p_["weight_rel_std"], delay_spread = p_["delay_rel_std"];
    const milliseconds delay{p_[excitatory ? "delay_exc_mean_ms" : "delay_inh_mean_ms"]};
    const double infinite = std::numeric_limits<double>::infinity();
    const normal<picoamperes> weight{picoamperes{mean}, picoamperes{std::abs(mean) * spread}};
    net.connect(
        cells_[from], cells_[to], fixed_total_number{synapses},
        {.weight = clipped{weight, picoamperes{excitatory ? 0 : -infinite}, picoamperes{excitatory ? infinite : 0}},
         .delay = clipped{normal<milliseconds>{delay, delay_spread * delay}, 0.1_ms, milliseconds{infinite}},
         .weight_bits = how_.weight_bits});
  }

  static bool is_excitatory(std::size_t population) { return population % 2 == 0; }
  kilohertz background() const { return p_["bg_rate_hz"].get<double>() * 1_Hz; }

  /// Not rounded.
  double full_synapses(std::size_t from, std::size_t to) const {
    const double probability = p_["conn_probs_target_by_source"][to][from];
    const double ns = p_["num_neurons"][from], nt = p_["num_neurons"][to];
    return std::log(1 - probability) / std::log(1 - 1 / (ns * nt));
  }

  /// pA, the mean. Layer 4 excites layer 2/3 twice as much.
  double full_weight(std::size_t from, std::size_t to) const {
    if (!is_excitatory(from)) return w_ * p_["g"].get<double>();
    return to == 0 && from == 2 ? 2 * w_ : w_;
  }

  picoamperes bias(std::size_t to) const {
    const double tau_s = cell_["tau_syn_ms"];
    const double outside = w_ * (p_["K_ext"][to].get<double>() * background()).value() * tau_s;
    double recurrent = 0;
    for (std::size_t from = 0; from < names_.size(); ++from) {
      const double inputs = full_synapses(from, to) / p_["num_neurons"][to].get<double>();
      const double khz = 1e-3 * p_["full_scale_mean_rates_hz_one_run"][from].get<double>();
      recurrent += full_weight(from, to) * inputs * khz * tau_s;
    }
    const double lost = 1 - std::sqrt(how_.scale);
    return picoamperes{how_.direct_current ? outside + lost * recurrent : lost * (outside + recurrent)};
  }

  choice how_;
  nlohmann::json p_, cell_, names_;
  double w_;  ///< pA, excitatory at full scale
  std::vector<population_of<current_lif>> cells_;
};

/// Prints what the run was like beside what is published; the reference run only where the scale is its own.
nlohmann::json compare(const choice& how, const network& net, const simulation& sim, const network_options& o) {
  const auto p = parameters();
  const auto ticks_of = [&](double s) {
    return static_cast<moment>(std::llround(s * (1_s).value() / sim.tick().value()));
  };
  const stretch measured{ticks_of(o.warm_up), sim.now()};
  std::optional<reference_run> other;
  if (how.scale == reference_run::scale)
    other = read_reference(data_file("nest_reference_spikes_scale0.1.tar.gz"), sim.tick());
  std::vector<population_comparison> all;
  for (index_t i = 0; i < net.populations().size(); ++i) {
    const index_t size = net.populations()[i].size;
    population_comparison c;
    c.name = net.populations()[i].name;
    c.here = statistics_of(sim.spikes(sim.population_at(i)), size, measured, sim.tick());
    c.published_rate_hz = p["full_scale_mean_rates_hz_one_run"][i];
    c.published_cv = (how.direct_current ? published_cv::direct_current : published_cv::poisson)[i];
    if (other) {
      const stretch theirs{ticks_of(1e-3 * reference_run::begin_ms), ticks_of(1e-3 * reference_run::end_ms)};
      const recorded_population& r = other->populations.at(i);
      c.reference = statistics_of(r.spikes, r.size, theirs, sim.tick());
      c.pieces =
          statistics_by_piece(sim.spikes(sim.population_at(i)), size, measured, theirs.end - theirs.begin, sim.tick());
    }
    all.push_back(std::move(c));
  }
  print_published(all);
  print_reference(all);
  return {{"statistics", as_json(all)}};
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  static bench::choice how;
  return bench::network_main(
      count, words, "microcircuit", "The cortical microcircuit of Potjans and Diesmann at full scale, 0.1 ms", 0.1_ms,
      [](CLI::App& app) {
        app.add_flag("--direct-current", how.direct_current, "Instead of the Poisson drive");
        app.add_option("--scale", how.scale,
                       "Of the neurons and of the inputs of each; weights and a current make up for it")
            ->check(CLI::Range(0.01, 4.0));
        app.add_option("--weight-bits", how.weight_bits, "16 or 32")->check(CLI::IsMember({16, 32}));
        app.add_option("--seed", how.seed, "Of the network");
        app.add_flag("--statistics", how.statistics, "Rates and irregularity beside published ones");
        return [] { return bench::description{how}.build(); };
      },
      [](const network& net, const simulation& sim, const bench::network_options& o) -> nlohmann::json {
        return how.statistics ? bench::compare(how, net, sim, o) : nlohmann::json::object();
      });
}
