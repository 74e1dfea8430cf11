// A network trained elsewhere, reproduced: 2264 spoken digits, of which its author's program recognised 1727.
//
//     26_trained_recurrent_network [DATA [cpu|crossbar]]     DATA: a folder with shd/, by default $SPINULE_DATA
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/io/shd.hpp>

#include "support/shd_srnn.hpp"

using namespace spinule;

int main(int count, char** arguments) try {
  const char* data = count > 1 ? arguments[1] : std::getenv("SPINULE_DATA");
  const std::filesystem::path folder = std::filesystem::path{data == nullptr ? "" : data} / "shd";
  if (!std::filesystem::exists(folder / "shd_srnn_reference.tar.gz")) {
    fmt::print("{} does not have the trained network; nothing to show\n", folder.string());
    return 77;
  }
  const shd_srnn speech{srnn_archive{folder / "shd_srnn_reference.tar.gz"}};
  const shd digits{folder / "shd_test_10ms.h5.gz"};
  const bool emulated = count > 2 && std::string_view{arguments[2]} == "crossbar";
  simulation sim = emulated ? simulation{speech.net, crossbar{.tick = shd_srnn::tick}}
                            : simulation{speech.net, cpu{.tick = shd_srnn::tick, .threads = 1}};
  const probe_id membranes = sim.probe(speech.answer, "m");

  const auto start = std::chrono::steady_clock::now();
  std::vector<char> correct(digits.size());
  for_each_sample(sim, digits.size(), 0, [&](simulation& own, std::size_t i) {
    const auto [events, label] = digits.read(i);
    correct[i] = likeliest(listen(own, speech, membranes, events)) == label;
  });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;

  const auto right = std::ranges::count(correct, 1);
  fmt::print("{} of {} correct on {}, in {:.1f} s\n", right, digits.size(), emulated ? "ideal crossbars" : "cpu",
             took.count());
  return right == 1727 ? 0 : 1;
} catch (const spinule_error& problem) {
  fmt::print(stderr, "{}\n", problem.what());
  return 1;
}
