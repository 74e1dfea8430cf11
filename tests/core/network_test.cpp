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

namespace spinule::network_test {

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

TEST(network, takes_models_whose_type_is_erased) {
  network net;
  const std::shared_ptr<const any_model> one = std::make_shared<neuron_holder<lif>>(std::vector{lif{.tau = 7_ms}});
  const double taus[] = {5, 6};
  const auto two = one->with(0, taus, "cells");
  const population cells = net.add("cells", one, 3), each = net.add("each", two, 2);
  EXPECT_EQ(net.populations()[cells.id].model->parameter(0, 2), 7);
  EXPECT_EQ(net.populations()[each.id].model->parameter(0, 1), 6);
  EXPECT_THAT(error_of([&] { net.add("bad", two, 3); }), HasSubstr("parameters for 2 neurons, not for 3"));
  EXPECT_THAT(error_of([&] { net.add("bad", std::shared_ptr<const any_model>{}, 3); }), HasSubstr("no model"));
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
    EXPECT_THAT(error_of(act), HasSubstr("belongs to another network, or was added after the simulation was made"));
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
              HasSubstr("start value 2: v = nan mV"));
  EXPECT_TRUE(p.net.populations()[p.cells.id].initial.empty());
}

TEST(network, refuses_start_values_in_another_unit_or_beyond_what_the_field_holds) {
  pair p;
  const auto refusal = [&](auto values, const char* field) {
    return error_of([&] { p.net.initialise(p.cells, field, values); });
  };
  EXPECT_THAT(refusal(5_pA, "v"),
              AllOf(StartsWith("population \"cells\" field v: "), HasSubstr("is in mV"), HasSubstr("given are in pA")));
  EXPECT_THAT(refusal(uniform{0_ms, 5_ms}, "v"), HasSubstr("given are in ms"));
  EXPECT_THAT(refusal(5.0, "v"), HasSubstr("given are a plain number"));
  EXPECT_THAT(refusal(5_mV, "hold"), AllOf(HasSubstr("is a plain number"), HasSubstr("given are in mV")));
  EXPECT_THAT(refusal(1e300, "hold"),
              HasSubstr("hold = 1e+300; it must be a whole number and lie between -2147483648 and 2147483647"));
  EXPECT_THAT(refusal(uniform{0.0, 1e10}, "hold"), HasSubstr("hold = 10000000000"));
  EXPECT_THAT(refusal(normal{1e9, 1e9}, "hold"), HasSubstr("it must lie between"));
  EXPECT_THAT(refusal(millivolts{1e300}, "v"), HasSubstr("v = 1e+300 mV"));
  EXPECT_THAT(refusal(std::vector{0.0, 0.0, 0.0, 1e300, 0.0}, "hold"), HasSubstr("start value 3: hold = 1e+300"));
  const auto open = p.net.add("open", conductance_lif{}, 1);
  EXPECT_THAT(error_of([&] { p.net.initialise(open, "g_ex", nanosiemens{-1}); }), HasSubstr("g_ex = -1 nS"));
  EXPECT_TRUE(p.net.populations()[p.cells.id].initial.empty());
}

TEST(network, refuses_negative_conductances_however_they_come) {
  pair p;
  const auto open = p.net.add("open", conductance_lif{}, 5);
  const auto current = p.net.add("current", direct_current{.amplitude = -1}, 5);
  const auto inhibitory = open[conductance_lif::inhibitory];
  const auto refusal = [&](population from, value<nanosiemens> weight) {
    return error_of([&] { p.net.connect(from, inhibitory, all_to_all{}, {.weight = weight}); });
  };
  EXPECT_THAT(refusal(p.cells, nanosiemens{-1}),
              AllOf(StartsWith("projection \"cells->open\" weight: "), HasSubstr("can be -1 nS"),
                    HasSubstr("port \"inhibitory\""), HasSubstr("between 0 nS and"), HasSubstr("`clipped`")));
  EXPECT_THAT(refusal(p.cells, normal{5_nS, 1_nS}), HasSubstr("can be -3.3"));
  EXPECT_THAT(refusal(p.cells, uniform{nanosiemens{-0.1}, 1_nS}), HasSubstr("can be -0.1 nS"));
  EXPECT_THAT(refusal(p.cells, lognormal{nanosiemens{-1}, 0.1}), HasSubstr("between 0 nS and"));
  EXPECT_THAT(refusal(current, 1_nS), HasSubstr("can be -1 nS"));
  EXPECT_EQ(refusal(p.cells, clipped{normal{5_nS, 1_nS}, 0_nS, 100_nS}), "no error");
  EXPECT_EQ(refusal(p.cells, lognormal{5_nS, 1}), "no error");
  EXPECT_EQ(refusal(current, nanosiemens{-1}), "no error");
  EXPECT_THAT(error_of([&] {
                p.net.connect(p.cells, inhibitory, std::vector<listed<nanosiemens>>{{0, 0, 1_nS}, {0, 1, -1_nS}});
              }),
              HasSubstr("synapse 1 weight: can be -1 nS"));
  EXPECT_THAT(error_of([&] { p.net.drive(inhibitory, {.rate = 1_kHz, .weight = -1_nS}); }), HasSubstr("can be -1 nS"));
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
              HasSubstr("from 1e-30 to 1e30"));
  EXPECT_THAT(error_of([&] { p.net.drive(p.cells, {.rate = 1_kHz, .weight = millivolts{NAN}}); }), HasSubstr("nan"));
}

TEST(network, lists_the_known_names_when_one_is_unknown) {
  pair p;
  EXPECT_THAT(error_of([&] { p.net.find("output"); }),
              AllOf(HasSubstr("\"output\""), HasSubstr("known: input, cells")));
}

}  // namespace spinule::network_test
