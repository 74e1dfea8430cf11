#include <spinule/engine/block_holder.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

std::vector<block_field> checked(std::vector<block_field> fields, const std::string& where) {
  constexpr std::uint64_t most = 1 << 20;
  std::uint64_t numbers = 0;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const block_field& x = fields[f];
    if (x.name.empty()) throw spinule_error{where, fmt::format("state field {} has no name", f)};
    if (x.length == 0)
      throw spinule_error{where, fmt::format("state field \"{}\" has no number; give 1 or more", x.name)};
    const auto same = [&](const block_field& other) { return other.name == x.name; };
    if (std::count_if(fields.begin(), fields.end(), same) > 1)
      throw spinule_error{where, fmt::format("two state fields are called \"{}\"", x.name)};
    check_range({x.name, x.unit, x.allowed}, x.start, where + " start of");
    numbers += x.length;
  }
  if (numbers > most)
    throw spinule_error{where, fmt::format("{} numbers of state a neuron are more than {}", numbers, most)};
  return fields;
}

void check_sent(const emission& sent, index_t first, index_t count, bool graded) {
  bool good = sent.values.size() == (graded ? sent.neurons.size() : 0);
  for (std::size_t i = 0; i < sent.neurons.size(); ++i)
    good &= sent.neurons[i] - first < count && (i == 0 || sent.neurons[i] > sent.neurons[i - 1]);
  if (!good)
    throw spinule_error{
        "block model",
        "its kernel must name neurons of its block, ascending, and each at most once: with `send` where "
        "it is graded, with `fire` where it is not"};
}

void check_same_sizes(const any_model& before, const any_model& after, const std::string& where) {
  bool same = before.fields().size() == after.fields().size();
  for (std::size_t p = 0; p < before.receptors().size(); ++p) same = same && before.width(p) == after.width(p);
  if (!same)
    throw spinule_error{where, "the parameter changes how many lanes or numbers of state a neuron has; build it anew"};
}

void check_single(std::span<const double> values, const std::string& name, const std::string& where) {
  if (values.size() != 1)
    throw spinule_error{where,
                        fmt::format("{} values of {}; all neurons of this model share one", values.size(), name)};
}

}  // namespace spinule
