// Descriptions of networks that people write: what they say, and that wrong ones are refused with their place.
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>
#include <spinule/io/network_file.hpp>
#include <spinule/models/catalogue.hpp>

#include "io/mutation.hpp"
#include "io/scratch.hpp"

namespace spinule::network_file_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string good = R"(seed = 7
tick = 1.0
input = "events"
output = "classes"

[encoding]
group = 5
length = 100.0
most_events = 1

[readout]
by = "membrane"
over = "sum_of_softmax"

[[population]]
name = "events"
model = "replay"
size = "channels"

[[population]]
name = "hidden"
model = "lif"
size = 8
tau = 10
threshold = [20.0, 21, 22, 23, 24, 25, 26, 27]
start = { v = 3 }

[[population]]
name = "classes"
model = "leaky_integrator"
size = "classes"

[[projection]]
from = "events"
to = "hidden"
wiring = "all_to_all"
weight = { normal = [0.0, 0.1] }
delay = { uniform = [0, 20] }
learn = ["weight", "delay"]

[[projection]]
from = "hidden"
to = "hidden.drive"
wiring = { kind = "fixed_probability", p = 0.5, autapses = true }
weight = { lognormal = [1, 0.5], high = 4 }
delay = 2
learn = []

[[projection]]
from = "hidden"
to = "classes"
wiring = { kind = "fixed_indegree", k = 3 }
weight = -0.5
)";

described_network parsed(const std::string& text, data_sizes sizes = {.channels = 17, .classes = 4}) {
  return parse_network(text, "net.toml", model_catalogue(), sizes);
}

std::string refusal(const std::string& text, data_sizes sizes = {.channels = 17, .classes = 4}) {
  try {
    parsed(text, sizes);
  } catch (const file_error& e) {
    return e.what();
  }
  return "accepted";
}

/// The good text with a piece replaced; the piece must be there.
std::string with(const std::string& piece, const std::string& by) {
  const auto at = good.find(piece);
  if (at == good.npos) throw std::logic_error{piece};
  return std::string{good}.replace(at, piece.size(), by);
}

TEST(network_file, describes_a_network_in_full) {
  const described_network d = parsed(good);
  EXPECT_EQ(d.net.seed(), 7u);
  EXPECT_EQ(d.tick, 1_ms);
  EXPECT_EQ(d.input, "events");
  EXPECT_EQ(d.output, "classes");
  EXPECT_EQ(d.encoding.group, 5u);
  EXPECT_EQ(d.encoding.length, 100_ms);
  EXPECT_EQ(d.encoding.most_events, 1u);
  EXPECT_EQ(d.readout, (readout_rule{readout_rule::source::membrane, readout_rule::law::sum_of_softmax}));
  const auto populations = d.net.populations();
  ASSERT_EQ(populations.size(), 3u);
  EXPECT_EQ(populations[0].size, 4u) << "17 channels in groups of 5";
  EXPECT_TRUE(populations[0].model->is_source());
  EXPECT_EQ(populations[1].size, 8u);
  EXPECT_EQ(populations[1].model->parameter(0, 3), 10);
  EXPECT_EQ(populations[1].model->parameter(2, 0), 20);
  EXPECT_EQ(populations[1].model->parameter(2, 7), 27);
  EXPECT_EQ(populations[1].model->parameter(4, 7), 2) << "what is not given stays";
  ASSERT_EQ(populations[1].initial.size(), 1u);
  EXPECT_THAT(populations[1].initial[0].list, testing::Each(3.0));
  EXPECT_EQ(populations[2].size, 4u);
  const auto projections = d.net.projections();
  ASSERT_EQ(projections.size(), 3u);
  EXPECT_EQ(projections[0].weight.kind, law::shape::normal);
  EXPECT_EQ(projections[0].delay.low, 1) << "a drawn delay is one tick or more";
  EXPECT_EQ(projections[1].port, 1);
  EXPECT_EQ(projections[1].weight.high, 4);
  EXPECT_THAT(d.learn, ElementsAre(learnable{true, true}, learnable{false, false}, learnable{true, false}));
  const auto lowered = lower(d.net, d.tick);
  EXPECT_EQ(lowered->summaries[0].synapses, 32u);
  EXPECT_GT(lowered->summaries[0].delays.size(), 5u);
  EXPECT_EQ(lowered->summaries[2].synapses, 12u);
}

