// Models know the samples they were trained on, and replay says so.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"

namespace spinule::seen_samples_test {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class seen_samples : public command {
 protected:
  /// What replay says and writes; `data` follows the model.
  std::string said(const std::string& model, const words& data) {
    const outcome o = spinule(words{"replay", model} + data + words{"--json", in("r.json"), "--report", in("r.html")});
    EXPECT_EQ(o.code, 0) << o.err;
    result_ = json::parse(text("r.json"));
    return o.out;
  }
  json seen() const { return result_.at("seen"); }
  std::string remark() const { return result_.at("remark"); }

 private:
  json result_;
};

TEST_F(seen_samples, of_a_liquid_are_counted_on_the_screen_in_json_and_in_the_report) {
  const std::string trained = model();
  const std::string all = "The model was trained on 30 of the 30 samples";
  EXPECT_THAT(said(trained, digits() + words{"--part", "train"}), HasSubstr(all));
  EXPECT_EQ(seen(), (json{{"training", 30}, {"validation", 0}}));
  EXPECT_THAT(remark(), HasSubstr(all));
  EXPECT_THAT(text("r.html"), HasSubstr(all));
  EXPECT_THAT(said(trained, test_digits()), HasSubstr("trained on none of these samples"));
  EXPECT_EQ(seen(), (json{{"training", 0}, {"validation", 0}}));
  EXPECT_EQ(remark(), "");
  EXPECT_THAT(said(trained, digits()), HasSubstr("The model was trained on 30 of the 40 samples"));
  EXPECT_EQ(seen().at("training"), 30);
}

TEST_F(seen_samples, are_known_in_another_folder_under_other_names) {
  const std::string trained = model(), from = digits()[3];
  std::filesystem::create_directories(in("copies/7"));
  std::filesystem::copy(from + "/Train/7/00008.bin", in("copies/7/1.bin"));
  std::filesystem::copy(from + "/Test/7/00008.bin", in("copies/7/2.bin"));
  EXPECT_THAT(said(trained, {"--dataset", "nmnist", "--data", in("copies")}), HasSubstr("on 1 of the 2 samples"));
}

TEST_F(seen_samples, are_known_whatever_the_seed_of_the_rate_code) {
  ASSERT_EQ(spinule(words{"train"} + pictures("mnist") + words{"--liquid", "50", "-o", in("m.spn")}).code, 0);
  said(in("m.spn"), pictures("mnist") + words{"--data-seed", "9"});
  EXPECT_EQ(seen().at("training"), 20);
}

TEST_F(seen_samples, of_a_network_are_told_from_those_held_back) {
  std::ofstream{in("net.toml")} << R"(
tick = 10.0
input = "pixels"
output = "digits"
[encoding]
group = 34
length = 300.0
most_events = 1
[[population]]
name = "pixels"
model = "replay"
size = "channels"
[[population]]
name = "digits"
model = "leaky_integrator"
size = "classes"
[[projection]]
from = "pixels"
to = "digits"
wiring = "all_to_all"
weight = { normal = [0.0, 0.3] }
)";
  const outcome o = spinule(words{"train", "--network", in("net.toml"), "--part", "train", "--epochs", "1",
                                  "--validation", "0.34", "-o", in("m.spn")} +
                            digits());
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(said(in("m.spn"), digits()), AllOf(HasSubstr("trained on 20 of the 40 samples"),
                                                 HasSubstr("10 of the 40 samples were held back for validation")));
  EXPECT_EQ(seen(), (json{{"training", 20}, {"validation", 10}}));
  EXPECT_THAT(said(in("m.spn"), test_digits()), Not(HasSubstr("held back")));
  const json about = json::parse(spinule({"info", "--json", in("m.spn")}).out).at("trained_on");
  EXPECT_EQ(about.at("training").at("samples"), 20);
  EXPECT_EQ(about.at("validation").at("samples"), 10);
}

TEST_F(seen_samples, are_listed_by_info) {
  const json about = json::parse(spinule({"info", "--json", model()}).out).at("trained_on");
  EXPECT_EQ(about.at("dataset"), "nmnist");
  EXPECT_EQ(about.at("part"), "train");
  EXPECT_EQ(about.at("paths"), json::array({digits()[3]}));
  EXPECT_EQ(about.at("training"), (json{{"samples", 30}, {"numbers", "0-29"}}));
  EXPECT_EQ(about.at("validation"), (json{{"samples", 0}, {"numbers", ""}}));
}

}  // namespace spinule::seen_samples_test
