// Wrong units must not compile: most of this file is checked by the compiler.
#include <gtest/gtest.h>

#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/network.hpp>

namespace spinule::units_test {

template <class A, class B>
concept addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept comparable = requires(A a, B b) {
  a < b;
};
template <class T>
concept a_time_constant = requires(T x) {
  lif{.tau = x};
};
template <class T>
concept a_threshold = requires(T x) {
  lif{.threshold = x};
};
template <class T>
concept a_rate = requires(T x) {
  poisson{.rate = x};
};
template <class Cells, class T>
concept weight_into = requires(network& net, population from, Cells to, T w) {
  net.connect(from, to, all_to_all{}, {.weight = w});
};
template <class Cells, class T>
concept delay_into = requires(network& net, population from, Cells to, T d) {
  net.connect(from, to, all_to_all{}, {.weight = 1_mV, .delay = d});
};
template <class T>
concept a_normal_law = requires(T mean) {
  normal{mean, 1_mV};
};

using lifs = population_of<lif>;
using current_lifs = population_of<current_lif>;

static_assert(value<number>{2}.a == 2 && value<number>{2u}.a == 2 && value<number>{2.0f}.a == 2);
static_assert(value<number>{number{2}}.a == 2 && value<millivolts>{2_mV}.a == 2);

// A wrong unit is refused in words, wherever it is given: tests/compile_fail.
static_assert(addable<millivolts, millivolts> && !addable<millivolts, double>);
static_assert(comparable<milliseconds, milliseconds> && !comparable<milliseconds, double>);
static_assert(!std::is_convertible_v<double, millivolts> && !std::is_convertible_v<millivolts, double>);
static_assert(std::is_convertible_v<double, number> && !std::is_convertible_v<number, double>);

static_assert(a_time_constant<milliseconds> && !a_time_constant<double>);
static_assert(a_threshold<millivolts> && !a_threshold<int>);
static_assert(a_rate<kilohertz> && !a_rate<double>);
static_assert(a_normal_law<millivolts>);

static_assert(weight_into<lifs, millivolts> && weight_into<lifs, normal<millivolts>>);
static_assert(weight_into<lifs, clipped<normal<millivolts>, millivolts>>);
static_assert(weight_into<current_lifs, picoamperes> && weight_into<target<picoamperes>, picoamperes>);
static_assert(delay_into<lifs, milliseconds> && delay_into<lifs, uniform<milliseconds>>);

template <class A, class B>
constexpr bool same = std::is_same_v<A, B>;
static_assert(same<decltype(1_mV / 1_pA), gigaohms> && same<decltype(1_pA / 1_mV), nanosiemens>);
static_assert(same<decltype(1_pA * 1_ms / 1_mV), picofarads> && same<decltype(1_pF / 1_nS), milliseconds>);
static_assert(same<decltype(1_ms * 1_Hz), number> && same<decltype(2 * 1_mV), millivolts>);

TEST(units, literals_scale_to_the_coherent_unit) {
  EXPECT_EQ(1_s, 1000_ms);
  EXPECT_EQ(1_ms, 1000_us);
  EXPECT_EQ(1_V, 1000_mV);
  EXPECT_EQ(1_nA, 1000_pA);
  EXPECT_EQ(1_mm, 1000_um);
  EXPECT_EQ(1_kHz, 1000_Hz);
  EXPECT_EQ(1_uS, 1000_nS);
  EXPECT_EQ(1_nF, 1000_pF);
  EXPECT_DOUBLE_EQ((2.5_us).value(), 0.0025);
  EXPECT_DOUBLE_EQ((20_ms).in(1_us), 20000);
}

TEST(units, products_stay_coherent) {
  EXPECT_DOUBLE_EQ((20_Hz * 1_s).value(), 20);
  EXPECT_EQ(250_pF / 25_nS, 10_ms);
  EXPECT_EQ(100_MOhm * 1_nA, 100_mV);
  EXPECT_EQ(-(3_mV) + 5_mV - 1_mV, 1_mV);
  EXPECT_EQ(3_mV / 2.0, 0.5 * 3_mV);
}

TEST(units, are_named_in_texts) {
  EXPECT_EQ(to_text(20, milliseconds{}), "20 ms");
  EXPECT_EQ(to_text(-0.5, number{}), "-0.5");
  EXPECT_EQ(to_text(0.02, kilohertz{}), "20 Hz");
  EXPECT_EQ(symbol(nanosiemens{}), "nS");
  EXPECT_EQ(symbol(picofarads{}), "pF");
  EXPECT_EQ(symbol(gigaohms{}), "GOhm");
  EXPECT_EQ(symbol(kilohertz{}), "kHz");
  EXPECT_EQ(symbol(quantity<2, 0, -1, 0>{}), "mV^2 ms^-1");
  EXPECT_EQ(symbol(number{}), "");
}

TEST(units, ports_are_listed_with_names_and_units) {
  const auto ports = neuron_holder<current_lif>{{current_lif{}}}.receptors();
  ASSERT_EQ(ports.size(), 3u);
  EXPECT_EQ(ports[1].name, "inhibitory");
  EXPECT_EQ(ports[2].unit, dimension{picoamperes{}});
  EXPECT_TRUE(source_holder<poisson>{poisson{}}.receptors().empty());
}

}  // namespace spinule::units_test