TEST(network_file, tells_delays_of_axons_and_dendrites_from_those_of_synapses) {
  const auto learned = [](const std::string& words) { return parsed(with("learn = []", "learn = " + words)).learn[1]; };
  EXPECT_EQ(learned("[\"delay\"]"), (learnable{false, true, learnable::sharing::synapse}));
  EXPECT_EQ(learned("[\"axonal_delay\", \"weight\"]"), (learnable{true, true, learnable::sharing::axon}));
  EXPECT_EQ(learned("[\"dendritic_delay\"]"), (learnable{false, true, learnable::sharing::dendrite}));
}

TEST(network_file, gives_what_is_left_out) {
  const described_network d = parsed(R"(
input = "in"
output = "out"
encoding = { length = 10 }
population = [{ name = "in", model = "replay", size = 3 }, { name = "out", model = "lif", size = 2 }]
projection = [{ from = "in", to = "out", wiring = "all_to_all", weight = 1 }]
)",
                                     {});
  EXPECT_EQ(d.net.seed(), 1u);
  EXPECT_EQ(d.tick, 1_ms);
  EXPECT_EQ(d.encoding.group, 1u);
  EXPECT_EQ(d.encoding.most_events, 0u);
  EXPECT_EQ(d.readout, readout_rule{});
  EXPECT_THAT(d.learn, ElementsAre(learnable{}));
  EXPECT_EQ(lower(d.net, d.tick)->summaries[0].delays[0], 0);
}

TEST(network_file, knows_every_kind_of_wiring) {
  for (const auto& [wiring, synapses] : std::vector<std::pair<std::string, std::uint64_t>>{
           {"\"all_to_all\"", 56},
           {"\"one_to_one\"", 8},
           {"{ kind = \"all_to_all\", autapses = true }", 64},
           {"{ kind = \"fixed_probability\", p = 1 }", 56},
           {"{ kind = \"fixed_indegree\", k = 7 }", 56},
           {"{ kind = \"fixed_outdegree\", k = 9, multapses = true }", 72},
           {"{ kind = \"fixed_total_number\", n = 11 }", 11}}) {
    const auto d = parsed(with("{ kind = \"fixed_probability\", p = 0.5, autapses = true }", wiring));
    EXPECT_EQ(lower(d.net, d.tick)->summaries[1].synapses, synapses) << wiring;
  }
}

TEST(network_file, takes_every_model_of_the_catalogue_with_every_parameter) {
  const std::set<std::string_view> taken{"name", "model", "size", "start"};
  for (const auto& [name, model] : model_catalogue()) {
    if (model->is_source()) continue;
    std::string text =
        "input = \"in\"\noutput = \"cells\"\nencoding.length = 10\nprojection = []\n[[population]]\n"
        "name = \"in\"\nmodel = \"replay\"\nsize = 2\n[[population]]\nname = \"cells\"\nsize = 2\nmodel = \"" +
        name + "\"\n";
    for (std::size_t i = 0; i < model->parameters().size(); ++i) {
      const auto& p = model->parameters()[i];
      EXPECT_FALSE(taken.contains(p.name)) << name << ' ' << p.name;
      std::ostringstream value;
      value.precision(17);
      value << model->parameter(i, 0);
      text += std::string{p.name} + " = " + value.str() + "\n";
    }
    const auto d = parsed(text, {});
    for (std::size_t i = 0; i < model->parameters().size(); ++i)
      EXPECT_EQ(d.net.populations()[1].model->parameter(i, 1), model->parameter(i, 0)) << name;
  }
}

TEST(network_file, names_line_and_column_of_what_is_wrong) {
  EXPECT_THAT(refusal(with("tau = 10", "tau = -1")),
              StartsWith("net.toml:24:7: tau = -1 ms; it must be positive and finite"));
  EXPECT_THAT(refusal(with("tau = 10", "taus = 10")),
              StartsWith("net.toml:24:8: population has no key \"taus\"; known: "
                         "tau, "));
  EXPECT_THAT(refusal(with("model = \"lif\"", "model = \"liv\"")),
              StartsWith("net.toml:22:9: there is no model \"liv\"; known: lif, "));
  EXPECT_THAT(refusal(with("seed = 7", "seed = ")), StartsWith("net.toml:1:"));
}

