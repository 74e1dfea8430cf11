#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <spinule/engine/lowering.hpp>
#include <spinule/graph.hpp>
#include <spinule/models/lif.hpp>

#include "statistics.hpp"

namespace spinule::graph_test {

using testing::HasSubstr;

struct arrow {
  index_t from, to;
  int delay_ms;
};

network drawn(index_t populations, const std::vector<arrow>& arrows) {
  network net;
  std::vector<population_of<lif>> cells;
  for (index_t i = 0; i < populations; ++i)
    cells.push_back(net.add(std::string(1, static_cast<char>('a' + i)), lif{}, 2));
  for (const arrow& x : arrows)
    net.connect(cells[x.from], cells[x.to], all_to_all{.autapses = true}, {.weight = 1_mV, .delay = x.delay_ms * 1_ms});
  return net;
}

multigraph graph_from(index_t populations, const std::vector<arrow>& arrows) {
  const network net = drawn(populations, arrows);
  return graph_of(net, lower(net, 1_ms)->summaries);
}

TEST(graph, is_a_multigraph_with_parallel_edges_and_loops) {
  const multigraph g = graph_from(2, {{0, 1, 1}, {0, 1, 4}, {1, 1, 2}});
  EXPECT_EQ(boost::num_vertices(g), 2u);
  EXPECT_EQ(boost::num_edges(g), 3u);
  EXPECT_EQ(g[0].name, "a");
  EXPECT_EQ(boost::out_degree(0, g), 2u);
  EXPECT_EQ(boost::in_degree(1, g), 3u);
}

TEST(graph, levels_count_the_longest_chain_without_delay) {
  const multigraph g = graph_from(5, {{0, 1, 0}, {1, 2, 0}, {0, 2, 0}, {2, 3, 1}, {3, 4, 0}, {4, 0, 1}});
  EXPECT_EQ(same_tick_levels(g), (std::vector<index_t>{0, 1, 2, 0, 1}));
}

TEST(graph, levels_do_not_depend_on_the_order_of_populations) {
  EXPECT_EQ(same_tick_levels(graph_from(3, {{2, 1, 0}, {1, 0, 0}})), (std::vector<index_t>{2, 1, 0}));
}

TEST(graph, refuses_cycles_without_delay) {
  for (const auto& arrows :
       {std::vector<arrow>{{0, 1, 0}, {1, 0, 0}}, {{0, 0, 0}}, {{0, 1, 0}, {1, 2, 0}, {2, 0, 0}}}) {
    const network net = drawn(3, arrows);
    EXPECT_THAT(error_of([&] { lower(net, 1_ms); }),
                HasSubstr("form a cycle; give one of them a delay of at least one tick"));
  }
  EXPECT_NO_THROW(lower(drawn(2, {{0, 1, 0}, {1, 0, 1}}), 1_ms));
}

TEST(graph, looks_ahead_by_the_least_delay_of_a_recurrent_part) {
  // a <-> b with delays 5 and 3; c feeds a loop d -> d of 7 and is itself not recurrent.
  const multigraph g = graph_from(4, {{0, 1, 5}, {1, 0, 3}, {1, 2, 1}, {2, 3, 1}, {3, 3, 7}});
  EXPECT_EQ(look_ahead(g), (std::vector<ticks>{3, 3, 0, 7}));
}

TEST(graph, writes_dot) {
  std::ostringstream out;
  write_dot(out, graph_from(2, {{0, 1, 1}, {1, 0, 2}}));
  EXPECT_THAT(out.str(), HasSubstr("digraph"));
  EXPECT_THAT(out.str(), HasSubstr("0->1"));
  EXPECT_THAT(out.str(), HasSubstr("label=4"));
}

TEST(graph, writes_graphml_with_what_it_knows) {
  multigraph g = graph_from(2, {{0, 1, 1}, {1, 0, 2}});
  std::ostringstream out;
  write_graphml(out, g);
  for (const char* part :
       {"<graphml", "edgedefault=\"directed\"", "a-&gt;b", "\"size\"", "greatest_delay", "</graphml>"})
    EXPECT_THAT(out.str(), HasSubstr(part));
}

}  // namespace spinule::graph_test
