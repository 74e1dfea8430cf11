#include <fmt/format.h>

#include <spinule/io/engine/atomic_file.hpp>

#include "chosen_data.hpp"
#include "commands.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "print.hpp"

namespace spinule {

int demo(const std::filesystem::path& data, const std::filesystem::path& output) {
  atomic_file{output};  // fails now rather than after the work
  const scratch_folder scratch;
  data_choice digits;
  digits.dataset = "nmnist";
  digits.path = data;
  const auto generated = generate_if_missing(digits);
  data_choice learned = digits, tested = digits;
  learned.part = "train";
  learned.last = 1000;
  tested.part = "test";
  for (const auto& part : {learned, tested}) open(part);  // fails now rather than after the work
  fmt::print("Training a readout on a fixed liquid of 1000 spiking neurons\n");
  train_options training;
  training.data = learned;
  training.output = scratch.path() / "demo.spn";
  training.announce = false;
  if (const int code = train(training); code != exit_done) return code;

  fmt::print("\nReplaying the test recordings\n");
  replay_options replays;
  replays.model = training.output;
  replays.data = tested;
  for (const auto& [backend, hardware] : {std::pair{"cpu", ""},
                                          {"crossbar", "ideal"},
                                          {"crossbar", "random_rram_40nm"},
                                          {"digital", "loihi_davies2018"}}) {
    backend_choice& on = replays.on.emplace_back();
    on.backend = backend;
    on.hardware = hardware;
  }
  replays.report = output;
  const auto results = replay_results(replays);
  if (results.empty()) return exit_interrupted;
  print_results(results);
  if (results.size() > 1 && results[0].spike_digest == results[1].spike_digest)
    fmt::print("The ideal crossbar gave exactly the spikes of the CPU (SHA-256 {}...).\n",
               results[0].spike_digest.substr(0, 16));
  write_page(replays.report, results);
  return interrupted() ? exit_interrupted : exit_done;
}

}  // namespace spinule
