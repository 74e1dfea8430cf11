#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/network.hpp>

#include "statistics.hpp"

namespace spinule {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct pair {
  network net;
  population_of<replay> input = net.add("input", replay{}, 3);
  population_of<lif> cells = net.add("cells", lif{}, 5);
};

TEST(network, keeps_what_it_is_given) {
  pair p;
  const projection wires = p.net.connect(p.input, p.cells, all_to_all{}, {.weight = 2_mV, .delay = 1_ms});
  EXPECT_EQ(p.net.populations()[1].name, "cells");
  EXPECT_EQ(p.net.populations()[1].size, 5u);
  EXPECT_EQ(p.net.projections()[wires.id].name, "input->cells");
  EXPECT_EQ(p.net.find("cells"), p.cells);
  const auto many = p.net.add("many", std::vector<lif>{{.tau = 1_ms}, {.tau = 2_ms}});
  EXPECT_EQ(p.net.populations()[many.id].size, 2u);
}

TEST(network, refuses_populations_that_make_no_sense) {
  pair p;
  EXPECT_THAT(error_of([&] { p.net.add("", lif{}, 1); }), HasSubstr("the name is empty"));
  EXPECT_THAT(error_of([&] { p.net.add("cells", lif{}, 1); }),
              AllOf(StartsWith("population \"cells\": "), HasSubstr("taken")));
  EXPECT_THAT(error_of([&] { p.net.add("none", lif{}, 0); }), HasSubstr("at least one neuron"));
  EXPECT_THAT(error_of([&] { p.net.add("none", std::vector<lif>{}); }), HasSubstr("at least one neuron"));
  EXPECT_THAT(error_of([&] { p.net.add("placed", lif{}, 3, {.positions = grid(2, 1, 1)}); }),
              HasSubstr("2 positions for 3 neurons"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", lif{.tau = -1_ms}, 3); }), HasSubstr("tau = -1 ms; it must be positive"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", std::vector<lif>{{}, {.tau = 0_ms}}); }), HasSubstr("tau = 0 ms"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", poisson{.rate = -1_Hz}, 3); }), HasSubstr("rate = -1 Hz"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", lif{.tau = milliseconds{INFINITY}}, 3); }), HasSubstr("finite"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", current_lif{.reset = millivolts{-INFINITY}}, 3); }), HasSubstr("finite"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", conductance_lif{.reset = millivolts{-INFINITY}}, 3); }),
              HasSubstr("finite"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", poisson{.start = milliseconds{NAN}}, 3); }), HasSubstr("start = nan ms"));
  EXPECT_THAT(error_of([&] { p.net.add("bad", direct_current{.stop = milliseconds{NAN}}, 3); }),
              HasSubstr("stop = nan ms"));
  EXPECT_EQ(p.net.populations().size(), 2u) << "what was refused leaves nothing behind";
}

TEST(network, refuses_the_handles_of_another) {
  pair p, other;
  const auto current = other.net.add("more", current_lif{}, 5);
  auto& net = p.net;
  for (const auto& act :
       std::vector<std::function<void()>>{[&] { net.connect(other.input, p.cells, all_to_all{}, {.weight = 1_mV}); },
                                          [&] { net.connect(p.input, other.cells, all_to_all{}, {.weight = 1_mV}); },
                                          [&] { net.connect(p.input, current, all_to_all{}, {.weight = 1_pA}); },
                                          [&] { net.connect({}, p.cells, all_to_all{}, {.weight = 1_mV}); },
                                          [&] { net.drive(other.cells, {.rate = 1_kHz, .weight = 1_mV}); },
                                          [&] { net.initialise(other.cells, "v", 1_mV); },
                                          [&] {
                                            net.initialise(other.cells, "v", std::vector{1.0, 1.0, 1.0, 1.0, 1.0});
                                          }})
    EXPECT_THAT(error_of(act), HasSubstr("belongs to another network; use the handle that this one gave"));
  EXPECT_TRUE(net.projections().empty() && net.drives().empty());
}

TEST(network, keeps_its_handles_when_copied_moved_or_searched) {
  pair p;
  const projection wires = p.net.connect(p.input, p.cells, all_to_all{}, {.weight = 1_mV});
  network copy = p.net;
  EXPECT_EQ(copy.projection_at(0), wires);
  EXPECT_NO_THROW(copy.connect(p.input, p.cells, all_to_all{}, {.weight = 1_mV}));
  EXPECT_EQ(copy.find("cells"), p.cells);
  const auto later = p.net.add("later", lif{}, 2), in_copy = copy.add("later", lif{}, 2);
  EXPECT_NE(later, in_copy) << "what each gets later is its own";
  EXPECT_THAT(error_of([&] { copy.connect(p.input, later, all_to_all{}, {.weight = 1_mV}); }),
              HasSubstr("another network"));
  network moved = std::move(copy);
  EXPECT_NO_THROW(moved.connect(p.input, in_copy, all_to_all{}, {.weight = 1_mV}));
}