TEST(network_file, names_population_and_key_of_spans_that_are_no_whole_ticks) {
  EXPECT_THAT(
      refusal(with("tau = 10", "tau = 10\nrefractory = 2.5")),
      StartsWith("net.toml:25:14: population \"hidden\": refractory time: 2.5 ms is not a whole number of ticks of "
                 "1 ms; give 2 ms or 3 ms, or a tick that divides it"));
  EXPECT_THAT(refusal(with("tau = 10", "tau = 10\nrefractory = [2, 2, 2, 2, 2, 2, 2, 2.5]")),
              StartsWith("net.toml:25:14: population \"hidden\": refractory time: 2.5 ms"));
  // The usual one, of which nothing is said.
  std::string ticks = with("tick = 1.0", "tick = 10.0");
  EXPECT_THAT(refusal(ticks),
              StartsWith("net.toml:20:1: population \"hidden\": refractory time: 2 ms is not a whole number of ticks"));
}

struct wrong {
  const char *piece, *by, *told;
};

TEST(network_file, refuses_what_is_wrong) {
  for (const wrong& w : std::initializer_list<wrong>{
           {"seed = 7", "sed = 7", "the file has no key \"sed\"; known: seed, "},
           {"seed = 7", "seed = -1", "seed is -1; it must be a whole number from 0"},
           {"seed = 7", "seed = 1.5", "seed is 1.5; it must be a whole number"},
           {"seed = 7", "seed = \"7\"", "seed is a text; it must be a whole number"},
           {"seed = 7", "seed = 7\nseed = 8", "seed"},
           {"tick = 1.0", "tick = 0", "tick is 0 ms; it must lie between 0.001 and 1000 ms"},
           {"tick = 1.0", "tick = nan", "tick is nan; it must be finite"},
           {"tick = 1.0", "tick = [1]", "tick is an array; it must be a number"},
           {"tick = 1.0", "tick = 3", "whole"},
           {"input = \"events\"", "", "the file has no key \"input\"; add input = ..."},
           {"input = \"events\"", "input = \"event\"", "no population \"event\"; known: events, "},
           {"input = \"events\"", "input = \"hidden\"", "\"hidden\" takes no recordings"},
           {"input = \"events\"", "input = 3", "input is a number; it must be a text in quotes"},
           {"output = \"classes\"", "output = \"hidden\"", "\"hidden\" has 8 neurons, and the data have 4 classes"},
           {"output = \"classes\"", "output = \"events\"", "has no state to read"},
           {"[encoding]", "[encodings]", "no key \"encodings\"; known: encoding, "},
           {"group = 5", "group = 0", "group is 0; it must be a whole number from 1"},
           {"group = 5", "group = 0.5", "group is 0.5"},
           {"group = 5", "groups = 5", "encoding has no key \"groups\"; known: group, "},
           {"length = 100.0", "", "encoding has no key \"length\""},
           {"length = 100.0", "length = 0", "a length of 0 ms is not from 1 to 1000000 ticks"},
           {"length = 100.0", "length = 1e9", "is not from 1 to"},
           {"length = 100.0", "length = -1", "length"},
           {"length = 100.0", "length = 0.5", "length"},
           {"most_events = 1", "most_events = -1", "most_events is -1"},
           {"by = \"membrane\"", "by = \"membranes\"", "by is \"membranes\"; it must be one of membrane, spikes"},
           {"by = \"membrane\"", "by = true", "by is true or false; it must be a text"},
           {"over = \"sum_of_softmax\"", "over = \"softmax\"", "it must be one of sum_of_softmax, "},
           {"[readout]", "[[readout]]", "readout is an array; it must be a table"},
           {"name = \"hidden\"", "", "population has no key \"name\""},
           {"name = \"hidden\"", "name = \"\"", "the name is empty"},
           {"name = \"hidden\"", "name = \"events\"", "the name is taken"},
           {"name = \"hidden\"", "name = \"hid.den\"", "has a dot"},
           {"model = \"lif\"", "", "population has no key \"model\""},
           {"model = \"lif\"", "model = \"poisson\"", "there is no model \"poisson\""},
           {"size = 8", "", "population has no key \"size\""},
           {"size = 8", "size = 0", "size is 0; it must be a whole number from 1 to 4294967295"},
           {"size = 8", "size = 4294967296", "size is 4294967296"},
           {"size = 8", "size = 9", "threshold has 8 values for 9 neurons"},
           {"size = 8", "size = \"channel\"",
            "size is \"channel\"; it must be a whole number, as size = 50, or one of channels, classes"},
           {"size = 8", "size = 8.0", "size is 8.0, with a point; write size = 8"},
           {"size = \"channels\"", "size = 17", "has 17 neurons, and the data have 17 channels, in groups 4"},
           {"tau = 10", "tau = \"10 ms\"", "tau is a text; it must be a number"},
           {"tau = 10", "tau = []", "tau has 0 values for 8 neurons"},
           {"tau = 10", "tau = inf", "tau is inf; it must be finite"},
           {"tau = 10", "tau = true", "tau is true or false; it must be a number"},
           {"tau = 10", "tau = 1979-05-27", "tau is a date or a time"},
           {"threshold = [20.0", "threshold = [\"20\"", "threshold is a text"},
           {"threshold = [20.0", "threshold = [-20.0", "lif neuron 0: "},
           {"start = { v = 3 }", "start = { u = 3 }", "there is no state field \"u\"; known: v, hold"},
           {"start = { v = 3 }", "start = { hold = 0.5 }", "hold"},
           {"start = { v = 3 }", "start = { v = [1, 2] }", "v has 2 values for 8 neurons"},
           {"start = { v = 3 }", "start = 3", "start is a number; it must be a table"},
           {"from = \"hidden\"", "from = \"nowhere\"", "there is no population \"nowhere\""},
           {"from = \"hidden\"", "from = \"hidden.jump\"", "there is no population \"hidden.jump\""},
           {"from = \"hidden\"", "", "projection has no key \"from\""},
           {"to = \"hidden.drive\"", "to = \"hidden.drives\"", "there is no port \"drives\"; known: drive, jump"},
           {"to = \"hidden.drive\"", "to = \"events\"", "a source takes no input"},
           {"to = \"hidden.drive\"", "to = \"events.drive\"", "there is no port \"drive\"; known: none"},
           {"to = \"classes\"", "to = \"class\"", "there is no population \"class\"; known: classes"},
           {"wiring = \"all_to_all\"", "wiring = \"all\"", "it must be one of all_to_all"},
           {"wiring = \"all_to_all\"", "wiring = \"fixed_indegree\"",
            "fixed_indegree needs a number; write wiring = { kind"},
           {"wiring = \"all_to_all\"", "wiring = \"one_to_one\"", "one_to_one needs populations of one size"},
           {"wiring = \"all_to_all\"", "wiring = { p = 1 }", "wiring has no key \"kind\""},
           {"wiring = \"all_to_all\"", "wiring = { kind = \"all_to_all\", p = 1 }", "wiring has no key \"p\""},
           {"p = 0.5", "p = 1.5", "probability 1.5 is not between 0 and 1"},
           {"p = 0.5, ", "", "wiring has no key \"p\"; add p = 0.1, say"},
           {"autapses = true", "autapses = 1", "autapses is a number; it must be true or false"},
           {"k = 3", "k = -3", "k is -3"},
           {"k = 3", "k = 9", "degree 9 exceeds the 8 possible partners"},
           {"weight = -0.5", "", "projection has no key \"weight\""},
           {"weight = -0.5", "weight = \"-0.5\"", "weight is a text; it must be a number"},
           {"weight = -0.5", "weight = {}", "weight names no law"},
           {"weight = -0.5", "weight = { normal = [1] }", "normal has 1 numbers; give two"},
           {"weight = -0.5", "weight = { normal = [1, -1] }", "weight: "},
           {"weight = -0.5", "weight = { normal = [1, 1], uniform = [0, 1] }", "weight names two laws"},
           {"weight = -0.5", "weight = { gauss = [1, 1] }", "weight has no key \"gauss\""},
           {"weight = -0.5", "weight = { normal = [0, 1], low = 9, high = 8 }", "weight: "},
           {"weight = -0.5", "weight = { uniform = [0, 1], low = 2 }", "weight: "},
           {"delay = 2", "delay = -2", "delay"},
           {"delay = 2", "delay = 0.5", "delay"},
           {"delay = 2", "delay = 1e9", "delays can be 1000000000 ms, more than 4194304 ticks"},
           {"delay = 2", "delay = { uniform = [0, 0.5] }", "delay: "},
           {"delay = 2", "delay = { normal = [5, 1], high = inf }", "high is inf; it must be finite"},
           {"delay = 2", "delay = 0", "projections without delay form a cycle"},
           {"learn = []", "learn = [\"weights\"]", "it must be one of weight, delay, axonal_delay"},
           {"learn = []", "learn = [\"delay\", \"axonal_delay\"]", "delays of one kind"},
           {"learn = []", "learn = \"weight\"", "learn is a text; it must be an array"},
           {"learn = []", "learns = []", "projection has no key \"learns\"; known: learn, "},
       })
    EXPECT_THAT(refusal(with(w.piece, w.by)), testing::AllOf(HasSubstr(w.told), StartsWith("net.toml:"))) << w.by;
}

