// What networks of any model promise, on every back end that steps neurons.
#include <gtest/gtest.h>

#include "laws/all_backends.hpp"
#include "laws/all_block_models.hpp"
#include "laws/driven.hpp"

namespace spinule::laws {
namespace {

/// `n` neurons under the input of the trial and of each other, each with its own start in the first field.
template <class Model>
world world_of(const trial<Model>& t, index_t n, bool one_each = false) {
  world w{.net = network{3}, .tick = t.tick};
  const auto cells = [&] {
    if constexpr (neuron_model<Model>)
      if (one_each) return w.net.add("cells", std::vector(n, t.model));
    return w.net.add("cells", t.model, n);
  }();
  for (int p = 0; p < Model::ports; ++p) {
    const auto [low, high, lasting] = t.drive[static_cast<std::size_t>(p)];
    const target<number> port{cells, p};
    drive_port(w, t, port, uniform{t.tick, 9 * t.tick});
    if (is_level(w, port) && !graded<Model>) continue;
    w.net.connect(cells, port, fixed_indegree{.k = 5},
                  {.weight = uniform{low / 8, high / 8}, .delay = uniform{t.tick, 40 * t.tick}});
  }
  return w;
}

template <class On>
class model_run : public testing::Test {
 protected:
  static world make(index_t n = 40) { return world_of(On::make(), n); }
};
TYPED_TEST_SUITE(model_run, models_of_both_kinds, by_name);

TYPED_TEST(model_run, fires_as_the_trial_says) {
  const outcome o = run(this->make(), on_reference());
  EXPECT_TRUE(TypeParam::make().fires ? o.spikes[0].size() > 40 : o.spikes[0].empty()) << o.spikes[0].size();
}

TYPED_TEST(model_run, is_that_of_the_reference_in_double) { expect_the_reference(this->make()); }
TYPED_TEST(model_run, does_not_depend_on_threads) {
  auto w = this->make(1600);
  w.length = 40;
  expect_threads_not_to_matter(w);
}

TYPED_TEST(model_run, is_that_of_the_cpu_on_ideal_arrays) {
  const outcome expected = run(this->make(), on_cpu(stepping::automatic, precision::single));
  EXPECT_EQ(run(this->make(), on_crossbar("ideal", "ideal")), expected);
  EXPECT_EQ(run(this->make(), on_digital("loihi_davies2018")), expected);
}

const std::vector<stage> stages{on_reference(), on_cpu(stepping::sweep, precision::single),
                                on_cpu(stepping::visit, precision::single),
                                on_cpu(stepping::automatic, precision::full, 2)};

TYPED_TEST(model_run, starts_anew_after_reset) {
  for (const auto& on : stages) expect_reset_to_equal_fresh(this->make(), on);
}
TYPED_TEST(model_run, of_one_episode_leaves_no_trace_in_the_next) {
  for (const auto& on : stages) expect_episodes_to_be_independent(this->make(), on);
}
TYPED_TEST(model_run, may_be_cut_into_pieces) {
  for (const auto& on : stages) expect_pieces_to_equal_the_whole(this->make(), on);
}
TYPED_TEST(model_run, is_not_changed_by_watching) {
  for (const auto& on : stages) expect_recorders_to_change_nothing(this->make(), on);
}
TYPED_TEST(model_run, is_continued_alike_by_copies) {
  for (const auto& on : stages) expect_copies_to_be_independent(this->make(), on);
}

TYPED_TEST(model_run, is_the_same_with_parameters_for_all_and_for_each) {
  const auto t = TypeParam::make();
  if (!neuron_model<typename TypeParam::trial_type::model_type>) GTEST_SKIP() << "neurons of a block share parameters";
  for (const auto& on : stages) EXPECT_EQ(run(world_of(t, 40), on), run(world_of(t, 40, true), on)) << on;
}

TYPED_TEST(model_run, starts_where_it_is_told_to) {
  auto w = this->make();
  const auto cells = w.net.find("cells");
  const auto fields = w.net.populations()[0].model->fields();
  std::vector<std::vector<double>> given;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    given.emplace_back();
    for (int i = 0; i < 40; ++i)  // whole: some fields count ticks
      given[f].push_back(std::fmin(static_cast<double>(f) + i, fields[f].allowed.high));
    w.net.initialise(cells, std::string{fields[f].name}, given[f]);
  }
  for (const auto& on : stages) {
    auto sim = on.make(w);
    for (const bool again : {false, true}) {
      for (std::size_t f = 0; f < fields.size(); ++f)
        for (index_t i = 0; i < 40; ++i)
          EXPECT_EQ(sim.read(cells, std::string{fields[f].name}, i), given[f][i])
              << on << ", " << fields[f].name << again;
      sim.run_ticks(50);
      sim.reset();
    }
  }
}

}  // namespace
}  // namespace spinule::laws
