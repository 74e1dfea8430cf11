// What is recorded is written as tables that other tools read, whole or not at all.
#include <spinule/io/activity_csv.hpp>

#include <cmath>
#include <functional>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/error.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "io/scratch.hpp"

namespace spinule::activity_csv_test {

using testing::HasSubstr;

class activity_csv : public testing::Test {
 protected:
  activity_csv() {
    net.connect(told, slow, one_to_one{}, {.weight = 1});
    sim.emplace(net, cpu{.tick = 0.1_ms, .threads = 1});
  }
  std::string refusal(const std::function<void()>& write) const {
    try {
      write();
    } catch (const spinule_error& e) {
      EXPECT_EQ(place.count(), 0u);
      return e.what();
    }
    return "written";
  }
  network net{1};
  population_of<spike_list> told = net.add("told", spike_list{{{0.3_ms, 1}, {0.1_ms, 0}, {0.3_ms, 0}}}, 2);
  population_of<spike_list> quoted = net.add("a \"b\", c", spike_list{{{0.3_ms, 0}, {1000.1_ms, 0}}}, 1);
  population_of<leaky_integrator> slow = net.add("slow", leaky_integrator{.tau = 1_ms}, 2);
  population_of<lif> cells = net.add("cells", lif{.rest = -65_mV, .threshold = -50_mV, .reset = -65_mV}, 3);
  std::optional<simulation> sim;
  scratch place;
};

TEST_F(activity_csv, has_the_spikes_of_all_populations_by_time) {
  for (const population& p : std::vector<population>{told, quoted, cells}) sim->observe(p);
  sim->run(1001_ms);
  write_spikes(place / "s.csv", net, *sim, {quoted, told, cells});
  EXPECT_EQ(place.text("s.csv"),
            "time_ms,population,neuron\n0.1,told,0\n0.3,\"a \"\"b\"\", c\",0\n0.3,told,0\n0.3,told,1\n"
            "1000.1,\"a \"\"b\"\", c\",0\n");
}

TEST_F(activity_csv, has_a_column_for_each_neuron_that_is_followed) {
  sim->run(0.1_ms);
  const probe_id m = sim->probe(slow, "m"), v = sim->probe(cells, "v", {2});
  sim->run(0.2_ms);
  write_traces(place / "t.csv", net, *sim, {{slow, "m", m}, {cells, "v", v}});
  const trace& t = sim->traced(m);
  EXPECT_EQ(place.text("t.csv"), "time_ms,slow[0].m,slow[1].m,cells[2].v_mV\n0.2," +
                                     fmt::format("{},{}", t.values[0], t.values[1]) + ",-65\n0.3," +
                                     fmt::format("{},{}", t.values[2], t.values[3]) + ",-65\n");
  EXPECT_GT(t.values[0], 0) << "the end of the tick in which a spike arrived";
}

TEST_F(activity_csv, has_any_numbers_with_all_their_digits) {
  write_columns(place / "c.csv", {{"bits", {1, 2}}, {"rate, Hz", {0.1 + 0.2, std::nan("")}}});
  EXPECT_EQ(place.text("c.csv"), "bits,\"rate, Hz\"\n1,0.30000000000000004\n2,nan\n");
}

TEST_F(activity_csv, is_refused_where_there_is_nothing_to_write) {
  EXPECT_THAT(refusal([&] { write_spikes(place / "s.csv", net, *sim, {told}); }), HasSubstr("is not observed"));
  EXPECT_THAT(refusal([&] { write_spikes(place / "s.csv", network{1}, *sim, {told}); }), HasSubstr("write_spikes"));
  EXPECT_THAT(refusal([&] { write_traces(place / "t.csv", net, *sim, {}); }), HasSubstr("no probe"));
  EXPECT_THAT(refusal([&] {
                write_traces(place / "t.csv", net, *sim, {{cells, "v", probe_id{3}}});
              }),
              HasSubstr("another simulation"));
  const probe_id early = sim->probe(cells, "v");
  sim->run(1_ms);
  const probe_id late = sim->probe(cells, "v");
  sim->run(1_ms);
  EXPECT_THAT(refusal([&] {
                write_traces(place / "t.csv", net, *sim, {{cells, "v", early}, {cells, "v", late}});
              }),
              HasSubstr("began in another tick"));
  EXPECT_THAT(refusal([&] { write_columns(place / "c.csv", {}); }), HasSubstr("no column"));
  EXPECT_THAT(refusal([&] { write_columns(place / "c.csv", {{"a", {1}}, {"b", {}}}); }), HasSubstr("has 0 values"));
  EXPECT_THROW(write_columns(place / "no" / "c.csv", {{"a", {1}}}), file_error);
}

}  // namespace spinule::activity_csv_test
