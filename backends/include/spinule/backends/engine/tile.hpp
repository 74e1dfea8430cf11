// One projection on resistive arrays: cut into tiles, programmed, read by spikes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <spinule/backends/hardware.hpp>
#include <spinule/engine/connectivity.hpp>
#include <spinule/time.hpp>

namespace spinule {

struct programmed_tiles;
class sum_record;
class telegraph_queue;

/// What one read did, or the sum over many. Everything but the cell energy is a whole number, so that costs do not
/// depend on the order in which they are added up.
struct tile_activity {
  std::uint64_t lines = 0;            ///< word lines pulsed
  std::uint64_t rows_driven = 0;      ///< one per line and tile it crosses
  std::uint64_t row_conversions = 0;  ///< of these, values that a converter turned into a voltage
  std::uint64_t cells_read = 0;
  std::uint64_t tiles_read = 0;
  std::uint64_t conversions = 0;  ///< every used pair of a tile that is read
  std::uint64_t clipped = 0;      ///< of these, beyond full scale
  std::uint64_t additions = 0;    ///< of a tile's result into the target's input
  std::uint64_t codes = 0;        ///< magnitudes of all converted sums, in steps of the converter
  std::uint64_t packets = 0;      ///< one per line and mesh node it goes to
  std::uint64_t hops_x = 0, hops_y = 0;
  double cell_energy_pj = 0;  ///< V^2 t sum of G over the driven rows
  // Maxima, over one tick or over many:
  std::uint32_t phases = 0;            ///< most pulses on one line: a line pulsed twice needs two read pulses
  std::uint32_t bands = 0;             ///< tiles that add into one target, one after the other
  std::uint32_t widest = 0;            ///< most sums converted in one tile for one pulse
  std::uint32_t rounds = 0;            ///< conversions of one sum: one, or one for each bit that comes by itself
  std::uint32_t longest_code = 0;      ///< largest magnitude of a converted sum, in steps of the converter
  std::uint32_t far_x = 0, far_y = 0;  ///< links to the farthest node reached

