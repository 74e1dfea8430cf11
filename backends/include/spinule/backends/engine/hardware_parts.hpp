// The parts of a piece of hardware: constants with their provenance, and a few choices.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace spinule {

struct hardware;

/// A number with where it comes from. Two published values of one thing often differ several times over, so no number
/// is ever shown without its source.
struct constant {
  double value = 0;    ///< in `unit`
  std::string unit;    ///< the one unit that this constant is held in, e.g. "pJ"
  std::string node;    ///< technology it holds for, e.g. "32 nm"
  std::string source;  ///< where it was published, or why it was assumed
  /// "measured", "post-layout", "SPICE", "fit", "design" (a published design decision), "assumption" or "user".
  std::string kind;
  std::optional<double> low, high;  ///< the band it lies in, where known; same unit
  std::string where;                ///< file and line it was read from
};

enum class hardware_kind { crossbar, digital };

/// How a cell gets its conductance. `write_verify`: any value of the window, with a residual error. `forming`: a cell
/// is broken down once, for good, and takes a conductance that nobody chose; a projection keeps its pattern and signs.
/// `pulses`: write-verify pulse by pulse, from the lowest state on; what is missed in the end is the residual error.
enum class programming_mode { write_verify, forming, pulses };

/// How cells carry out what a rule asks for, in steps of one pulse. `direct`: each change by as many pulses as it is
/// steps, rounded up or down at random so that the mean is right. `mixed_precision`: changes add up digitally, and
/// whole steps are taken from the sum as pulses (Nandakumar et al., Front. Neurosci. 14, 406, 2020).
enum class update_scheme { direct, mixed_precision };

/// What a cell without a weight is: never written (`pristine`: no error, no pulse) or `programmed` to g_min.
enum class unused_cells { pristine, programmed };

/// `power`: G (t / t0)^-nu, where nu may depend on G. `logarithmic`: G + mean ln t + (sd + growth ln t) xi, t in s.
enum class drift_law { none, power, logarithmic };

/// `global`: before samples are shown, all rows of a projection are pulsed once, and what comes of later reads is
/// multiplied by the current that came when the arrays were written over the one that comes now.
enum class drift_compensation { none, global };

/// How a weight of either sign sits on cells. `differential`: on the two cells of a pair. `offset`: on one cell, which
/// rests in the middle of the window; a column of resting cells, one to a tile, is subtracted from all others.
enum class sign_storage { differential, offset };

/// How a row carries a value. `amplitude`: one pulse of a scaled voltage. `bit_serial`: one pulse of the whole voltage
/// for each bit that is set, read and converted bit by bit. `pulse_width`: as many pulses of the whole voltage as the
/// code says, one conversion. `single_spike`: one pulse, whose moment within as many is the value; one conversion.
enum class value_input { amplitude, bit_serial, pulse_width, single_spike };

/// Circuit of a converter: how it takes its time and its ground where `adc.model` is not `growth`, for b bits:
/// `sar` b + 1 steps; `ramp` 2^b steps, all columns of a tile at once; `flash` one step, 2^b - 1 comparators;
/// `sense_amplifier` one comparison: full scale from half of it on, else 0; `integrate_and_fire` a pulse for each step
/// that has been integrated, all columns at once, as long as the largest takes.
enum class converter_circuit { sar, ramp, flash, sense_amplifier, integrate_and_fire };

/// What a conversion takes. `growth`: constants at a reference resolution times factors per bit. `circuit`: constants
/// at the reference times the steps of the circuit. `survey`: a fit of published converters. `walden`: a figure of
/// merit times 2^bits. `neurosim`: NeuroSim's successive approximation, which depends on the resistance of the column.
enum class conversion_model { growth, circuit, survey, walden, neurosim };

/// `none` hands on the exact column sum (and is costed as a converter of the reference resolution).
enum class converter_kind { none, linear };

/// Full scale of the converter: a number of fully-on cells, all rows fully on, what a column is expected to sum, or
/// what columns summed in sample recordings (see `measure_ranges`).
enum class converter_range { cells, rows, expected, data };

/// Whether the resistance of wires, drivers and sense amplifiers of an array counts. `exact`: Kirchhoff's laws are
/// solved for every tile when it is written, or for every read where cells have transistors.
enum class wire_model { ignored, exact };

/// What is at a crossing. `resistor`: a cell alone; rows that are not read are held at 0 V and stay connected.
/// `transistor`: one in series, gated by the row; only the rows that are read are connected.
enum class cell_access { resistor, transistor };

