// A digit that is heard finds the same digit among those that are seen. Both senses are liquids on random resistive
// memory, which nothing trains (Lin et al., Nat. Comput. Sci. 5, 37 (2025)); two linear heads learn to bring what they
// send to one place, from pairs of the classes 1 to 7. Pairs of 8 and 9 are never shown: a sound can only be told from
// the other by which picture it is more like.
//
//     32_zero_shot [DATA]     DATA: a folder with nmnist/ and shd/, by default $SPINULE_DATA
#include <cstdlib>

#include <fmt/format.h>

#include "support/paired_senses.hpp"
#include "support/shown_digits.hpp"

using namespace spinule;

int main(int count, char** arguments) try {
  const char* given = count > 1 ? arguments[1] : std::getenv("SPINULE_DATA");
  const std::filesystem::path data = given == nullptr ? "" : given;
  const auto sounds = data / "shd/shd_test_10ms.h5.gz";
  if (!std::filesystem::exists(data / "nmnist/Train") || !std::filesystem::exists(sounds))
    return fmt::print("nmnist/ and {} are not there; nothing to show\n", sounds.string()), 77;
  const auto seen_digits = load_nmnist(data / "nmnist", data_part::train);
  const auto spoken = load_shd(sounds, 1);
  const formed_liquid eye = eye_of(0.07), ear = ear_of(0.04);
  const class_choice shown = [](std::uint32_t c) { return c >= 1 && c < 8; },
                     hidden = [](std::uint32_t c) { return c >= 8; };

  fmt::print("                 8 or 9 among 8 and 9   1 to 7 among 1 to 7\n");
  double worst = 1;
  for (const bool formed : {false, true}) {
    const auto rates = [&](const formed_liquid& l, const shown_samples& s) {
      return sense_of(spike_rates(l, formed ? l.on_chip(0) : l.ideal(), s.samples), s.labels);
    };
    const sense first = rates(eye, seen_digits), second = rates(ear, spoken);
    const auto heads = train_on(first, second, shown, {.epochs = 40});
    const double old = found(heads, first, second, shown, shown), fresh = found(heads, first, second, hidden, hidden);
    fmt::print("{:15}  {:20.1f} %  {:18.1f} %\n", formed ? "formed cells" : "normal weights", 100 * fresh, 100 * old);
    worst = std::min({worst, old * 7 / 3, fresh * 2 / 1.2});  // three times chance, and more than chance
  }
  return worst >= 1 ? 0 : 1;
} catch (const spinule_error& problem) {
  return fmt::print(stderr, "{}\n", problem.what()), 1;
}
