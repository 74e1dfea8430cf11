#include <fmt/format.h>

#include <spinule/io/engine/atomic_file.hpp>

#include "chosen_data.hpp"
#include "commands.hpp"
#include "generated.hpp"

namespace spinule {

int demo(const std::filesystem::path& data, const std::filesystem::path& output, const std::string& command) {
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
  replays.sensitivity = 50;
  replays.command = command;
  replays.model_is = "trained by this command";
  return replay_and_report(replays);
}

}  // namespace spinule