  /// Adds the sums, takes the larger maxima.
  tile_activity& operator+=(const tile_activity& other);
};

/// How the spikes of the lines of one band of tiles travel.
struct band_route {
  std::uint32_t packets = 0;             ///< mesh nodes that hold tiles of this band
  std::uint32_t hops_x = 0, hops_y = 0;  ///< links to all of them
  std::uint32_t far_x = 0, far_y = 0;    ///< links to the farthest
};

/// Writing the arrays, once. Never part of what a sample costs.
struct programming_ledger {
  std::uint64_t cells = 0;  ///< cells written
  std::uint64_t pulses = 0;
  double energy_pj = 0;
  double time_ns = 0;  ///< one row of a tile at a time, tiles in parallel
};

/// Columns that some weight reaches in one read, of bands whose converters have the same step.
struct reached_columns {
  std::size_t size = 0;
  std::vector<index_t> targets;
  std::vector<float> sums, variances;    ///< quanta, quanta^2
  std::uint32_t read = 0;                ///< number of the first of these tiles, for the noise
  double step = 0, scale = 1;            ///< of the converter, and of its full scale
  std::vector<std::uint16_t> named;      ///< scratch: columns of one band
  std::vector<std::uint64_t> of_column;  ///< scratch: sum and variance of every column of it; 0 between reads
};

/// One projection as tiles of differential pairs.
///
/// *Cut.* A line (source, delay) with at least one synapse takes a row; rows are cut into *bands* of `array.rows`,
/// targets into groups of `array.columns` / 2 pairs. A tile without synapses is not placed and takes no memory. A line
/// that spikes drives its row in every placed tile of its band.
///
/// *Weights.* w -> G+ - G-, one scale per projection: the largest |code| is g_max - rest, where rest is the conductance
/// of a cell without weight. Targets below g_min are programmed to g_min. With `device.programming = forming` a cell is
/// formed or left pristine: pattern and sign survive, and the mean |code| is formed - pristine (`note()` says so if the
/// projection had more than one magnitude).
///
/// *Read.* Each band with active rows sums its rows per pair in the analogue domain; read noise is added in
/// second-moment form (sum of r^2 (G+^2 + G-^2) over the pulsed cells: the exact law of independent Gaussian cell
/// noise); the converter rounds to 2^bits - 1 symmetric steps of full scale and clips; the result is rounded to whole
/// quanta and added to the targets, saturating at 32 bits. If the device is exact and the converter absent or finer
/// than a quantum, exactly the integer sums of the codes arrive.
///
/// *Values.* A row may be driven with an amplitude instead of a spike (`carry_values`): its converter rounds it to
/// 2^bits - 1 symmetric steps of the largest amplitude, which stands for the whole read voltage, and the row brings its
/// cells times the amplitude. Noise and current scale with the voltage, so the energy of its cells with its square.
///
/// Where `dac.scheme` is another than `amplitude`, a row gets pulses of the whole voltage: one for each bit that is
/// set, read and converted bit by bit; as many as the code says; or one, whose moment is the value. The sum is the
/// same, what it takes is not.
///
/// *Telegraph noise.* Traps that keep their state for longer than a tick toggle one by one, between reads; the others
/// are white noise of the same mean and variance. States are drawn anew for each presentation.
///
/// *Slices.* With `array.slices` s > 1 the magnitude of a weight is a whole number of s digits of
/// `device.bits_per_slice`, each on a pair of its own; every slice is read and converted by itself, and results are
/// shifted and added. With `array.signs = offset` a weight takes one cell, and a column of cells in the middle of their
/// window, one to a tile and slice, is subtracted before the converter.
///
/// *Randomness.* Cells draw from `purpose::device` by (seed, chip, projection, cell), where a cell is named by line,
/// target and side: neither the cut into tiles nor the thread count changes the chip. Reads draw from
/// `purpose::read_noise` by (seed, chip, projection, presentation, tick, tile). Where a converter cannot tell the noise
/// of pairs without weight from 0, only the columns draw that some weight reaches, of all tiles from one stream.
///
/// Copies share the programmed arrays (never changed) and have their own counters and scratch: one copy per thread.
class tiled_projection {
 public:
  /// Programs a chip that is read in ticks of `tick_s`, s (traps toggle in seconds). Throws `spinule_error{name, ...}`
  /// when the arrays would take more than 8 GiB.
  tiled_projection(const connectivity& synapses, const hardware& hw, std::uint64_t seed, std::uint32_t chip,
                   std::uint32_t projection, const std::string& name = "projection", double tick_s = 1e-3);

  /// Frozen random weights: every cell of a lines x targets array gets one pulse of `device.forming_voltage`, and what
  /// breaks down is the weight: `gain` (quanta per uS) times G+ - G-.
  static tiled_projection random_forming(std::size_t lines, index_t targets, double gain, const hardware& hw,
                                         std::uint64_t seed, std::uint32_t chip, std::uint32_t projection,
                                         const std::string& name = "projection", double tick_s = 1e-3);

  /// Arrays that learning writes: cut, scale and converter are those of the largest weights that there may be, each
  /// with its synapse's place, and the cells of all synapses are at 0 uS until somebody writes them by `own()`.
  static tiled_projection blank(const connectivity& largest, const hardware& hw, std::uint64_t seed, std::uint32_t chip,
                                std::uint32_t projection, const std::string& name = "projection");
  /// The arrays, to be changed: from then on no copy made before shares them.
  programmed_tiles& own();

  /// One read at tick t: adds the answer of all active lines to `input` ([targets], quanta of the target port).
  /// `active` holds line numbers, ascending; a line that is there twice is pulsed twice. Returns what it took.
  tile_activity read(std::span<const std::uint32_t> active, moment t, std::span<std::int32_t> input) {
    return read(active, {}, t, input);
  }
  /// The same with an amplitude for each line; none where they are spikes.
  tile_activity read(std::span<const std::uint32_t> active, std::span<const float> amplitudes, moment t,
                     std::span<std::int32_t> input);
  /// Call once before the first read with amplitudes, of which none is larger in magnitude. Scales the converter.
  void carry_values(double largest);

  /// The recording shown next: read noise differs from one presentation to the next, although ticks restart.
  void present(std::uint64_t presentation);

  const tile_activity& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }

