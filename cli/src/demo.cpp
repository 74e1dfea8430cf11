#include <unistd.h>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/generator.hpp>

#include "commands.hpp"
#include "interrupt.hpp"

namespace spinule {
namespace {

/// A folder that goes with the object.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "spinule-demo-XXXXXX").string();
    if (!mkdtemp(name.data())) throw file_error{name, "cannot be created; is the temporary folder writable?"};
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

int demo(const std::filesystem::path& data, const std::filesystem::path& output) {
  const scratch_folder scratch;
  data_choice digits{.dataset = "nmnist", .path = data};
  std::string remark;
  if (data.empty()) {
    remark = "Generated digits, not N-MNIST: they show how things work and measure nothing.";
    fmt::print("No data given: generating event recordings of moving digits. {}\n", remark);
    digits.path = scratch.path() / "digits";
    write_nmnist(digits.path);
  } else {
    fmt::print("Data: {}\n", data.string());
  }
  fmt::print("\nTraining a readout on a fixed liquid of 1000 spiking neurons\n");
  train_options training;
  training.data = digits;
  training.output = scratch.path() / "demo.spn";
  training.data.part = "train";
  training.data.last = 1000;
  if (const int code = train(training); code != exit_done) return code;

  fmt::print("\nReplaying the test recordings\n");
  replay_options replays;
  replays.model = training.output;
  replays.data = digits;
  replays.data.part = "test";
  for (const auto& [backend, hardware] : {std::pair{"cpu", ""}, {"crossbar", "ideal"}, {"crossbar", "random_rram_40nm"}, {"digital", "loihi_davies2018"}}) {
    backend_choice& on = replays.on.emplace_back();
    on.backend = backend;
    on.hardware = hardware;
  }
  replays.report = output;
  auto results = replay_results(replays);
  for (auto& r : results) r.remark = remark;
  if (results.empty()) return exit_interrupted;
  print_results(results);
  if (results.size() > 1 && results[0].spike_digest == results[1].spike_digest)
    fmt::print("The ideal crossbar gave exactly the spikes of the CPU (SHA-256 {}...).\n", results[0].spike_digest.substr(0, 16));
  write_outputs(replays, results);
  return interrupted() ? exit_interrupted : exit_done;
}

}  // namespace spinule
