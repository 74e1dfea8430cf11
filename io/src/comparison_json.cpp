#include <functional>

#include <nlohmann/json.hpp>

#include <spinule/io/engine/comparison.hpp>

namespace spinule {
namespace {

using nlohmann::json;

json spread_json(const spread& s) {
  return {{"mean", s.mean}, {"deviation", s.deviation}, {"least", s.least}, {"greatest", s.greatest}};
}

/// Of what each member has; null where one has none.
json spread_over(const chip_group& g, std::span<const replay_result> results,
                 const std::function<std::optional<double>(const replay_result&)>& of) {
  std::vector<double> values;
  for (const std::size_t i : g.members) {
    const auto value = of(results[i]);
    if (!value) return nullptr;
    values.push_back(*value);
  }
  return spread_json(spread_of(values));
}

json energy_spread(const chip_group& g, std::span<const replay_result> results) {
  json all;
  for (const auto& [name, of] : {std::pair{"dynamic", &energy_account::dynamic_pj},
                                 {"static", &energy_account::static_pj},
                                 {"static_real_time", &energy_account::real_time_pj},
                                 {"total", &energy_account::total_pj},
                                 {"total_real_time", &energy_account::real_time_total_pj}}) {
    const auto sum = spread_over(g, results, [of = of](const replay_result& r) {
      return r.energy ? std::optional{((*r.energy).*of)()} : std::nullopt;
    });
    if (sum.is_null()) return nullptr;
    all[name] = sum;
  }
  return all;
}

json group_json(const chip_group& g, const comparison& how, std::span<const replay_result> results) {
  const auto& one = results[g.members.front()];
  auto chips = json::array();
  for (const std::size_t i : g.members)
    if (results[i].chip) chips.push_back(*results[i].chip);
  return {{"backend", one.backend},
          {"hardware", one.hardware.empty() ? json(nullptr) : json(one.hardware)},
          {"results", g.members},
          {"left_out", g.left_out},
          {"chips", chips},
          {"accuracy", spread_over(g, results, [&](const replay_result& r) { return accuracy_among(r, how.common); })},
          {"energy_pj", energy_spread(g, results)},
          {"latency_us", spread_over(g, results, [](const replay_result& r) {
             return r.sample_latencies_us.empty() ? std::nullopt : std::optional{summarise(r.sample_latencies_us).mean};
           })}};
}

}  // namespace

json json_of(const comparison& how, std::span<const replay_result> results) {
  auto groups = json::array(), tests = json::array();
  for (const auto& g : how.groups) groups.push_back(group_json(g, how, results));
  for (const auto& t : how.tests)
    tests.push_back({{"first", t.first},
                     {"second", t.second},
                     {"samples", t.samples},
                     {"only_first", t.only_first},
                     {"only_second", t.only_second},
                     {"p", t.p},
                     {"told_apart", t.told_apart()}});
  return {{"groups", groups}, {"samples", how.common.size()}, {"partial", how.partial}, {"tests", tests}};
}

}  // namespace spinule
