// Models that say what cannot be: refused at once, before anything is built or run.
#include <chrono>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <spinule/io/model_file.hpp>

#include "cli/world.hpp"

namespace spinule::model_damage_test {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class damaged_model : public command {
 protected:
  /// What `info` and `replay` say of the model with another `about`.
  std::string said_of(const std::function<void(json&)>& change, const char* by = "info") const {
    const auto good = model_file::load(model());
    {
      model_writer changed{in("changed.spn")};
      for (const auto& s : good.sections()) {
        if (s.type == section_type::float32) changed.add_array(s.name, good.array<float>(s.name));
        if (s.type == section_type::uint32) changed.add_array(s.name, good.array<std::uint32_t>(s.name));
        if (s.type == section_type::uint64) changed.add_array(s.name, good.array<std::uint64_t>(s.name));
      }
      auto about = json::parse(good.text("about"));
      change(about);
      changed.add_text("about", about.dump());
      changed.commit();
    }
    const words call{by, in("changed.spn")};
    const auto start = std::chrono::steady_clock::now();
    const outcome o = spinule(std::string{by} == "info" ? call : call + test_digits());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{20});
    if (o.code == 0) return "accepted";
    EXPECT_EQ(o.code, 1) << o.err;
    EXPECT_THAT(o.err, HasSubstr(in("changed.spn")));
    return o.err;
  }
};

TEST_F(damaged_model, is_refused_for_what_it_says) {
  EXPECT_EQ(said_of([](json&) {}), "accepted");
  EXPECT_EQ(said_of([](json&) {}, "replay"), "accepted");
  EXPECT_THAT(said_of([](json& j) { j["version"] = 99; }), HasSubstr("is of version 99; this Spinule reads version 1"));
  EXPECT_THAT(said_of([](json& j) { j.erase("version"); }), HasSubstr("is of version null"));
  for (const std::uint64_t neurons : {199ull, 1'000'000'000ull, 4'294'967'295ull})
    EXPECT_THAT(said_of([&](json& j) { j["liquid"]["neurons"] = neurons; }), HasSubstr("a liquid that makes"));
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["neurons"] = -5; }), HasSubstr("changed.spn"));
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["windows_ms"] = {105, 210}; }), HasSubstr("a liquid that makes"));
  EXPECT_THAT(said_of([](json& j) {
                j["liquid"]["windows_ms"] = {105, 210, 1e9};
              }),
              HasSubstr("ends at 1000000000 ms"));
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["windows_ms"] = {105, 99, 340}; }), HasSubstr("after the one before"));
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["windows_ms"] = {105, 210.5, 340}; }), HasSubstr("whole ticks"));
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["tick_ms"] = 0; }), HasSubstr("a tick of 0 ms"));
  EXPECT_THAT(said_of([](json& j) { j["scaling"] = 77; }), HasSubstr("unknown scaling 77"));
  EXPECT_THAT(said_of([](json& j) { j["classes"] = 11; }), HasSubstr("10 labels for 11 classes"));
  json deep = json::array();
  for (int i = 0; i < 1000; ++i) deep = json::array({std::move(deep)});
  EXPECT_THAT(said_of([&](json& j) { j["deep"] = deep; }), HasSubstr("nested deeper than 32 levels"));
}

TEST_F(damaged_model, is_refused_when_its_seed_gives_another_network) {
  const auto another = AllOf(HasSubstr("another liquid than version " SPINULE_VERSION), HasSubstr("train it anew"));
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["seed"] = 2; }, "replay"), another);
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["numbers"]["ee"] = 0.21; }, "replay"), another);
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["numbers"]["delay_high"] = 2; }, "replay"), another);
  EXPECT_THAT(said_of([](json& j) { j["liquid"]["numbers"]["tau"] = 63; }, "replay"), another);
}

}  // namespace spinule::model_damage_test
