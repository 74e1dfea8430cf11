// How long messages take through a mesh, estimated from how many are under way.
#pragma once

#include <vector>

#include "message_mesh.hpp"

namespace spinule {

/// The detailed estimate of SANA-FE (Boyle et al., 2025). A message counts as a part of 1 / (links + 1) on the way into
/// the mesh and on each link of its route, along X first, then along Y, from when it is sent until its unit takes it.
/// With n such parts on the route of the next message and a mean work m of the units for what is under way,
///
///   it is held up by (n - room) m where n is above the room of its route, `buffer` (links + 1), and its sender with
///   it; it takes the time of its links, or n m / (links + 1) where that is longer; its unit takes it when that has
///   worked off all that came before.
///
/// Those of one sender enter one at a time. Messages are taken in the order in which they are sent.
class message_estimate {
 public:
  message_estimate(std::uint32_t nodes, std::uint32_t width, std::uint32_t units, std::uint32_t buffer,
                   mesh_times times);

  /// As `message_mesh::deliver`.
  void deliver(std::vector<mesh_message> messages, std::vector<double>& free_ns);

 private:
  struct under_way {
    double until;
    std::uint32_t message;
    bool operator>(const under_way& o) const { return until > o.until; }
  };
  /// Places in `density_` from the way into the mesh to the last link; `links` of them along X and along Y.
  struct route {
    std::vector<std::uint32_t> places;
    std::uint32_t x = 0, y = 0;
  };
  route route_of(const mesh_message& m) const;
  void enter(const mesh_message& m, double parts);
  void land(double now, const std::vector<mesh_message>& messages);
  double send(std::uint32_t i, const std::vector<mesh_message>& messages, double when, std::vector<double>& free_ns);

  std::uint32_t nodes_, width_, units_;
  double buffer_;
  mesh_times times_;
  std::vector<double> density_;    // of four links of each node, and of the way from each unit into the mesh
  std::vector<double> entered_;    // [units, outside] ns when the last message of each has entered
  std::vector<under_way> flying_;  // a heap
  double work_ = 0;                // ns, of all that fly
};

}  // namespace spinule
