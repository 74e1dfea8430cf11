// The options of every command that replays data: which data, which chip, how many threads.
#pragma once

#include <cstdint>
#include <limits>

#include <CLI/CLI.hpp>

#include <spinule/io/dataset.hpp>

#include "commands.hpp"
#include "option_checks.hpp"

namespace spinule {

inline constexpr std::uint64_t most_of_option = std::numeric_limits<std::uint32_t>::max();

/// `paths`: one, or several where a command takes them.
inline CLI::Option* add_data(CLI::App& app, data_choice& d, auto& paths) {
  auto* dataset = app.add_option("--dataset", d.dataset, "Kind of data: " + joined(dataset_kinds()))
                      ->check(CLI::IsMember(dataset_kinds()));
  app.add_option("--data", paths, "Folder or file that holds it; without it nmnist and shd are generated")
      ->check(a_path())
      ->allow_extra_args(false);
  app.add_option("--part", d.part, "Part of the data")
      ->check(CLI::IsMember({"all", "train", "test"}))
      ->capture_default_str();
  app.add_option("--first", d.first, "Least sample number to take (nmnist, shd)")->check(whole(0, most_of_option));
  app.add_option("--last", d.last, "Greatest sample number to take (nmnist, shd)")->check(whole(0, most_of_option));
  grouped(app, "Of --dataset csv", [&] {
    app.add_option("--width", d.width, "Pixels of the sensor in a row")->check(whole(1, 32768));
    app.add_option("--height", d.height, "Rows of the sensor")->check(whole(1, 32768));
    app.add_option("--channels", d.channels, "Channels, where events have no x and y")->check(whole(1, 1 << 24));
    app.add_option("--time-unit", d.time_unit, "Of times, where the files do not say it")
        ->check(CLI::IsMember({"s", "ms", "us", "ns"}));
    app.add_flag("--from-first", d.from_first, "Times count from the first event of each sample");
  });
  app.add_option("--data-seed", d.seed, "Seed of the rate code (mnist)")->check(a_seed())->capture_default_str();
  return dataset;
}

inline void add_overrides(CLI::App& app, backend_choice& on) {
  app.add_option("--set", on.overrides, "Override a key of the hardware, as adc.bits=6; may be repeated");
}

inline void add_chip_number(CLI::App& app, backend_choice& on) {
  app.add_option("--chip", on.chip, "Number of the chip: another number is another draw of all devices")
      ->check(whole(0, most_of_option))
      ->capture_default_str();
}

inline void add_chip(CLI::App& app, backend_choice& on) {
  add_overrides(app, on);
  add_chip_number(app, on);
}

inline void add_calibration(CLI::App& app, backend_choice& on) {
  app.add_option("--calibrate", on.calibrate,
                 "Recordings, from the first on, whose sums give converters with adc.range=data their full scale")
      ->check(at_least(1))
      ->check(whole(1, most_of_option))
      ->capture_default_str();
}

inline void add_threads(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "Samples replayed side by side; 0: one per core")
      ->check(at_least(0))
      ->check(whole(0, 1024))
      ->capture_default_str();
}

}  // namespace spinule
