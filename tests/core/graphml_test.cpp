// Graphs that others wrote: what is read of them, and that damaged and hostile ones are refused.
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>
#include <spinule/graph.hpp>
#include <spinule/models/lif.hpp>

#include "io/mutation.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule::graphml_test {

using testing::HasSubstr;

/// The graph of this body, with a key of each type.
std::string graphml(const std::string& body, const std::string& kind = "directed") {
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="edge" attr.name="weight" attr.type="int"><default>1</default></key>
  <key id="d1" for="edge" attr.name="electrical" attr.type="boolean"/>
  <key id="d2" for="node" attr.name="place" attr.type="double"/>
  <key id="d3" for="node" attr.name="kind" attr.type="string"/>
  <key id="d4" for="node" yfiles.type="nodegraphics"/>
  <graph edgedefault=")" +
         kind + "\">\n" + body + "</graph>\n</graphml>\n";
}

const std::string small = R"(
    <node id="AVAL"><data key="d2">-0.25</data><data key="d3">inter &amp; command</data></node>
    <edge source="AVAL" target="VA01"><data key="d0"> 7 </data></edge>
    <node id="VA01"><data key="d4"><y:Shape width="3"><y:Fill/></y:Shape></data></node>
    <!-- <node id="not a node"> -->
    <edge id="e1" source='VA01' target='AVAL'><data key="d1">true</data></edge>
    <edge source="AVAL" target="VA01"/>
    <edge source="VA01" target="VA01"/>
)";

std::string refusal(const std::string& text) {
  try {
    parse_graphml(text, "worm.graphml");
  } catch (const file_error& e) {
    return e.what();
  }
  return "accepted";
}

struct seen {
  std::string from, to;
  double weight;
  bool operator==(const seen&) const = default;
};

std::vector<seen> edges_of(const foreign_graph& g) {
  std::vector<seen> all;
  for (const auto e : boost::make_iterator_range(boost::edges(g)))
    all.push_back({g[boost::source(e, g)].id, g[boost::target(e, g)].id, number_of(g[e].values, "weight")});
  return all;
}

TEST(graphml, gives_nodes_edges_and_attributes_in_order) {
  const foreign_graph g = parse_graphml(graphml(small), "worm.graphml");
  ASSERT_EQ(boost::num_vertices(g), 2u);
  EXPECT_EQ(g[0].id, "AVAL");
  EXPECT_EQ(g[1].id, "VA01");
  EXPECT_EQ(number_of(g[0].values, "place"), -0.25);
  EXPECT_EQ(std::get<std::string>(g[0].values.find("kind")->second), "inter & command");
  EXPECT_TRUE(g[1].values.empty());
  EXPECT_TRUE(edges_of(g) ==
              (std::vector<seen>{{"AVAL", "VA01", 7}, {"VA01", "AVAL", 1}, {"AVAL", "VA01", 1}, {"VA01", "VA01", 1}}));
  const auto back = boost::edge(1, 0, g).first;
  EXPECT_EQ(number_of(g[back].values, "electrical"), 1);
}

TEST(graphml, makes_two_of_an_undirected_edge_and_one_of_a_loop) {
  const foreign_graph g = parse_graphml(graphml(small, "undirected"), "worm.graphml");
  EXPECT_EQ(boost::num_edges(g), 2u * 3 + 1);
  double forth = 0, back = 0;
  for (const seen& e : edges_of(g)) {
    if (e.from < e.to) forth += e.weight;
    if (e.from > e.to) back += e.weight;
  }
  EXPECT_EQ(forth, 9);
  EXPECT_EQ(back, 9);
}

