// Loops along lists of synapses against the same along matrices, to the bit.
#include <gtest/gtest.h>

#include <spinule/random.hpp>

#include "../../learning/src/synapse_layout.hpp"

namespace spinule::learning::synapse_layout_test {

/// The same synapses twice, and weights of both.
struct both {
  synapse_layout list, matrix;
  aligned_vector<float> of_list, of_matrix;
};

both synapses_of(index_t sources, index_t targets, double density) {
  both x;
  for (auto* layout : {&x.list, &x.matrix}) {
    layout->sources = sources, layout->targets = targets;
    layout->stride = padded(targets);
  }
  x.list.sparse = true;
  x.list.list_offsets.push_back(0);
  x.of_matrix.resize(sources * x.matrix.stride + row_slack, 0);
  random_stream random{9, purpose::user, 1};
  for (index_t j = 0; j < sources; ++j) {
    for (index_t i = 0; i < targets; ++i) {
      const bool there = j != 2 && random.uniform() < density;  // source 2 has none
      x.matrix.present.push_back(there ? 1 : 0);
      if (!there) continue;
      x.list.list_targets.push_back(i);
      x.of_list.push_back(static_cast<float>(random.normal()));
      x.of_matrix[j * x.matrix.stride + i] = x.of_list.back();
    }
    x.list.list_offsets.push_back(static_cast<std::uint32_t>(x.list.list_targets.size()));
  }
  x.of_list.resize(x.of_list.size() + row_slack, 0);
  return x;
}

/// Lists of entries below `most`, ascending, with values.
struct drawn_lists {
  std::vector<std::uint32_t> offsets{0}, entries;
  std::vector<float> values;

  drawn_lists(std::size_t lists, std::uint32_t most, double share) {
    random_stream random{6, purpose::user, 2};
    for (std::size_t k = 0; k < lists; ++k) {
      for (std::uint32_t e = 0; e < most; ++e)
        if (k != 1 && random.uniform() < share) {
          entries.push_back(e);
          values.push_back(static_cast<float>(random.normal()));
        }
      offsets.push_back(static_cast<std::uint32_t>(entries.size()));
    }
  }
  row_lists get(bool weighted) const { return {offsets.data(), entries.data(), weighted ? values.data() : nullptr}; }
};

aligned_vector<float> drawn(std::size_t count, std::uint64_t seed) {
  random_stream random{seed, purpose::user, 3};
  aligned_vector<float> all(count);
  for (float& x : all) x = static_cast<float>(random.normal());
  return all;
}

TEST(synapse_layout, of_a_list_and_of_a_matrix_give_the_same_bits) {
  for (const index_t targets : {1U, 5U, 300U, 5000U}) {  // the last in several tiles
    constexpr index_t sources = 70;
    constexpr std::size_t samples = 6, rows = 150;
    const both x = synapses_of(sources, targets, 0.05);
    EXPECT_EQ(x.list.matrix_of(x.of_list), x.matrix.matrix_of(x.of_matrix));
    EXPECT_EQ(x.list.norm_of(x.of_list), x.matrix.norm_of(x.of_matrix));
    for (const bool weighted : {false, true}) {
      const drawn_lists sent{samples, sources, 0.3}, by_source{sources, rows, 0.3};
      auto a = drawn(samples * targets, 1), b = a;
      x.list.add_sent(sent.get(weighted), samples, x.of_list.data(), a.data());
      x.matrix.add_sent(sent.get(weighted), samples, x.of_matrix.data(), b.data());
      EXPECT_TRUE(a == b) << targets;

      const auto errors = drawn(rows * targets + row_slack, 2);
      aligned_vector<float> of_list(x.list.numbers() + row_slack, 0), of_matrix(x.matrix.numbers() + row_slack, 0);
      for (std::size_t first = 0; first < sources; first += 64)
        x.list.add_gradient(first, std::min<std::size_t>(64, sources - first), by_source.get(weighted), errors.data(),
                            of_list.data());
      x.matrix.add_gradient(0, targets, by_source.get(weighted), errors.data(), of_matrix.data());
      x.matrix.clear_absent(of_matrix);
      EXPECT_TRUE(x.list.matrix_of(of_list) == x.matrix.matrix_of(of_matrix)) << targets;
      EXPECT_EQ(x.list.norm_of(of_list) > 0, !x.list.list_targets.empty()) << targets;
    }
    const auto errors = drawn(targets, 4);
    for (std::size_t j = 0; j < sources; ++j)
      EXPECT_NEAR(x.list.product(j, x.of_list.data(), errors.data()),
                  x.matrix.product(j, x.of_matrix.data(), errors.data()), 1e-4);
  }
}

}  // namespace spinule::learning::synapse_layout_test