TEST(network_file, refuses_what_does_not_fit_the_data) {
  EXPECT_THAT(refusal(good, {}), HasSubstr("the size follows from data, and none are given"));
  EXPECT_THAT(refusal(with("by = \"membrane\"", "by = \"spikes\"")), "accepted");
  EXPECT_THAT(refusal(with("model = \"leaky_integrator\"", "model = \"rate_unit\"")), "accepted");
  std::string values = with("model = \"leaky_integrator\"", "model = \"rate_unit\"");
  values.replace(values.find("by = \"membrane\""), 15, "by = \"spikes\"");
  EXPECT_THAT(refusal(values), HasSubstr("net.toml:4:10: population \"classes\": sends values, not spikes"));
  EXPECT_THAT(refusal(""), StartsWith("net.toml:1:1: the file is empty; a description has input, "));
  EXPECT_THAT(refusal("tick = 1.0"), HasSubstr("the file has no key \"encoding\"; add [encoding]"));
  EXPECT_THAT(refusal("[encoding]\nlength = 1.0"), HasSubstr("the file has no key \"population\"; add [[population]]"));
  EXPECT_THAT(refusal("[encoding]\nlength = 1.0\n[population]\nsize = 3"),
              HasSubstr("population is one table; write [[population]], with two brackets"));
}