/// The resistive cell. Used by crossbars.
struct device_constants {
  programming_mode programming = programming_mode::write_verify;
  unused_cells unused = unused_cells::programmed;
  drift_law drift = drift_law::none;
  drift_compensation compensation = drift_compensation::none;
  constant g_min, g_max;                                     // uS
  constant pristine;                                         // uS, of a cell that was never formed
  constant levels;                                           // equally spaced from g_min to g_max; 0: any value between
  constant error_0, error_1, error_2, error_3, error_4;      // sd of the residual error: error_0 + error_1 G + ... (uS)
  constant read_noise;                                       // sd of one read over G
  constant flicker, flicker_exponent, flicker_start;         // -, -, s: noise that grows with the age of the array
  constant stuck_on, stuck_off;                              // fractions of all cells
  constant drift_nu, drift_nu_sd, drift_start;               // -, -, s
  constant drift_nu_slope, drift_nu_least, drift_nu_most;    // of the mean of nu, per ln(G / g_max), and its bounds
  constant drift_nu_sd_slope;                                // of the sd of nu
  constant drift_nu_sd_least, drift_nu_sd_most;              // its bounds
  constant relaxation, relaxation_sd, relaxation_sd_growth;  // uS per ln s, uS, uS per ln s
  constant age;                                              // s since the array was programmed
  constant write_pulses, write_energy, write_time;           // per written cell; pJ and ns per pulse
  constant breakdown, breakdown_sd;                          // V
  constant formed, formed_sd;                                // uS
  constant forming_voltage;                                  // V on every cell when a whole array is formed at random
  constant forming_start, forming_step;                      // V, the sweep that forms one chosen cell
  constant bits_per_slice;                                   // of a weight that is cut into slices
  constant telegraph_cells;                                  // fraction of cells with a trap
  constant telegraph_shortest, telegraph_longest;            // s, dwell times of a trap are log-uniform between
  constant telegraph_amplitude, telegraph_spread;            // median of |dG| / G, sd of its logarithm
};

/// Numbers of a `pulse_response`, and when write-verify ends. What a file leaves out is that of `device.pulses`.
struct pulse_constants {
  std::size_t response = 1;  ///< what a pulse does to a cell: the place among `pulse_responses()`
  constant step, step_sd, lognormal, up_down, up_down_sd, cycle_sd;
  constant highest, highest_sd, lowest, lowest_sd;
  constant slope_up, slope_down;
  constant amplitude_up, amplitude_down, rate_up, rate_down, scale, offset;
  constant write_noise, corrupt;
  constant tolerance, most_pulses, verify_noise;  // states, pulses of a cell, sd of a read
  constant window;                                // share of g_min to g_max that the largest weight takes
};

/// Learning on the arrays. What a file leaves out is usual.
struct update_constants {
  update_scheme scheme = update_scheme::direct;
  constant threshold;  // steps that add up before the sum is turned into pulses; mixed_precision
  constant refresh;    // share of the window: see `plastic_tiles`
};

/// One array (tile) and the pulse that reads it. A differential pair takes two columns.
struct array_constants {
  constant rows, columns;
  constant read_voltage, read_time, settle_time;  // V, ns, ns
  wire_model wires = wire_model::ignored;
  cell_access access = cell_access::transistor;
  constant row_resistance, column_resistance;    // ohm of a line from one cell to the next
  constant driver_resistance, sense_resistance;  // ohm at the ends of rows and of columns
  /// K; the resistance of lines is that at 300 K times 1 + 0.00451 (T - 300 K) (NeuroSim). Nothing else depends on it.
  constant temperature;
  sign_storage signs = sign_storage::differential;
  constant slices;               // cells, of each sign, that a weight is cut over
  constant feature, cell_pitch;  // nm; sides of a cell in features
};

/// Word-line driver, one per row and tile.
struct driver_constants {
  constant energy, time;  // pJ per driven row, ns
  constant area;          // um^2 per row
};

/// Converter in front of a row that carries a value: it is rounded to 2^bits - 1 symmetric steps of the largest value
/// that the source says it can have and scales the read voltage. A spike is a pulse of the driver alone.
struct dac_constants {
  constant bits;          // 0: any value
  constant energy, time;  // pJ per row and tile, ns, beyond those of the driver
  value_input scheme = value_input::amplitude;
  constant area;  // um^2 per row
};

/// Converter behind the pair: the currents of its two columns are subtracted before conversion.
struct adc_constants {
  converter_kind converter = converter_kind::none;
  converter_range range = converter_range::expected;
  bool clips = true;  // beyond full scale; if not, codes go on as far as a sum does
  constant bits;
  constant range_cells;                         // full scale in fully-on cells, for range = "cells"
  constant expected_activity, expected_sigmas;  // for range = "expected"
  constant range_share;   // for range = "data": of the sums that are not 0, those within full scale
  constant energy, time;  // pJ and ns per conversion at the reference resolution
  constant reference_bits;
  constant energy_growth, time_growth;  // factor per bit above the reference
  constant columns_per_adc;             // pairs that share a converter, one after the other
  converter_circuit circuit = converter_circuit::sar;
  conversion_model model = conversion_model::growth;
  constant node;               // nm, for models that need it
  constant figure_of_merit;    // pJ per step, for model = "walden"
  constant area, area_growth;  // um^2 at the reference resolution, factor per bit above it
};

