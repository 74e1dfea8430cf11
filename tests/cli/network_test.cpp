// Trained networks under the command: replayed on every back end, described, and refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <spinule/io/network_file.hpp>
#include <spinule/models/catalogue.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "cli/world.hpp"

namespace spinule::network_test {

using testing::HasSubstr;

class trained_networks : public command {
 protected:
  /// Unit k of the hidden layer fires for bars in rows 2 k and 2 k + 1, and so knows the pictures of class k.
  std::string bars(readout_rule readout) const {
    trained_network t;
    const auto input = t.net.add("input", spinule::replay{}, 784);
    const auto hidden = t.net.add("hidden", lif{.tau = 20_ms, .threshold = 2_mV, .refractory = 0_ms}, 10);
    std::vector<listed<millivolts>> rows;
    std::vector<listed<number>> units;
    for (index_t p = 0; p < 560; ++p) rows.push_back({p, p / 56, 1_mV, milliseconds{1.0 + p % 3}});
    for (index_t k = 0; k < 10; ++k) units.push_back({k, k, 1, 1_ms});
    t.net.connect(input, hidden, rows);
    const auto out = t.net.add("out", leaky_integrator{}, 10);
    t.net.connect(hidden, out, units);
    t.input = "input";
    t.output = readout.by == readout_rule::source::membrane ? "out" : "hidden";
    t.encoding.length = 250_ms;
    t.readout = readout;
    t.learn.resize(2);
    for (int k = 0; k < 10; ++k) t.labels.push_back(std::to_string(k));
    t.dataset = "mnist";
    t.channels = 784;
    save_trained(in("bars.spn"), t, model_catalogue());
    return in("bars.spn");
  }
  nlohmann::json results(const words& more) const {
    const outcome o =
        spinule(words{"replay", in("bars.spn")} + pictures("mnist") + words{"--json", in("r.json")} + more);
    EXPECT_EQ(o.code, 0) << o.err;
    EXPECT_EQ(o.err, "") << "units without a threshold need not fire";
    const auto read = nlohmann::json::parse(text("r.json"));
    return read.value("results", read);
  }
};

TEST_F(trained_networks, answer_alike_on_every_back_end) {
  bars({});
  const auto all = results({"--backend", "cpu,reference,crossbar,digital", "--hardware", "ideal,truenorth"});
  ASSERT_EQ(all.size(), 4u);
  for (const auto& r : all) {
    EXPECT_EQ(r["accuracy"], 1) << r["backend"];
    EXPECT_EQ(r["samples"], 20);
    EXPECT_EQ(r["spike_digest"], all[0]["spike_digest"]) << r["backend"];
    EXPECT_GT(r["layers"][1]["spikes_per_sample"], 5) << r["backend"];
  }
  EXPECT_TRUE(all[1]["energy_pj"].is_null());
  EXPECT_GT(all[3]["energy_pj"]["total"], 0);
  EXPECT_EQ(all[0]["example"]["answer"], 0);
  EXPECT_EQ(all[0]["confusion"][7][7], 2);
}

TEST_F(trained_networks, answer_by_every_rule) {
  for (const auto by : {readout_rule::source::membrane, readout_rule::source::spikes})
    for (const auto over : {readout_rule::law::last, readout_rule::law::mean, readout_rule::law::maximum,
                            readout_rule::law::sum_of_softmax, readout_rule::law::exponential}) {
      bars({by, over});
      EXPECT_EQ(results({})["accuracy"], 1) << int(by) << ' ' << int(over);
    }
}

TEST_F(trained_networks, are_reported_and_described) {
  bars({});
  results({"--report", in("r.html")});
  EXPECT_THAT(text("r.html"), HasSubstr("hidden"));
  const outcome o = spinule({"info", in("bars.spn"), "--json"});
  EXPECT_EQ(o.code, 0) << o.err;
  const auto about = nlohmann::json::parse(o.out);
  EXPECT_EQ(about["format"], "Spinule model");
  EXPECT_EQ(about["model"], "trained network");
  EXPECT_EQ(about["populations"][1]["model"], "lif");
  EXPECT_EQ(about["projections"][0]["synapses"], 560);
}

TEST_F(trained_networks, are_refused_other_data_and_other_hardware) {
  const std::string file = bars({});
  const outcome other = spinule(words{"replay", file} + test_digits());
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("was trained on 784 channels of mnist; this data has 2312"));
  const outcome set =
      spinule(words{"replay", file, "--backend", "reference", "--set", "adc.bits=6"} + pictures("mnist"));
  EXPECT_EQ(set.code, 2);
  EXPECT_THAT(set.err, HasSubstr("the back end reference emulates no hardware"));
}

}  // namespace spinule::network_test
