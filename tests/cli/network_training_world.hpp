// A small network that the command trains on generated digits.
#pragma once

#include <algorithm>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"

namespace spinule {

inline constexpr const char* network_description = R"(
tick = 10.0
input = "pixels"
output = "digits"
[encoding]
group = 34
length = 300.0
most_events = 1
[readout]
over = "mean"
[[population]]
name = "pixels"
model = "replay"
size = "channels"
[[population]]
name = "hidden"
model = "MODEL"
size = 12
threshold = 1.0
[[population]]
name = "digits"
model = "leaky_integrator"
size = "classes"
[[projection]]
from = "pixels"
to = "hidden"
wiring = "all_to_all"
weight = { normal = [WEIGHT, 0.2] }
[[projection]]
from = "hidden"
to = "digits"
wiring = "all_to_all"
weight = { normal = [0.0, 0.3] }
)";

class train_network : public command {
 protected:
  std::string network(const std::string& model = "soft_reset_lif", const std::string& weight = "0.05") const {
    std::string text = std::regex_replace(network_description, std::regex{"MODEL"}, model);
    std::ofstream{in("network.toml")} << std::regex_replace(text, std::regex{"WEIGHT"}, weight);
    return in("network.toml");
  }
  /// 30 digits, 12 units, 3 epochs, unless `more` says otherwise.
  words call(const words& more = {}) const {
    words all = words{"train", "--network", network(), "--part", "train"} + digits();
    for (const auto& [option, value] : std::vector<std::pair<const char*, const char*>>{
             {"--epochs", "3"}, {"--batch", "8"}, {"--rate", "0.01"}, {"--threads", "1"}, {"--surrogate-width", "0.5"}})
      if (std::find(more.begin(), more.end(), option) == more.end()) all = all + words{option, value};
    return all + more;
  }
  nlohmann::json record(const words& more) const {
    const outcome o = spinule(call(more + words{"--json", in("t.json")}));
    EXPECT_EQ(o.code, 0) << o.err;
    return nlohmann::json::parse(text("t.json"));
  }
  void expect_refused(int code, const words& more, const std::vector<std::string>& said) const {
    const words all = call(words{"-o", in("new.spn")} + more);
    const std::size_t before = files();
    const outcome o = spinule(all);
    EXPECT_EQ(o.code, code) << testing::PrintToString(more) << o.err;
    for (const auto& part : said) EXPECT_THAT(o.err, testing::HasSubstr(part)) << testing::PrintToString(more);
    EXPECT_EQ(files(), before) << testing::PrintToString(more);
  }
};

}  // namespace spinule
