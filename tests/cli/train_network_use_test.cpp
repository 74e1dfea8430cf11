// Options that change nothing, and networks that cannot learn: refused or warned of before the work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "cli/network_training_world.hpp"

namespace spinule::train_network_use_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class train_network_use : public train_network {
 protected:
  /// The usual training of a description in which one text is another one.
  outcome trained(const std::string& from, const std::string& to, const words& more = {}) const {
    words all = call(more + words{"--epochs", "1", "--json", in("t.json")});
    all[2] = in("changed.toml");
    const std::string before = text("network.toml"), after = std::regex_replace(before, std::regex{from}, to);
    EXPECT_NE(before, after);
    std::ofstream{in("changed.toml")} << after;
    return spinule(all);
  }
};

constexpr const char* onto_hidden = "to = \"hidden\"";
constexpr const char* onto_digits = "to = \"digits\"";
constexpr const char* fixed_hidden = "to = \"hidden\"\nlearn = []";

TEST_F(train_network_use, what_is_said_twice_is_refused_naming_both) {
  expect_refused(2, {"--learn", "hidden.tau=0.1", "--learn", "hidden.tau=0.2"},
                 {"--learn hidden.tau=0.2: --learn hidden.tau=0.1 is given as well"});
  expect_refused(2, {"--curl", "hidden->digits=2", "--curl", "hidden->digits=1:targets"},
                 {"--curl hidden->digits=1:targets: --curl hidden->digits=2 is given as well"});
}

TEST_F(train_network_use, options_of_what_is_not_learned_are_refused) {
  for (const char* option : {"--delay-rate", "--longest-delay"})
    expect_refused(2, {option, "0.1"}, {option, "no projection of", "learns any", "\"delay\""});
  const auto delays_alone = [&](const words& more) {
    return trained(" = \"(hidden|digits)\"\nwiring", " = \"$1\"\nlearn = [\"delay\"]\nwiring", more);
  };
  for (const words& more : std::vector<words>{{"--optimiser", "sgd"}, {"--clip", "1"}, {"--keep-norms"}}) {
    const outcome o = delays_alone(more);
    EXPECT_EQ(o.code, 2) << o.err;
    EXPECT_THAT(o.err, AllOf(HasSubstr("is of weights"), HasSubstr("\"weight\"")));
  }
  const outcome curl = trained(onto_hidden, fixed_hidden, {"--curl", "pixels->hidden=1"});
  EXPECT_EQ(curl.code, 2);
  EXPECT_THAT(curl.err, AllOf(HasSubstr("--curl"), HasSubstr("learns no weights")));
}

TEST_F(train_network_use, options_that_the_training_has_no_use_for_are_refused) {
  expect_refused(2, {"--hlop", "4", "--hlop-later", "2"}, {"--hlop-later", "give --data once for each task"});
  const outcome folds = spinule(call({"--cross-validate", "3", "--checkpoint", in("c")}));
  EXPECT_EQ(folds.code, 2);
  EXPECT_THAT(folds.err, HasSubstr("--checkpoint"));
}

TEST_F(train_network_use, eventprop_has_no_surrogate) {
  const auto with = [&](const words& more) {
    const words all = call(more + words{"--rule", "eventprop", "--epochs", "1", "--json", in("t.json")});
    network("current_lif");  // `call` has written another one
    const std::string usual = text("network.toml");
    std::ofstream{in("network.toml")} << std::regex_replace(usual, std::regex{"threshold = 1.0"}, "refractory = 10.0");
    return spinule(all);
  };
  const outcome width = with({});
  EXPECT_EQ(width.code, 2);
  EXPECT_THAT(width.err, HasSubstr("--surrogate-width: eventprop goes by the times of spikes"));
  EXPECT_EQ(with({"--rate-penalty", "0.01", "--spikes", "1:5"}).code, 0);
  EXPECT_THAT(with({"--rate-penalty", "0.01", "--spikes", "1:5", "--keep-reset"}).err, HasSubstr("--keep-reset: "));
}

TEST_F(train_network_use, a_network_that_cannot_learn_is_refused) {
  const outcome nothing = trained(" = \"(hidden|digits)\"\nwiring", " = \"$1\"\nlearn = []\nwiring");
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.err, AllOf(HasSubstr("changed.toml: nothing is learned"), HasSubstr("learn = [\"weight\"]")));
  const outcome unreached = trained(onto_digits, "to = \"hidden\"\ndelay = 10.0");
  EXPECT_EQ(unreached.code, 1);
  EXPECT_THAT(unreached.err, HasSubstr("no projections lead from the input \"pixels\" to the output \"digits\""));
}

TEST_F(train_network_use, what_learns_little_is_warned_of) {
  const outcome one = trained("group = 34", "group = 2312");
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.err, AllOf(HasSubstr("Warning: the input \"pixels\" has one neuron"), HasSubstr("lower group")));
  const outcome aside = trained(
      "\\[\\[projection\\]\\]\nfrom = \"hidden\"",
      "[[population]]\nname = \"aside\"\nmodel = \"soft_reset_lif\"\nsize = 3\n[[projection]]\nfrom = \"hidden\"\n"
      "to = \"aside\"\nwiring = \"all_to_all\"\nweight = 1.0\n[[projection]]\nfrom = \"hidden\"");
  EXPECT_EQ(aside.code, 0) << aside.err;
  EXPECT_THAT(aside.err, HasSubstr("Warning: nothing leads from \"aside\" to the output \"digits\""));
}

TEST_F(train_network_use, a_batch_is_announced_as_it_is) {
  const outcome o = spinule(call({"--batch", "1000", "--json", in("t.json")}));
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, AllOf(HasSubstr("for batches of 30"), Not(HasSubstr("1000"))));
}

}  // namespace spinule::train_network_use_test