TEST(graphml, says_which_attributes_there_are) {
  const foreign_graph g = parse_graphml(graphml(small), "worm.graphml");
  const auto told = [&](const char* name) {
    try {
      number_of(g[0].values, name);
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  EXPECT_THAT(told("size"), HasSubstr("size: there is no such attribute among \"kind, place\""));
  EXPECT_THAT(told("kind"), HasSubstr("is a string, no number"));
}

TEST(graphml, reads_what_the_library_writes) {
  network net;
  const auto a = net.add("a & b", lif{}, 3), b = net.add("b", lif{}, 4);
  net.connect(a, b, all_to_all{}, {.weight = 1_mV, .delay = 2_ms});
  net.connect(b, b, all_to_all{}, {.weight = 1_mV, .delay = 5_ms});
  multigraph drawn = graph_of(net, lower(net, 1_ms)->summaries);
  std::ostringstream out;
  write_graphml(out, drawn);
  const foreign_graph read = parse_graphml(out.str(), "written");
  ASSERT_EQ(boost::num_vertices(read), 2u);
  EXPECT_EQ(std::get<std::string>(read[0].values.find("name")->second), "a & b");
  EXPECT_EQ(number_of(read[1].values, "size"), 4);
  const auto edge = boost::edge(0, 1, read).first;
  EXPECT_EQ(number_of(read[edge].values, "synapses"), 12);
  EXPECT_EQ(number_of(read[edge].values, "least_delay"), 2);
}

TEST(graphml, reads_the_worm) {
  SPINULE_REAL_DATA(path, "connectome/celegans.graphml");
  const foreign_graph g = read_graphml(path);
  EXPECT_EQ(boost::num_vertices(g), 279u);
  EXPECT_EQ(boost::num_edges(g), 2194u);
  double sum = 0, most = 0;
  for (const seen& e : edges_of(g)) {
    sum += e.weight;
    most = std::max(most, e.weight);
  }
  EXPECT_EQ(sum, 6394);
  EXPECT_EQ(most, 37);
}

TEST(graphml, refuses_what_is_no_graph_of_one_kind) {
  const auto body = [](const std::string& text) { return refusal(graphml(text)); };
  const std::string two = "<node id=\"a\"/><node id=\"b\"/>";
  EXPECT_EQ(body(two), "accepted");
  EXPECT_THAT(body("<node id=\"a\"/>\n<node id=\"a\"/>"), HasSubstr("worm.graphml:10: there are two nodes \"a\""));
  EXPECT_THAT(body(two + "<edge source=\"a\" target=\"c\"/>"), HasSubstr("names the node \"c\", which there is not"));
  EXPECT_THAT(body(two + "<edge source=\"a\"/>"), HasSubstr("a <edge> has no \"target\""));
  EXPECT_THAT(body("<node/>"), HasSubstr("a <node> has no \"id\""));
  EXPECT_THAT(body("<node id=\"a b\"/>"), HasSubstr("has a space or a reference"));
  EXPECT_THAT(body("<node id=\"a&amp;\"/>"), HasSubstr("has a space or a reference"));
  EXPECT_THAT(body("<hyperedge/>"), HasSubstr("<hyperedge> within <graph> is not read"));
  EXPECT_THAT(body("<node id=\"a\"><port name=\"p\"/></node>"), HasSubstr("<port> within <node>"));
  EXPECT_THAT(body("<node id=\"a\"><graph edgedefault=\"directed\"/></node>"), HasSubstr("a graph within a graph"));
  EXPECT_THAT(body("</graph><graph edgedefault=\"directed\">"), HasSubstr("or several; one is read"));
  EXPECT_THAT(body(two + "<edge source=\"a\" target=\"b\" directed=\"false\"/>"), HasSubstr("mixes directed"));
  EXPECT_THAT(refusal(graphml(two, "both")), HasSubstr("edgedefault is \"both\""));
  EXPECT_THAT(refusal("<graphml/>"), HasSubstr("holds no <graph>"));
  EXPECT_THAT(refusal("<svg/>"), HasSubstr("its one root is not <graphml>"));
  EXPECT_THAT(refusal("a,b,3\n"), HasSubstr("holds no <graph>"));
  EXPECT_THAT(refusal(""), HasSubstr("holds no <graph>"));
}

TEST(graphml, refuses_attributes_that_are_not_what_their_key_says) {
  const auto node = [](const std::string& data) { return refusal(graphml("<node id=\"a\">" + data + "</node>")); };
  EXPECT_EQ(node("<data key=\"d2\">1e3</data>"), "accepted");
  EXPECT_THAT(node("<data key=\"d9\">1</data>"), HasSubstr("there is no key \"d9\" for a node"));
  EXPECT_THAT(node("<data key=\"d0\">1</data>"), HasSubstr("there is no key \"d0\" for a node"));
  EXPECT_THAT(node("<data key=\"d2\">1</data><data key=\"d2\">2</data>"), HasSubstr("has \"d2\" twice"));
  for (const char* bad : {"", "one", "1 2", "nan", "inf", "1e999", "0x10", "<b>1</b>"})
    EXPECT_THAT(node(std::string{"<data key=\"d2\">"} + bad + "</data>"), HasSubstr("is no number of its type")) << bad;
  const auto edge = [](const std::string& data) {
    return refusal(graphml("<node id=\"a\"/><edge source=\"a\" target=\"a\">" + data + "</edge>"));
  };
  for (const char* bad : {"1.5", "2147483648", "1e3"})
    EXPECT_THAT(edge(std::string{"<data key=\"d0\">"} + bad + "</data>"), HasSubstr("is no number of its type")) << bad;
  EXPECT_THAT(edge("<data key=\"d1\">perhaps</data>"), HasSubstr("neither true nor false"));
  const auto key = [](const std::string& attributes) {
    return refusal("<graphml><key " + attributes +
                   "/><graph edgedefault=\"directed\"><node id=\"a\"><data key=\"k\">1"
                   "</data></node></graph></graphml>");
  };
  EXPECT_EQ(key(R"(id="k" for="all" attr.name="n" attr.type="long")"), "accepted");
  EXPECT_THAT(key(R"(id="k" for="node" attr.name="n" attr.type="complex")"), HasSubstr("no type \"complex\""));
  EXPECT_THAT(key(R"(id="k" for="vertex" attr.name="n")"), HasSubstr("is for \"vertex\""));
  EXPECT_THAT(key(R"(for="node" attr.name="n")"), HasSubstr("has no \"id\""));
  EXPECT_THAT(key(R"(id="k" for="node"/><key id="k" for="edge")"), HasSubstr("two keys \"k\""));
  EXPECT_THAT(key(R"(id="k" for="node" attr.name="n"/><key id="l" for="node" attr.name="n")"),
              HasSubstr("two keys for node are named \"n\""));
}

TEST(graphml, refuses_hostile_texts) {
  const std::string good = graphml(small);
  EXPECT_THAT(refusal("<!DOCTYPE g [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]>" + good),
              HasSubstr("worm.graphml:1: declares a document type or an entity"));
  for (const char* entity : {"&lol;", "&#0;", "&#xD800;", "&#1114112;", "&", "&amp", "&#127;"})
    EXPECT_THAT(refusal(graphml("<node id=\"a\"><data key=\"d3\">" + std::string{entity} + "</data></node>")),
                HasSubstr("is not read; only &amp;"))
        << entity;
  EXPECT_THAT(refusal(good + std::string(1, '\0')), HasSubstr("control character 0x00"));
  EXPECT_THAT(refusal(graphml("<node id=\"\xff\"/>")), HasSubstr("is no UTF-8"));
  EXPECT_THAT(refusal(graphml("<node id=\"\xed\xa0\x80\"/>")), HasSubstr("is no UTF-8")) << "a surrogate";
  EXPECT_THAT(refusal("<?xml version='1.0' encoding='utf-16'?>" + good.substr(good.find('\n'))), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal(good.substr(0, good.size() / 2)), HasSubstr("worm.graphml:"));
  EXPECT_THAT(refusal(graphml("<node id=a/>")), HasSubstr("is not in quotes"));
  EXPECT_THAT(refusal(graphml("<node id=\"a\" id=\"b\"/>")), HasSubstr("stands twice in a tag"));
  EXPECT_THAT(refusal(graphml("<node id=\"a\"><data key=\"d3\"></node></data>")), HasSubstr("</node> closes <data>"));
  EXPECT_THAT(refusal(graphml("<node id=\"a\"><data key=\"d3\"><data key=\"d3\"/></data></node>")),
              HasSubstr("<data> within itself"));
}

TEST(graphml, refuses_what_would_exhaust_memory_or_stack) {
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i) deep += "<x>";
  EXPECT_THAT(refusal(graphml("<node id=\"a\"><data key=\"d3\">" + deep)), HasSubstr("nested deeper than 32"));
  std::string many;
  for (int i = 0; i < 1'000'001; ++i) many += "<node id=\"" + std::to_string(i) + "\"/>";
  EXPECT_THAT(refusal(graphml(many)), HasSubstr("more than 2000000 elements and attributes"));
  EXPECT_THAT(refusal(std::string((std::size_t{64} << 20) + 1, ' ')), HasSubstr("67108864 are the most"));
}

TEST(graphml, names_files_that_cannot_be_read) {
  const scratch folder;
  const auto told = [](const std::filesystem::path& path) {
    try {
      read_graphml(path);
    } catch (const file_error& e) {
      return std::string{e.what()};
    }
    return std::string{"accepted"};
  };
  EXPECT_THAT(told(folder / "none.graphml"), HasSubstr("none.graphml: cannot be opened"));
  EXPECT_THAT(told(folder.path()), HasSubstr("cannot be opened"));
  ASSERT_EQ(mkfifo((folder / "pipe.graphml").c_str(), 0600), 0);
  EXPECT_THAT(told(folder / "pipe.graphml"), HasSubstr("cannot be opened; is it a file?")) << "and not waited for";
  std::ofstream{folder / "worm.graphml"} << graphml(small);
  EXPECT_EQ(told(folder / "worm.graphml"), "accepted");
}

/// A copy in which a piece is missing or stands twice, often whole tags.
std::string rearranged(std::string text, std::mt19937_64& random) {
  const auto place = [&] {
    const auto at = random() % text.size();
    return random() % 4 == 0 ? at : std::min(text.find('<', at), text.size());
  };
  auto from = place(), to = place();
  if (from > to) std::swap(from, to);
  return random() % 2 == 0 ? text.erase(from, to - from) : text.insert(from, text.substr(from, to - from));
}

TEST(graphml, thousands_of_damaged_files_are_read_or_refused) {
  std::mt19937_64 random{5};
  const std::string good = graphml(small);
  int read = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    try {
      const std::string text = i % 2 == 0 ? damaged(good, i / 2, random) : rearranged(good, random);
      const foreign_graph g = parse_graphml(text, "mutant");
      for (const auto v : boost::make_iterator_range(boost::vertices(g))) ASSERT_FALSE(g[v].id.empty());
      ++read;
    } catch (const file_error& e) {
      ASSERT_THAT(e.what(), HasSubstr("mutant"));
      ++refused;
    }
  }
  EXPECT_EQ(read + refused, 4000);
  EXPECT_GT(refused, 2000);
  EXPECT_GT(read, 100);
}

}  // namespace spinule::graphml_test
