// Tiles with wires: what arrives is what an array of the same cells gives, solved by itself.
#include <spinule/backends/engine/tile.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/resistive_array.hpp>
#include <spinule/error.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

namespace spinule::tile_wires_test {

constexpr std::int32_t on = 1 << 20;    // quanta of the largest weight
constexpr double g_on = 40, g_off = 2;  // uS

hardware wired(const std::string& access, const std::vector<std::string>& more = {}) {
  auto hw = load_hardware("ideal");
  override_hardware(hw, std::vector<std::string>{"device.g_min=2", "device.g_max=40", "array.wires=exact",
                                                 "array.row_resistance=5", "array.column_resistance=7",
                                                 "array.driver_resistance=100", "array.sense_resistance=50",
                                                 "array.rows=24", "array.columns=20", "array.access=" + access});
  override_hardware(hw, more);
  return hw;
}
const array_wires wires{.row = 5, .column = 7, .driver = 100, .sense = 50};

// Every source has a synapse onto every target.
connectivity full_matrix(index_t sources, index_t targets) {
  connectivity c{.sources = sources, .targets = targets, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  random_stream random{5, purpose::wiring, 0};
  for (index_t i = 0; i < sources; ++i) {
    for (index_t t = 0; t < targets; ++t) {
      c.target.push_back(t);
      c.code.push_back(i == 0 && t == 0 ? on : static_cast<std::int32_t>(random.below(2 * on)) - on);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

// Columns of plus and minus cells in turn.
std::vector<double> cells_of(const connectivity& c) {
  std::vector<double> g;
  for (const std::int32_t code : c.code) {
    const double size = g_off + (g_on - g_off) * std::abs(code) / double{on};
    g.push_back(code > 0 ? size : g_off);
    g.push_back(code < 0 ? size : g_off);
  }
  return g;
}

std::vector<std::int32_t> read(tiled_projection& tiles, const std::vector<std::uint32_t>& rows) {
  std::vector<std::int32_t> input(tiles.targets());
  tiles.read(rows, 1, input);
  return input;
}

void expect_currents(const std::vector<std::int32_t>& input, const std::vector<double>& currents) {
  for (std::size_t j = 0; j < input.size(); ++j)
    EXPECT_NEAR(input[j], (currents[2 * j] - currents[2 * j + 1]) * on / (g_on - g_off), 1e-6 * on) << j;
}

const std::vector<std::uint32_t> rows{1, 4, 5, 17};

TEST(tile_wires, cells_alone_are_read_through_all_rows) {
  const auto c = full_matrix(24, 10);
  tiled_projection tiles{c, wired("resistor"), 1, 0, 0};
  std::vector<double> volts(24);
  for (const auto r : rows) volts[r] = 1;
  const resistive_array alone{24, 20, cells_of(c), wires};
  expect_currents(read(tiles, rows), alone.solve(volts).currents);
}

TEST(tile_wires, transistors_connect_only_the_rows_that_are_read) {
  const auto c = full_matrix(24, 10);
  tiled_projection tiles{c, wired("transistor"), 1, 0, 0};
  auto g = cells_of(c);
  std::vector<double> volts(24), kept(g.size());
  for (const auto r : rows) {
    volts[r] = 1;
    std::copy_n(g.begin() + 20 * r, 20, kept.begin() + 20 * r);
  }
  const auto s = resistive_array{24, 20, kept, wires}.solve(volts);
  expect_currents(read(tiles, rows), s.currents);
  double drawn = 0;
  for (const auto r : rows) drawn += s.drawn[r];
  const auto hw = wired("transistor");
  const double v = hw.array.read_voltage.value;
  EXPECT_NEAR(tiles.counts().cell_energy_pj / (v * v * drawn * hw.array.read_time.value * 1e-3), 1, 1e-5);
}

TEST(tile_wires, one_row_takes_what_its_driver_gives) {
  const auto c = full_matrix(24, 10);
  std::vector<double> volts(24);
  volts[3] = 1;
  const auto s = resistive_array{24, 20, cells_of(c), wires}.solve(volts);
  const auto hw = wired("resistor");
  tiled_projection tiles{c, hw, 1, 0, 0};
  read(tiles, {3});
  const double v = hw.array.read_voltage.value;
  EXPECT_NEAR(tiles.counts().cell_energy_pj / (v * v * s.drawn[3] * hw.array.read_time.value * 1e-3), 1, 1e-7);
}

TEST(tile_wires, a_line_that_is_there_twice_is_pulsed_twice) {
  const auto c = full_matrix(24, 10);
  for (const char* access : {"resistor", "transistor"}) {
    tiled_projection tiles{c, wired(access), 1, 0, 0};
    const auto once = read(tiles, {4}), twice = read(tiles, {4, 4});
    for (std::size_t j = 0; j < 10; ++j) EXPECT_NEAR(twice[j], 2 * once[j], 2);
  }
}

TEST(tile_wires, a_value_is_a_share_of_the_read_voltage) {
  const auto c = full_matrix(24, 10);
  const std::vector<float> half{0.5f};
  const std::vector<std::uint32_t> row{7};
  for (const char* access : {"resistor", "transistor"}) {
    tiled_projection spikes{c, wired(access), 1, 0, 0}, values{c, wired(access), 1, 0, 0};
    values.carry_values(2);
    std::vector<std::int32_t> input(10);
    values.read(row, half, 1, input);
    const auto whole = read(spikes, row);
    for (std::size_t j = 0; j < 10; ++j) EXPECT_NEAR(input[j], whole[j] / 2.0, 2);
    EXPECT_NEAR(values.counts().cell_energy_pj / spikes.counts().cell_energy_pj, 1.0 / 16, 1e-6);
  }
}

TEST(tile_wires, perfect_wires_are_no_wires) {
  const auto c = full_matrix(24, 10);
  const auto perfect = wired("resistor", {"array.row_resistance=0", "array.column_resistance=0",
                                          "array.driver_resistance=0", "array.sense_resistance=0"});
  tiled_projection with{c, perfect, 1, 0, 0}, without{c, wired("resistor", {"wires=ideal"}), 1, 0, 0};
  EXPECT_EQ(read(with, rows), read(without, rows));
  EXPECT_EQ(with.counts().cell_energy_pj, without.counts().cell_energy_pj);
}

TEST(tile_wires, every_resistance_lowers_what_arrives) {
  const auto c = full_matrix(24, 10);
  const auto received = [&](const std::vector<std::string>& changes) {
    tiled_projection tiles{c, wired("resistor", changes), 1, 0, 0};
    return std::abs(tiles.weight(0, 0));
  };
  const double usual = received({});
  EXPECT_LT(usual, on);
  for (const char* key : {"row", "column", "driver", "sense"})
    EXPECT_LT(received({std::string{"array."} + key + "_resistance=1kohm"}), 0.99 * usual) << key;
}

TEST(tile_wires, noise_falls_with_the_current) {
  const auto c = full_matrix(24, 10);
  const auto sd = [&](const std::string& access) {
    tiled_projection tiles{c, wired(access, {"device.read_noise=0.05", "array.row_resistance=50"}), 1, 0, 0};
    double sum = 0, squares = 0;
    const int n = 4000;
    for (int t = 0; t < n; ++t) {
      std::vector<std::int32_t> input(10);
      tiles.read(rows, t, input);
      sum += input[9];
      squares += double{1} * input[9] * input[9];
    }
    return std::sqrt(squares / n - sum / n * (sum / n));
  };
  EXPECT_LT(sd("resistor"), sd("transistor"));
  EXPECT_GT(sd("resistor"), 0.5 * sd("transistor"));
}

/// Weights of either sign on three slices of two bits, and as an offset on one cell, and both.
const std::vector<std::vector<std::string>> cuts{
    {"array.slices=3", "device.bits_per_slice=2", "array.columns=60"},
    {"array.signs=offset", "array.columns=11"},
    {"array.slices=2", "device.bits_per_slice=3", "array.signs=offset", "array.columns=22"}};

TEST(tile_wires, of_nearly_no_resistance_are_no_wires_for_slices_and_offsets) {
  const auto c = full_matrix(24, 10);
  for (auto cut : cuts)
    for (const char* access : {"resistor", "transistor"}) {
      const auto ignored = [&] {
        auto more = cut;
        more.push_back("array.wires=ignored");
        return tiled_projection{c, wired(access, more), 1, 0, 0};
      };
      cut.insert(cut.end(), {"array.row_resistance=1e-6", "array.column_resistance=1e-6",
                             "array.driver_resistance=1e-6", "array.sense_resistance=1e-6"});
      tiled_projection with{c, wired(access, cut), 1, 0, 0}, without = ignored();
      const auto a = read(with, rows), b = read(without, rows);
      for (std::size_t j = 0; j < 10; ++j) EXPECT_NEAR(a[j], b[j], 1e-5 * on) << cut[0] << " " << access << " " << j;
      EXPECT_NEAR(with.counts().cell_energy_pj / without.counts().cell_energy_pj, 1, 1e-5) << cut[0];
    }
}

TEST(tile_wires, slices_lie_side_by_side_in_one_array) {
  // By hand: slice by slice, plus and minus cell of every digit in turn, significance 1, 4 and 16 of 63.
  const auto c = full_matrix(24, 10);
  const double unit = on / 63.0, step = (g_on - g_off) / 3;
  std::vector<double> g(24 * 60, g_off), volts(24);
  for (std::size_t s = 0; s < c.code.size(); ++s) {
    const auto number = std::llround(std::abs(c.code[s]) / unit);
    for (int slice = 0; slice < 3; ++slice) {
      const std::size_t at = s / 10 * 60 + static_cast<std::size_t>(slice) * 20 + 2 * (s % 10) + (c.code[s] < 0);
      g[at] = g_off + static_cast<double>(number >> 2 * slice & 3) * step;
    }
  }
  for (const auto r : rows) volts[r] = 1;
  const auto solved = resistive_array{24, 60, g, wires}.solve(volts).currents;
  tiled_projection tiles{c, wired("resistor", cuts[0]), 1, 0, 0};
  const auto input = read(tiles, rows);
  for (std::size_t j = 0; j < 10; ++j) {
    double sum = 0;
    for (std::size_t slice = 0; slice < 3; ++slice)
      sum += (solved[slice * 20 + 2 * j] - solved[slice * 20 + 2 * j + 1]) *
             std::ldexp(unit, 2 * static_cast<int>(slice)) / step;
    EXPECT_NEAR(input[j], sum, 1e-6 * on) << j;
  }
}

TEST(tile_wires, the_subtracted_column_lies_beside_the_others) {
  const auto c = full_matrix(24, 10);
  const double middle = (g_on + g_off) / 2;
  std::vector<double> g(24 * 11, middle), volts(24);
  for (std::size_t s = 0; s < c.code.size(); ++s)
    g[s / 10 * 11 + s % 10] = middle + (g_on - g_off) / 2 * c.code[s] / double{on};
  for (const auto r : rows) volts[r] = 1;
  const auto solved = resistive_array{24, 11, g, wires}.solve(volts);
  tiled_projection tiles{c, wired("resistor", cuts[1]), 1, 0, 0};
  const auto input = read(tiles, rows);
  for (std::size_t j = 0; j < 10; ++j)
    EXPECT_NEAR(input[j], (solved.currents[j] - solved.currents[10]) * 2 * on / (g_on - g_off), 1e-6 * on) << j;
}

TEST(tile_wires, read_the_same_with_and_without_transistors_where_all_rows_are_pulsed) {
  const auto c = full_matrix(24, 10);
  std::vector<std::uint32_t> all(24);
  for (std::uint32_t r = 0; r < 24; ++r) all[r] = r;
  for (const auto& cut : cuts) {
    tiled_projection alone{c, wired("resistor", cut), 1, 0, 0}, gated{c, wired("transistor", cut), 1, 0, 0};
    const auto a = read(alone, all), b = read(gated, all);
    for (std::size_t j = 0; j < 10; ++j) EXPECT_NEAR(a[j], b[j], 2e-5 * 24 * on) << cut[0] << " " << j;
  }
}

TEST(tile_wires, of_another_temperature_resist_by_the_law_of_metal) {
  const auto c = full_matrix(20, 8);
  for (const char* access : {"resistor", "transistor"})
    for (const double kelvin : {233.0, 300.0, 358.0}) {
      const double factor = 1 + 0.00451 * (kelvin - 300);
      tiled_projection tiles{c, wired(access, {fmt::format("array.temperature={} K", kelvin)}), 1, 0, 0};
      tiled_projection stated{c,
                              wired(access, {fmt::format("array.row_resistance={:.17g}", 5 * factor),
                                             fmt::format("array.column_resistance={:.17g}", 7 * factor)}),
                              1, 0, 0},
          cool{c, wired(access), 1, 0, 0};
      EXPECT_EQ(read(tiles, {0, 3, 7}), read(stated, {0, 3, 7})) << access << ", " << kelvin << " K";
      EXPECT_EQ(read(tiles, {0, 3, 7}) == read(cool, {0, 3, 7}), kelvin == 300) << access << ", " << kelvin << " K";
    }
}

/// One cell: lines of 50 ohm each at 300 K, and ends that do not feel the temperature.
TEST(tile_wires, of_one_warm_cell_follow_ohms_law) {
  const connectivity c{.sources = 1, .targets = 1, .delays = {1}, .offsets = {0, 1}, .target = {0}, .code = {on}};
  for (const double kelvin : {250.0, 300.0, 400.0}) {
    tiled_projection tiles{
        c,
        wired("resistor", {"device.g_min=0", "device.pristine=0", "array.row_resistance=50",
                           "array.column_resistance=50", "array.driver_resistance=1000", "array.sense_resistance=500",
                           fmt::format("array.temperature={}", kelvin)}),
        1, 0, 0};
    const double lines = 100 * (1 + 0.00451 * (kelvin - 300)), cell = 1e6 / g_on;
    EXPECT_NEAR(read(tiles, {0}).front(), on * cell / (cell + 1500 + lines), 2) << kelvin << " K";
  }
}

TEST(tile_wires, of_a_temperature_without_a_law_are_refused) {
  EXPECT_THROW(wired("resistor", {"array.temperature=25"}), spinule_error);
  EXPECT_THROW(wired("resistor", {"array.temperature=800 K"}), spinule_error);
}

/// pJ that the sources give in one pulse, all tiles of 24 rows and 10 pairs solved by themselves: row r of the whole
/// gets share(r) of the read voltage.
double given(const connectivity& c, const hardware& hw, const std::function<double(std::uint32_t)>& share) {
  const auto g = cells_of(c);
  double microwatts = 0;  // for 1 V
  for (std::uint32_t first = 0; first < c.sources; first += 24)
    for (std::uint32_t pair = 0; pair < c.targets; pair += 10) {
      const std::uint32_t rows_here = std::min(24u, c.sources - first), pairs = std::min(10u, c.targets - pair);
      std::vector<double> cells, volts;
      for (std::uint32_t r = first; r < first + rows_here; ++r) {
        const auto row = g.begin() + 2 * (std::ptrdiff_t{r} * c.targets + pair);
        cells.insert(cells.end(), row, row + 2 * std::ptrdiff_t{pairs});
        volts.push_back(share(r));
      }
      const auto s = resistive_array{rows_here, 2 * std::size_t{pairs}, cells, wires}.solve(volts);
      for (std::size_t i = 0; i < volts.size(); ++i) microwatts += volts[i] * s.drawn[i];
    }
  const double v = hw.array.read_voltage.value;
  return v * v * microwatts * hw.array.read_time.value * 1e-3;
}

double energy(const connectivity& c, const hardware& hw, const std::vector<std::uint32_t>& active,
              const std::vector<float>& values = {}) {
  tiled_projection tiles{c, hw, 1, 0, 0};
  if (!values.empty()) tiles.carry_values(1);
  std::vector<std::int32_t> input(c.targets);
  tiles.read(active, values, 1, input);
  return tiles.counts().cell_energy_pj;
}

// Sources of several rows give less together than alone: each raises what the bit lines of the others are at.
TEST(tile_wires, several_rows_take_what_their_drivers_give_together) {
  const auto c = full_matrix(40, 25);  // two bands, three tiles in each
  const auto hw = wired("resistor");
  const std::vector<std::uint32_t> active{1, 4, 5, 17, 23, 24, 30, 39};
  const auto driven = [&](std::uint32_t r) { return std::ranges::find(active, r) != active.end() ? 1.0 : 0.0; };
  const double together = energy(c, hw, active);
  EXPECT_NEAR(together / given(c, hw, driven), 1, 1e-6);
  double alone = 0;
  for (const auto r : active) alone += energy(c, hw, {r});
  EXPECT_LT(together, 0.998 * alone);
  EXPECT_NEAR(energy(c, hw, {4, 4, 17}) / (energy(c, hw, {4, 17}) + energy(c, hw, {4})), 1, 1e-9) << "pulsed twice";
}

TEST(tile_wires, values_of_both_signs_take_what_drivers_give_together) {
  const auto c = full_matrix(24, 10);
  const auto hw = wired("resistor");
  const std::vector<std::uint32_t> active{1, 4, 5, 9, 17};
  const std::vector<float> values{1, -0.5f, 0.25f, 0.75f, 0};
  const auto share = [&](std::uint32_t r) {
    const auto at = std::ranges::find(active, r);
    return at == active.end() ? 0.0 : values[static_cast<std::size_t>(at - active.begin())];
  };
  EXPECT_NEAR(energy(c, hw, active, values) / given(c, hw, share), 1, 1e-6);
}

TEST(tile_wires, the_ledger_holds_what_sources_give) {
  const auto c = full_matrix(24, 10);
  network net{1};
  const auto in = net.add("in", replay{}, 24);
  const auto cells = net.add("cells", lif{.threshold = 1000_mV}, 10);
  std::vector<listed<millivolts>> all;
  for (index_t i = 0; i < 24; ++i)
    for (index_t t = 0; t < 10; ++t) all.push_back({i, t, c.code[i * 10 + t] / double{on} * 1_mV, 1_ms});
  net.connect(in, cells, all);
  const auto hw = wired("resistor");
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = hw}};
  recording events{.events = {}, .length = 5_ms};
  for (const auto r : rows) events.events.push_back({1000, r});
  sim.play(in, events);
  sim.run(5_ms);
  const cost_report costs = *sim.costs();
  double read_pj = 0;
  for (const auto& cost : costs.dynamic) read_pj += cost.component == "cell read" ? cost.energy_pj : 0;
  const auto driven = [](std::uint32_t r) { return std::ranges::find(rows, r) != rows.end() ? 1.0 : 0.0; };
  EXPECT_NEAR(read_pj / given(c, hw, driven), 1, 1e-6);
  EXPECT_THAT(costs.notes, testing::IsEmpty());
}

// Cells and wires so many decades apart are beyond conjugate gradients.
TEST(tile_wires, that_cannot_be_iterated_are_factorised_and_the_note_says_so) {
  const auto c = full_matrix(48, 40);
  const std::vector<std::string> hard{"device.g_min=1e-3",           "device.g_max=1e6", "array.row_resistance=1e6",
                                      "array.column_resistance=1e6", "array.rows=48",    "array.columns=80"};
  const auto said = testing::HasSubstr("projection: iterations for the resistance of its wires did not converge");
  const tiled_projection alone{c, wired("resistor", hard), 1, 0, 0};
  EXPECT_THAT(alone.note(),
              testing::AllOf(said, testing::HasSubstr("factorised instead, which is right but slow; rows of tiles: ")));
  tiled_projection gated{c, wired("transistor", hard), 1, 0, 0};
  EXPECT_EQ(gated.note(), "") << "nothing was read";
  std::vector<std::uint32_t> all(48);
  for (std::uint32_t r = 0; r < 48; ++r) all[r] = r;
  tiled_projection copy = gated;
  read(copy, all);
  EXPECT_THAT(gated.note(), testing::AllOf(said, testing::HasSubstr("reads of tiles: 1"))) << "of its copies too";
  for (const char* access : {"resistor", "transistor"}) {
    tiled_projection easy{c, wired(access), 1, 0, 0};
    read(easy, all);
    EXPECT_EQ(easy.note(), "");
  }
}

}  // namespace spinule::tile_wires_test
