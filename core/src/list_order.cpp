#include "list_order.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace spinule {

std::vector<std::uint64_t> list_order(const lowered_network& net, index_t projection, index_t first, index_t count) {
  const auto& list = net.descriptions[projection].list;
  const auto& delay = net.list_delays[projection];
  const auto position = list ? std::span{list->position} : std::span<const std::uint32_t>{};
  if (!list || (position.empty() && net.summaries[projection].delays.size() == 1)) return {};
  const std::uint64_t begin = list->offsets[first], end = list->offsets[first + std::size_t{count}];
  std::vector<std::uint64_t> rows(end - begin);  // [by source, delay, target] places among the rows of the list
  std::iota(rows.begin(), rows.end(), begin);
  for (index_t i = first; delay.size() > 1 && i < first + count; ++i)
    std::stable_sort(rows.begin() + static_cast<std::ptrdiff_t>(list->offsets[i] - begin),
                     rows.begin() + static_cast<std::ptrdiff_t>(list->offsets[i + std::size_t{1}] - begin),
                     [&](std::uint64_t a, std::uint64_t b) { return delay[a] < delay[b]; });
  const auto given = [&](std::uint64_t row) { return position.empty() ? row : position[row]; };
  std::vector<std::uint64_t> order(rows.size());
  if (rows.size() == list->target.size()) {
    for (std::uint64_t k = 0; k < rows.size(); ++k) order[given(rows[k])] = k;
  } else {
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](std::uint64_t a, std::uint64_t b) { return given(rows[a]) < given(rows[b]); });
  }
  return order;
}

}  // namespace spinule