  /// Full scale of the converter in quanta, the same for all tiles.
  double full_scale() const { return full_scale_; }
  /// Throws `spinule_error` where it is not more than 0.
  void full_scale(double quanta);
  /// From now on reads, of copies too, record their column sums before noise and conversion, in quanta; null: no more.
  void observe(std::shared_ptr<sum_record> sums) { sums_seen_ = std::move(sums); }

  /// How spikes reach the tiles, one entry per band (see `cost_meter::routes`). Without it packets and hops stay 0.
  void route(std::span<const band_route> routes);

  std::size_t lines() const;
  index_t targets() const;
  std::uint32_t tiles() const;
  /// Where a tile lies: its rows are these lines, its pairs the targets from `first_target` on. Throws `spinule_error`
  /// for a number that is none.
  struct placement {
    std::span<const std::uint32_t> lines;
    index_t first_target = 0;
    std::uint32_t pairs = 0;
  };
  placement tile(std::uint32_t which) const;
  /// [rows * columns] uS of a tile as written, slices side by side, in each the plus and the minus cell of every pair
  /// in turn, or with an offset all cells and then the one that is subtracted; empty where wires are ignored or have
  /// had their say already.
  std::vector<double> conductances(std::uint32_t which) const;
  /// Placed tiles of each band, in the order of their numbers.
  std::vector<std::uint32_t> band_tiles() const;
  /// Rows in use of each band.
  std::vector<std::uint32_t> band_rows() const;
  /// Lines that the last read drove in each band; empty before `route`.
  std::span<const std::uint32_t> band_lines() const { return band_lines_; }
  const programming_ledger& programming() const;
  /// What the hardware cannot represent of this projection, and what was hard to solve of its wires, in its reads so
  /// far too; empty if nothing.
  std::string note() const;
  /// The weight that the cells hold, in quanta, without read noise and conversion.
  double weight(std::size_t line, index_t target) const;
  double quanta_per_us() const;

 private:
  explicit tiled_projection(std::shared_ptr<const programmed_tiles> tiles);
  template <class Cell>
  tile_activity read_with(const std::vector<Cell>& cells, std::vector<Cell>& sums,
                          std::span<const std::uint32_t> active, std::span<const float> amplitudes, moment t,
                          std::span<std::int32_t> input);
  float driven(float amplitude) const;
  void count_rows(std::uint32_t first, std::size_t tiles, tile_activity& now) const;
  template <class Cell>
  void read_band(std::uint32_t b, const std::vector<Cell>& cells, std::vector<Cell>& sums, moment t,
                 std::span<std::int32_t> input, tile_activity& now);
  void draw_noise(std::uint32_t read, std::uint32_t columns, moment t);
  /// Values that come bit by bit: into round_ the part of amplitudes_ that comes in this round.
  void take_round(std::uint32_t round);
  double pulses_for(float amplitude) const;
  std::uint32_t window() const;
  std::uint32_t rounds() const;
  /// One pulse on the active rows of a band, in one slice of its weights.
  struct array_pulse;
  template <class Cell>
  void pulse(const array_pulse& p, const Cell* cells, std::vector<Cell>& sums, moment t, std::span<std::int32_t> input,
             tile_activity& now);
  void convert_reached(moment t, std::span<std::int32_t> input, tile_activity& now);

  std::shared_ptr<const programmed_tiles> tiles_;
  double full_scale_ = 0, step_ = 0;
  std::uint64_t noise_key_ = 0;
  std::shared_ptr<sum_record> sums_seen_;
  tile_activity counts_;
  std::vector<band_route> routes_;
  std::vector<std::uint32_t> band_lines_;
  std::shared_ptr<telegraph_queue> traps_;  // of this copy; null where cells have none
  std::vector<float> trapped_;              // `analogue` as traps are now
  double largest_amplitude_ = 1, dac_step_ = 0, dac_top_ = 0;
  std::vector<std::uint32_t> rows_;          // active rows of the band being read
  std::vector<float> amplitudes_, squares_;  // of rows_; empty where they are spikes
  std::vector<float> round_;                 // of rows_, the part of the amplitudes that comes in one round
  std::vector<std::int32_t> whole_sums_;
  std::vector<float> sums_, moments_, normals_;
  reached_columns reached_;
};

}  // namespace spinule