/// Digital addition of the partial sums of tiles.
struct accumulator_constants {
  constant energy, time;  // pJ, ns per addition
  constant area;          // um^2 per converter
};

/// Neuron circuits. `inactive` is a neuron that got no input in a tick.
struct neuron_constants {
  constant active_energy, inactive_energy, spike_energy;  // pJ
  constant active_time, inactive_time, spike_time;        // ns
  constant per_circuit;                                   // crossbar: neurons that share a circuit, one after the other
  constant area;                                          // crossbar: um^2 per circuit
};

/// Which unit (array, core) is on which node. `order`: one after the other, row by row. `greedy`: units that exchange
/// the most spikes side by side, one at a time. `partition`: the graph of units is cut into nodes, and nodes are
/// arranged, so that spikes cross few links.
enum class mesh_placement { order, greedy, partition };

/// Spikes of each neuron of a population, as counted in a run (`simulation::counts`).
struct measured_spikes {
  std::string population;
  std::vector<double> of_neuron;
};

/// How long a tick takes. `simple`: the slowest of each stage, one stage after the other. `sum`: everything after
/// everything. `event_queue`: every message travels through the buffers of its nodes and waits where one is full, every
/// core works off what comes. `detailed`: how long a message takes is estimated from those under way on its links.
enum class latency_model { simple, sum, event_queue, detailed };

/// When the next tick begins. `barrier`: when all are done. `asynchronous`: for each core when it is done.
enum class tick_barrier { barrier, asynchronous };

/// Network on chip: nodes on a square grid, XY routing.
struct mesh_constants {
  mesh_placement placement = mesh_placement::order;
  latency_model latency = latency_model::simple;
  tick_barrier sync = tick_barrier::barrier;
  constant nodes;                       // of the whole mesh; 0: as many as it takes
  constant buffer;                      // messages that wait at a node for each link
  constant area;                        // crossbar: um^2 per node
  constant per_node;                    // crossbar: arrays, digital: cores of one node
  constant packet_energy, packet_time;  // pJ, ns to put one spike into one node
  constant hop_x_energy, hop_x_time;    // pJ, ns per link, east and west
  constant hop_y_energy, hop_y_time;    // pJ, ns per link, north and south
};

/// Power drawn whether or not anything happens.
struct standing_constants {
  constant array_power, node_power;  // uW per placed array and mesh node; crossbar
  constant chip_power;               // uW per chip; digital
};

struct tick_constants {
  constant minimum;  // ns, hardware that cannot tick faster
};

/// Digital neuromorphic core.
struct synapse_constants {
  constant energy, time, cycles;  // pJ, ns, clock cycles per synaptic operation; the two times add up
};
struct message_constants {
  constant out_energy, out_time, in_energy, in_time;  // per spike and destination core
};
struct capacity_constants {
  constant core_neurons, chip_neurons, chip_synapses;
  constant chip_area;  // um^2
};
struct sync_constants {
  constant time, per_doubling, maximum;  // ns: time + per_doubling log2(nodes), at most maximum
};
struct clock_constants {
  constant frequency, power;  // MHz, uW/MHz
};

/// The artificial network beside which a spiking one is reported: pJ of an operation at the resolution of `bits`.
struct quantised_constants {
  constant bits;                  // of weights and values
  constant multiply, add, fetch;  // pJ, of 8 bits; addition in 32 bits; reading 8 bits of a weight
};

/// A constant of a preset under the name that files and options use, e.g. "adc.energy".
struct named_constant {
  std::string key;
  constant value;
};

/// A choice of a preset, e.g. "adc.range" = "expected".
struct named_choice {
  std::string key, value;
  std::vector<std::string> allowed;
};

/// Every constant and choice that the kind of `hw` has, in the order of the documentation.
std::vector<named_constant> constants_of(const hardware& hw);
std::vector<named_choice> choices_of(const hardware& hw);

/// Whether a constant takes whole numbers only.
bool takes_whole_numbers(const std::string& key);

/// What an override of a constant with this text makes of it, in its unit: "5%" of "device.read_noise" is 0.05. Throws
/// `spinule_error{where, ...}` as `override_hardware` does; how it relates to other constants is not looked at.
double amount_of(const hardware& hw, const std::string& key, const std::string& text, const std::string& where);

}  // namespace spinule
