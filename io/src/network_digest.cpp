#include <spinule/io/engine/network_digest.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <vector>

#include <spinule/engine/drawable.hpp>
#include <spinule/io/engine/sha256.hpp>

namespace spinule {
namespace {

constexpr index_t most_rows = 1024;

/// Numbers on their way into a digest, little-endian.
class digested {
 public:
  void add(std::uint64_t x) {
    for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<std::byte>(x >> shift));
    if (bytes_.size() >= 1 << 16) pass_on();
  }
  void add(double x) { add(std::bit_cast<std::uint64_t>(x == 0 ? 0.0 : x)); }  // -0 is 0
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
  }
  std::string hex() {
    pass_on();
    return sum_.hex();
  }

 private:
  void pass_on() {
    sum_.update(bytes_);
    bytes_.clear();
  }
  std::vector<std::byte> bytes_;
  sha256 sum_;
};

/// Start values, in the order in which they are set.
struct start_values {
  digested& sum;
  void write(std::size_t field, index_t neuron, double value) {
    sum.add(std::uint64_t{field});
    sum.add(std::uint64_t{neuron});
    sum.add(value);
  }
};

void add_population(digested& sum, const lowered_network& net, index_t i) {
  const population_description& p = net.populations[i];
  sum.add(std::string_view{p.name});
  sum.add(std::uint64_t{p.size});
  const auto parameters = p.model->parameters();
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    sum.add(std::string_view{parameters[k].name});
    for (index_t n = 0; n < (p.model->is_source() ? 1 : p.size); ++n) sum.add(p.model->parameter(k, n));
  }
  start_values start{sum};
  set_start_values(net, i, start);
}

void add_projection(digested& sum, const lowered_network& net, index_t j) {
  const projection_description& p = net.descriptions[j];
  for (const std::uint64_t x : {std::uint64_t{p.source}, std::uint64_t{p.target}, static_cast<std::uint64_t>(p.port)})
    sum.add(x);
  row_drawer drawer{net, j};
  const index_t rows = drawer.rows(), chosen = std::min(rows, most_rows);
  for (index_t k = 0; k < chosen; ++k) {
    const auto r = static_cast<index_t>(std::uint64_t{k} * rows / chosen);
    const drawn_row row = drawer.row(r);
    sum.add(std::uint64_t{r});
    sum.add(std::uint64_t{row.partners.size()});
    for (std::size_t i = 0; i < row.partners.size(); ++i) {
      sum.add(std::uint64_t{row.partners[i]});
      sum.add(row.weight(i));
      sum.add(static_cast<std::uint64_t>(row.delay(i)));
    }
  }
}

}  // namespace

std::string network_digest(const network& net, milliseconds tick) {
  const auto drawn = drawable(net, tick);
  digested sum;
  for (index_t i = 0; i < drawn->populations.size(); ++i) add_population(sum, *drawn, i);
  for (index_t j = 0; j < drawn->descriptions.size(); ++j) add_projection(sum, *drawn, j);
  return sum.hex();
}

}  // namespace spinule
