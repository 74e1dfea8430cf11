#include <spinule/backends/engine/converter_ranges.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>

#include <spinule/backends/crossbar.hpp>
#include <spinule/simulation.hpp>

#include "programmed_projection.hpp"

namespace spinule {
namespace {

/// Sums of 32 bits stay within such a converter, and nothing depends on its price.
hardware with_exact_converter(hardware hw) {
  if (!takes_range_from_data(hw)) return hw;
  hw.adc.range = converter_range::rows;
  hw.adc.clips = false;
  hw.adc.bits.value = 32;
  hw.adc.circuit = converter_circuit::sar;
  hw.adc.model = conversion_model::growth;
  return hw;
}

crossbar with_exact_converters(crossbar on) {
  on.hardware = with_exact_converter(on.hardware);
  for (auto& e : on.exceptions) e.hardware = with_exact_converter(e.hardware);
  return on;
}

struct measured_sums {
  std::shared_ptr<sum_record> record = std::make_shared<sum_record>();
  double unit = 1;  ///< of the target port, of one quantum
};

/// `crossbar`, whose sums are recorded.
struct recording_crossbar {
  crossbar on;
  std::vector<measured_sums>* sums;

  std::unique_ptr<engine> build(const network& net) const {
    return build_crossbar(on, net, [this](index_t j, tiled_projection& tiles, const connectivity& c) {
      (*sums)[j].unit = c.quantum;
      tiles.observe((*sums)[j].record);
    });
  }
};

}  // namespace

void sum_record::add(double sum) {
  const double size = std::abs(sum);
  if (!(size > 0)) return;
  const auto bin = std::bit_cast<std::uint32_t>(static_cast<float>(size)) >> dropped_bits;
  counts_[bin].fetch_add(1, std::memory_order_relaxed);
  double known = largest_.load(std::memory_order_relaxed);
  while (known < size && !largest_.compare_exchange_weak(known, size, std::memory_order_relaxed)) {
  }
}

double sum_record::largest() const { return largest_; }

double sum_record::within(double share) const {
  std::uint64_t all = 0;
  for (const auto& n : counts_) all += n;
  const auto enough = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all)));
  std::uint64_t seen = 0;
  for (std::uint32_t bin = 0; bin + 1 < counts_.size() && all > 0 && share < 1; ++bin) {
    seen += counts_[bin];
    if (seen >= enough && seen > 0) return std::min<double>(largest(), std::bit_cast<float>((bin + 1) << dropped_bits));
  }
  return largest();
}

std::vector<projection_range> measure_ranges(const network& net, const crossbar& on,
                                             const std::function<void(simulation&)>& show) {
  std::vector<measured_sums> sums(net.projections().size());
  simulation sim{net, recording_crossbar{with_exact_converters(on), &sums}};
  show(sim);
  std::vector<projection_range> ranges;
  for (std::size_t j = 0; j < sums.size(); ++j) {
    const std::string& name = net.projections()[j].name;
    const double share = hardware_for(on, name).adc.range_share.value;
    ranges.push_back({name, sums[j].record->within(share) * sums[j].unit});
  }
  return ranges;
}

}  // namespace spinule
