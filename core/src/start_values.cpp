#include <spinule/network.hpp>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

std::string quoted(const char* kind, const std::string& name) { return fmt::format("{} \"{}\"", kind, name); }

void check_unit(const population_description& p, const std::string& field, dimension given) {
  const dimension known = p.model->fields()[field_index(p, field)].unit;
  if (known != given)
    throw spinule_error{quoted("population", p.name) + " field " + field,
                        fmt::format("is {}; the values given are {}", in_words(known), in_words(given))};
}

}  // namespace

void network::start(const population& cells, const std::string& field, law values, dimension unit) {
  const auto& p = described(populations_, cells, "network::initialise");
  const std::string where = quoted("population", p.name) + " field " + field;
  values.check(where);
  const std::size_t f = field_index(p, field);
  const described_number& known = p.model->fields()[f];
  check_unit(p, field, unit);
  const auto [least, greatest] = values.range();
  described_number bounds = known;
  bounds.allowed.whole = known.allowed.whole && values.is_constant();  // of drawn ones the whole part is used
  for (const double x : {least, greatest}) check_range(bounds, x, where);
  populations_[cells.id].initial.push_back({f, values, {}});
}

void network::start(const population& cells, const std::string& field, std::vector<double> values, dimension unit) {
  const auto& p = described(populations_, cells, "network::initialise");
  check_unit(p, field, unit);
  initialise(cells, field, std::move(values));
}

void network::initialise(const population& cells, const std::string& field, std::vector<double> values) {
  const auto& p = described(populations_, cells, "network::initialise");
  if (values.size() != p.size)
    throw spinule_error{quoted("population", p.name),
                        fmt::format("{} start values for {} neurons; give one each", values.size(), p.size)};
  const std::size_t f = field_index(p, field);
  for (std::size_t i = 0; i < values.size(); ++i)
    check_range(p.model->fields()[f], values[i], fmt::format("{} start value {}", quoted("population", p.name), i));
  populations_[cells.id].initial.push_back({f, {}, std::move(values)});
}

}  // namespace spinule