TEST(network_file, finds_cycles_without_delay_over_several_populations) {
  const std::string back =
      "\n[[projection]]\nfrom = \"classes\"\nto = \"hidden\"\nwiring = \"all_to_all\"\nweight = 1\n";
  EXPECT_THAT(refusal(good + back), HasSubstr(":55:1: projections without delay form a cycle"));
  EXPECT_EQ(refusal(good + back + "delay = 1\n"), "accepted");
  EXPECT_EQ(refusal(good + back + "delay = { uniform = [0, 9] }\n"), "accepted");
}

TEST(network_file, names_files_that_cannot_be_read) {
  const scratch folder;
  const auto told = [](const std::filesystem::path& path) {
    try {
      read_network(path, model_catalogue(), {17, 4});
    } catch (const file_error& e) {
      return std::string{e.what()};
    }
    return std::string{"accepted"};
  };
  EXPECT_THAT(told(folder / "none.toml"), HasSubstr("none.toml: "));
  EXPECT_THAT(told(folder.path()), HasSubstr(folder.path().string()));
  ASSERT_EQ(mkfifo((folder / "pipe.toml").c_str(), 0600), 0);
  EXPECT_THAT(told(folder / "pipe.toml"), HasSubstr("pipe.toml: ")) << "and not waited for";
  std::ofstream{folder / "net.toml"} << good;
  EXPECT_EQ(told(folder / "net.toml"), "accepted");
  std::ofstream{folder / "net.toml"} << std::string((1 << 20) + 1, '#');
  EXPECT_THAT(told(folder / "net.toml"), HasSubstr("net.toml: "));
}

/// A copy in which a piece is missing or stands twice, often whole lines.
std::string rearranged(std::string text, std::mt19937_64& random) {
  const auto place = [&] {
    const auto at = random() % text.size();
    return random() % 4 == 0 ? at : std::min(text.find('\n', at), text.size());
  };
  auto from = place(), to = place();
  if (from > to) std::swap(from, to);
  return random() % 2 == 0 ? text.erase(from, to - from) : text.insert(from, text.substr(from, to - from));
}

TEST(network_file, thousands_of_damaged_files_are_read_or_refused) {
  std::mt19937_64 random{5};
  int read = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    try {
      const auto d = parsed(i % 2 == 0 ? damaged(good, i / 2, random) : rearranged(good, random));
      ASSERT_EQ(d.net.projections().size(), d.learn.size());
      ++read;
    } catch (const file_error& e) {
      ASSERT_THAT(e.what(), testing::MatchesRegex("net.toml:[1-9][0-9]*:[0-9]+: [^\n]+"));
      ++refused;
    }
  }
  EXPECT_EQ(read + refused, 4000);
  EXPECT_GT(refused, 2000);
  EXPECT_GT(read, 50);
}

}  // namespace spinule::network_file_test