TEST(network, refuses_projections_that_make_no_sense) {
  pair p;
  auto& net = p.net;
  EXPECT_THAT(error_of([&] { net.connect(p.cells, population_of<lif>{p.input}, all_to_all{}, {.weight = 1_mV}); }),
              AllOf(StartsWith("projection \"cells->input\": "), HasSubstr("a source takes no input")));
  for (const int port : {-1, 2})
    EXPECT_THAT(error_of([&] {
                  net.connect(p.input, target<millivolts>{p.cells, port}, all_to_all{}, {.weight = 1_mV});
                }),
                HasSubstr("does not exist; the target has 2"));
  EXPECT_THAT(error_of([&] { net.connect(p.input, p.cells, one_to_one{}, {.weight = 1_mV}); }),
              HasSubstr("not 3 and 5"));
  EXPECT_THAT(error_of([&] {
                net.connect(p.input, p.cells, all_to_all{}, {.weight = normal{0_mV, -1_mV}});
              }),
              HasSubstr("projection \"input->cells\" weight: spread -1 is negative"));
  EXPECT_THAT(error_of([&] {
                net.connect(p.input, p.cells, all_to_all{}, {.weight = 1_mV, .delay = uniform{2_ms, 1_ms}});
              }),
              HasSubstr("delay: range 2 to 1 is reversed"));
  EXPECT_TRUE(net.projections().empty()) << "what was refused leaves nothing behind";
}

TEST(network, refuses_lists_that_name_no_neuron_or_no_weight) {
  pair p;
  using list = std::vector<listed<millivolts>>;
  EXPECT_THAT(error_of([&] {
                p.net.connect(p.input, p.cells, list{{0, 0, 1_mV}, {3, 0, 1_mV}});
              }),
              HasSubstr("synapse 1 (3 to 0, weight 1) names a neuron that does not exist"));
  EXPECT_THAT(error_of([&] { p.net.connect(p.input, p.cells, list{{0, 5, 1_mV}}); }), HasSubstr("does not exist"));
  EXPECT_THAT(error_of([&] {
                p.net.connect(p.input, p.cells, list{{0, 0, millivolts{std::nan("")}}});
              }),
              HasSubstr("not finite"));
  EXPECT_TRUE(p.net.projections().empty());
}

TEST(network, refuses_start_values_that_do_not_fit) {
  pair p;
  EXPECT_THAT(error_of([&] { p.net.initialise(p.cells, "u", 1_mV); }),
              AllOf(HasSubstr("no state field \"u\""), HasSubstr("v, hold")));
  EXPECT_THAT(error_of([&] { p.net.initialise(p.cells, "v", uniform{2_mV, 1_mV}); }), HasSubstr("reversed"));
  EXPECT_THAT(error_of([&] {
                p.net.initialise(p.cells, "v", std::vector{1.0, 2.0});
              }),
              HasSubstr("2 start values for 5 neurons"));
  EXPECT_THAT(error_of([&] {
                p.net.initialise(p.cells, "v", std::vector{1.0, 2.0, std::nan(""), 0.0, 0.0});
              }),
              HasSubstr("not finite"));
  EXPECT_TRUE(p.net.populations()[p.cells.id].initial.empty());
}

TEST(network, draws_start_values_without_a_unit_too) {
  pair p;
  p.net.initialise(p.cells, "hold", 3);
  p.net.initialise(p.cells, "hold", uniform{0.0, 5.0});
  p.net.initialise(p.cells, "hold", normal{number{4}, number{1}});
  p.net.initialise(p.cells, "hold", clipped{normal{4.0, 2.0}, 0.0, 9.0});
  p.net.initialise(p.cells, "v", lognormal{1_mV, 0.5});
  EXPECT_EQ(p.net.populations()[p.cells.id].initial.size(), 5u);
}

TEST(network, refuses_a_drive_beyond_any_use) {
  pair p;
  EXPECT_THAT(error_of([&] { p.net.drive(p.cells, {.rate = 1_kHz, .weight = millivolts{1e300}}); }),
              HasSubstr("at most 1e30"));
  EXPECT_THAT(error_of([&] { p.net.drive(p.cells, {.rate = 1_kHz, .weight = millivolts{NAN}}); }), HasSubstr("nan"));
}

TEST(network, lists_the_known_names_when_one_is_unknown) {
  pair p;
  EXPECT_THAT(error_of([&] { p.net.find("output"); }),
              AllOf(HasSubstr("\"output\""), HasSubstr("known: input, cells")));
}

}  // namespace
}  // namespace spinule
