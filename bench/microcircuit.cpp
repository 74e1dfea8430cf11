// The cortical microcircuit of Potjans & Diesmann (2014): 77 169 neurons, 0.3 G synapses under 1 mm2 of cortex.
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <spinule/models/current_lif.hpp>

#include "network_bench.hpp"

namespace spinule::bench {
namespace {

struct choice {
  double scale = 1;
  bool direct_current = false;
  int weight_bits = 16;
};

nlohmann::json parameters() {
  const char* data = std::getenv("SPINULE_DATA");
  const auto path = std::filesystem::path{data ? data : ""} / "microcircuit/potjans_diesmann_2014.json";
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

/// All synapses have one time constant, so excitation and inhibition share a port. Synapses of a full-scale network are
/// kept when it is scaled down only in proportion to the pairs: a quick check, not the published activity.
network build(const choice& how) {
  const auto p = parameters();
  const auto& cell = p["neuron_iaf_psc_exp"];
  network net{1};
  std::vector<population_of<current_lif>> cells;
  const double w = p["PSP_exc_mean_mV"].get<double>() * current_per_mv(cell["tau_m_ms"], cell["tau_syn_ms"], cell["C_m_pF"]);
  const kilohertz background = p["bg_rate_hz"].get<double>() * 1_Hz;
  for (std::size_t i = 0; i < p["populations"].size(); ++i) {
    const auto size = static_cast<index>(std::lround(how.scale * p["num_neurons"][i].get<double>()));
    const kilohertz rate = p["K_ext"][i].get<double>() * background;
    const double rest = cell["E_L_mV"];
    current_lif unit{.tau = milliseconds{cell["tau_m_ms"]}, .capacitance = picofarads{cell["C_m_pF"]},
                     .tau_excitatory = milliseconds{cell["tau_syn_ms"]}, .tau_inhibitory = milliseconds{cell["tau_syn_ms"]},
                     .threshold = millivolts{cell["V_th_mV"].get<double>() - rest}, .reset = 0_mV,
                     .refractory = milliseconds{cell["t_ref_ms"]}};
    if (how.direct_current) unit.bias = picoamperes{w * rate.value() * cell["tau_syn_ms"].get<double>()};
    const auto made = net.add(p["populations"][i], unit, size);
    const auto& v0 = p["V0_optimized"];
    net.initialise(made, "v", normal<millivolts>{millivolts{v0["mean_mV"][i].get<double>() - rest}, millivolts{v0["std_mV"][i]}});
    if (!how.direct_current) net.drive(made, {.rate = rate, .weight = picoamperes{w}});
    cells.push_back(made);
  }
  const double spread = p["weight_rel_std"], delay_spread = p["delay_rel_std"];
  for (std::size_t to = 0; to < cells.size(); ++to)
    for (std::size_t from = 0; from < cells.size(); ++from) {
      const double probability = p["conn_probs_target_by_source"][to][from];
      if (probability == 0) continue;
      const double ns = p["num_neurons"][from], nt = p["num_neurons"][to];
      const double full = std::round(std::log(1 - probability) / std::log(1 - 1 / (ns * nt)));
      const bool excitatory = from % 2 == 0;
      const double mean = excitatory ? (to == 0 && from == 2 ? 2 * w : w) : w * p["g"].get<double>();
      const milliseconds delay{p[excitatory ? "delay_exc_mean_ms" : "delay_inh_mean_ms"]};
      const double infinite = std::numeric_limits<double>::infinity();
      const normal<picoamperes> weight{picoamperes{mean}, picoamperes{std::abs(mean) * spread}};
      net.connect(cells[from], cells[to], fixed_total_number{static_cast<std::uint64_t>(full * how.scale * how.scale)},
                  {.weight = clipped{weight, picoamperes{excitatory ? 0 : -infinite}, picoamperes{excitatory ? infinite : 0}},
                   .delay = clipped{normal<milliseconds>{delay, delay_spread * delay}, 0.1_ms, milliseconds{infinite}},
                   .weight_bits = how.weight_bits});
    }
  return net;
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  static bench::choice how;
  return bench::network_main(count, words, "microcircuit", "The cortical microcircuit of Potjans and Diesmann at full scale, 0.1 ms", 0.1_ms,
                             [](CLI::App& app) {
                               app.add_flag("--direct-current", how.direct_current, "Instead of the Poisson drive");
                               app.add_option("--scale", how.scale, "Of the number of neurons")->check(CLI::Range(0.01, 4.0));
                               app.add_option("--weight-bits", how.weight_bits, "16 or 32")->check(CLI::IsMember({16, 32}));
                               return [] { return bench::build(how); };
                             });
}
