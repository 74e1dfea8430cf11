// Exact gradients of spiking networks in continuous time: EventProp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace spinule::learning {

/// A spike of an input or of a neuron. Units as in `event_prop_network`.
struct event_prop_spike {
  double time = 0;
  std::uint32_t unit = 0;
  double current = 0;  ///< I of the neuron when it fired, above the threshold; `backward` needs it. Unused for inputs.
};

struct event_prop_synapse {
  std::uint32_t source = 0, target = 0;
  double weight = 0;
  double delay = 0;  ///< >= 0, in the unit of time
};

/// What a presentation left: spikes alone, no trajectories.
struct event_prop_run {
  std::vector<event_prop_spike> inputs;  ///< by time, then unit
  std::vector<event_prop_spike> spikes;  ///< of the neurons, by time, then unit
  std::vector<double> readouts;          ///< [readouts]
  double duration = 0;
};

/// Derivatives of a loss, to be sent back.
struct event_prop_losses {
  std::vector<double> spike_times = {};  ///< dL/dt of each of `event_prop_run::spikes`; empty: all 0
  std::vector<double> readouts = {};     ///< [readouts], dL/d(readout); empty: all 0
  /// The regulariser of Nowotny, Turner & Knight (2022): every spike of a neuron that fired n times lowers its adjoint
  /// lambda_V by strength (n - target), so that its weights shrink where n is too large. The number of spikes has no
  /// derivative; this is the exact one of strength (n - target) tau_m V at those fixed times instead.
  double count_strength = 0, count_target = 0;
};

/// In the order of `event_prop_network::synapses`.
struct event_prop_gradients {
  std::vector<double> weights, delays;
};

/// Leaky integrate-and-fire neurons with exponential currents, wired at will, and leaky integrators that read them:
///
///     tau_m dV/dt = -V + I,   tau_s dI/dt = -I,   a spike of the source at t adds the weight to I at t + delay,
///     V above the threshold: a spike, V := 0;     readout_k = integral from 0 to the end of exp(-t / tau_loss) V_k dt
///
/// All is 0 at time 0. Units are numbered through: inputs, then neurons, then readouts. Any unit of time will do, if it
/// is the same everywhere. Between events the solution is known in closed form, so spike times are exact to rounding,
/// and so are the gradients of anything that depends on spike times and readouts, by the adjoint equations of
/// Wunderlich & Pehle, Sci. Rep. 11 (2021), with delays as in Meszaros, Knight & Nowotny, Nat. Commun. (2025). They
/// hold while no spike appears or vanishes: losses jump there, and gradients do not see it.
struct event_prop_network {
  std::uint32_t inputs = 0, neurons = 0, readouts = 0;
  double tau_m = 20, tau_s = 5;
  double threshold = 1;
  double readout_tau_m = 20;                                  ///< readouts have the same tau_s
  double tau_loss = std::numeric_limits<double>::infinity();  ///< positive; infinity: the plain integral of V
  std::vector<event_prop_synapse> synapses = {};              ///< from inputs and neurons to neurons and readouts

  /// Runs the network over `duration`. Input spikes may come in any order and together. An arrival at the very time of
  /// a spike of its target counts as later. Memory: spikes and synapses. Throws `spinule_error` for units that do not
  /// exist, numbers out of range, input spikes outside of the run, and more than `most_spikes` spikes.
  event_prop_run forward(std::span<const event_prop_spike> input_spikes, double duration,
                         std::size_t most_spikes = 10'000'000) const;
  /// Gradients for the run of this network, unchanged. Memory as above. Throws `spinule_error` for sizes that do not
  /// fit.
  event_prop_gradients backward(const event_prop_run& run, const event_prop_losses& losses) const;
};

/// -ln of the softmax of scores at `label`, and its derivatives [scores].
struct cross_entropy_loss {
  double loss = 0;
  std::vector<double> gradient;
};
/// Throws `spinule_error` for a label that no score has.
cross_entropy_loss cross_entropy(std::span<const double> scores, std::size_t label);

}  // namespace spinule::learning
