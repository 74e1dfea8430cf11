// The synapses of a projection, one row at a time, as its rule and its laws draw them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <spinule/network.hpp>

namespace spinule {

/// The synapses of one neuron, in the order of drawing.
struct drawn_row {
  std::span<const index_t> partners;  ///< targets of a source, or sources of a target; may repeat
  std::span<const double> weights;    ///< one per partner, or a single one for all; in the unit of the target port
  std::span<const ticks> delays;      ///< one per partner, or a single one for all

  double weight(std::size_t i) const { return weights[weights.size() == 1 ? 0 : i]; }
  ticks delay(std::size_t i) const { return delays[delays.size() == 1 ? 0 : i]; }
};

endpoints ends_of(const struct lowered_network& net, const projection_description& p);

/// Draws any row of a projection, in any order and as often as asked, always the same. Not to be shared by threads.
class row_drawer {
 public:
  /// The network must outlive this. Throws `spinule_error` for a constant delay that is no whole number of ticks, and
  /// for a law that can draw less than half a tick.
  row_drawer(const struct lowered_network& net, index_t projection);

  bool by_source() const { return by_source_; }
  index_t rows() const { return by_source_ ? ends_.sources : ends_.targets; }
  /// Valid until the next call.
  drawn_row row(index_t i);
  /// No weight is larger in magnitude.
  double greatest_weight() const;
  /// From now on `greatest_weight` stands for all weights of a row, which are not drawn.
  void leave_weights_out() { without_weights_ = p_.part.sign == 0; }  // else weights decide what is a synapse
  /// All delays that can be drawn, ascending; empty where only drawing tells.
  std::span<const ticks> possible_delays() const;
  /// From now on the first possible delay stands for all delays of a row, which are not drawn.
  void leave_delays_out() { without_delays_ = true; }

 private:
  void check_delays();
  drawn_row listed_row(index_t i);
  void draw_delays(index_t i);
  void draw_weights(index_t i);
  /// Leaves the synapses whose weight has the other sign out.
  drawn_row of_sign(const drawn_row& row);

  const projection_description& p_;
  std::shared_ptr<const listed_rows> list_;
  std::span<const ticks> list_delays_;
  std::span<const std::uint32_t> sizes_;
  endpoints ends_;
  std::uint64_t seed_;
  index_t id_;
  milliseconds tick_;
  double gain_;
  bool by_source_, without_weights_ = false, without_delays_ = false;
  std::string where_;
  std::shared_ptr<const class delay_table> table_;  ///< null where delays are worked out one by one
  std::vector<index_t> partners_;
  std::vector<double> weights_;
  std::vector<double> milliseconds_;
  std::vector<ticks> delays_;  ///< of the row last drawn; of all rows where the delay is constant
};

}  // namespace spinule
