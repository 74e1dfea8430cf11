// Digests of every random transform, portable function and law of numbers.
#include <cmath>
#include <limits>
#include <vector>

#include <spinule/distribution.hpp>
#include <spinule/engine/poisson_counts.hpp>
#include <spinule/math.hpp>
#include <spinule/random.hpp>

#include "golden.hpp"

namespace spinule {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

random_stream stream() { return {0x123456789abcdef, purpose::user, 0x42'0000'0007, 3}; }

/// 2000 numbers of `draw(stream)`.
template <class Draw>
auto one_by_one(Draw draw) {
  return [draw](digest& d) {
    auto random = stream();
    for (int i = 0; i < 2000; ++i) d.add(draw(random));
  };
}

/// 2000 numbers of `fill(stream, span)`, in pieces of many sizes, so that they begin anywhere in a block.
template <class T, class Fill>
auto in_arrays(Fill fill) {
  return [fill](digest& d) {
    auto random = stream();
    std::vector<T> x(2000);
    for (std::size_t at = 0, size = 1; at < x.size(); at += size, size = size * 3 + 1) {
      size = std::min(size, x.size() - at);
      fill(random, std::span{x}.subspan(at, size));
    }
    d.add(x);
  };
}

/// Numbers over the range of a function and at its seams.
template <class F>
auto function(double low, double high, F f) {
  return [=](digest& d) {
    auto random = stream();
    for (int i = 0; i < 3000; ++i) d.add(f(low + (high - low) * random.open_uniform()));
  };
}

std::vector<double> probabilities() {
  auto random = stream();
  std::vector<double> p{1e-300, 0x1p-53, 1e-12, 1e-8, 0.075, 0.925, 0.5, 1 - 0x1p-53};
  for (int i = 0; i < 3000; ++i) p.push_back(random.open_uniform());
  return p;
}

auto counts_of(double mean) {
  return [mean](digest& d) {
    const poisson_counts law{mean, 77, 5};
    std::vector<std::int32_t> sums(3000);
    for (const moment now : {moment{0}, moment{1}, moment{1} << 33})
      for (const index_t first : {0u, 13u, 64u}) law.add(3, now, first, 3000 - first, 7, sums.data() + first);
    d.add(sums);
  };
}

void add_transforms(goldens& all) {
  all["random/bits"] = one_by_one([](auto& r) { return r.bits(); });
  all["random/bits64"] = one_by_one([](auto& r) { return r.bits64(); });
  all["random/uniform"] = one_by_one([](auto& r) { return r.uniform(); });
  all["random/open_uniform"] = one_by_one([](auto& r) { return r.open_uniform(); });
  all["random/normal"] = one_by_one([](auto& r) { return r.normal(); });
  all["random/exponential"] = one_by_one([](auto& r) { return r.exponential(); });
  all["random/below"] = one_by_one([](auto& r) { return r.below(1000003) + r.below(3ULL << 61); });
  all["random/poisson"] = one_by_one([](auto& r) { return r.poisson(0.3) + r.poisson(7) + r.poisson(100); });
  all["random/binomial"] = one_by_one([](auto& r) { return r.binomial(100, 0.03) + r.binomial(100, 0.8); });
  all["random/geometric"] = one_by_one([](auto& r) { return r.geometric(0.03) + r.geometric(1e-9); });
  all["random/bits_array"] = in_arrays<std::uint32_t>([](auto& r, auto x) { r.bits(x); });
  all["random/below_array"] = in_arrays<std::uint32_t>([](auto& r, auto x) { r.below(3u << 30, x); });
  all["random/open_uniform_array"] = in_arrays<double>([](auto& r, auto x) { r.open_uniforms(x); });
  all["random/normal_array"] = in_arrays<double>([](auto& r, auto x) { r.normals(x); });
  all["random/geometric_array"] = in_arrays<double>([](auto& r, auto x) { r.geometrics(0.03, x); });
  all["random/poisson_counts_of_0.3"] = counts_of(0.3);
  all["random/poisson_counts_of_23"] = counts_of(23);
}

void add_functions(goldens& all) {
  all["math/log"] = function(1e-6, 1e3, portable_log);
  all["math/log_miss"] = function(0, 1, log_miss);
  all["math/exp"] = function(-710, 700, portable_exp);
  all["math/exp_near_0"] = function(-1, 1, portable_exp);
  all["math/expm1"] = function(-1, 1, portable_expm1);
  all["math/power"] = function(-2, 2, [](double x) { return power(x, 13); });
  all["math/log_array"] = [](digest& d) {
    auto x = probabilities();
    portable_logs(x.data(), x.data(), x.size());
    d.add(x);
  };
  all["math/normal_quantile"] = [](digest& d) {
    for (const double p : probabilities()) d.add(normal_quantile(p));
  };
  all["math/normal_quantile_array"] = [](digest& d) {
    const auto p = probabilities();
    std::vector<double> z(p.size());
    normal_quantiles(p.data(), z.data(), p.size());
    d.add(z);
  };
}

void add_law(goldens& all, const std::string& name, const law& l) {
  all["law/" + name] = one_by_one([l](auto& r) { return l.draw(r); });
  all["law/" + name + "_array"] = in_arrays<double>([l](auto& r, auto x) { l.draw(r, x); });
}

}  // namespace

void add_random(goldens& all) {
  add_transforms(all);
  add_functions(all);
  using shape = law::shape;
  add_law(all, "constant", {shape::constant, 3});
  add_law(all, "normal", {shape::normal, 1.5, 0.75});
  add_law(all, "normal_positive", {shape::normal, 1.5, 0.75, 0.1, infinite});
  add_law(all, "normal_tail", {shape::normal, 0, 1, 2, 3});
  add_law(all, "uniform", {shape::uniform, 1, 4});
  add_law(all, "uniform_clipped", {shape::uniform, 1, 4, 2, 3});
  add_law(all, "lognormal", {shape::lognormal, 1, 0.5});
  add_law(all, "lognormal_clipped", {shape::lognormal, 1, 0.5, 0, 2});
}

}  // namespace spinule
