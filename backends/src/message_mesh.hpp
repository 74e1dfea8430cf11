// Messages that travel through a mesh and wait for one another.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace spinule {

struct mesh_times {
  double inject_ns, hop_x_ns, hop_y_ns;
};

/// One message on its way between two units.
struct mesh_message {
  std::uint32_t from_node, to_node;
  std::uint32_t from_unit;  // as many as there are units: from outside
  std::uint32_t to_unit;
  double leaves_ns;  // at the earliest
  double work_ns;    // of the unit that it reaches
};

/// A square mesh of nodes, along X first, then along Y. Every link carries one message at a time and holds `buffer`
/// that wait for it; a message whose next link is full stays where it is and holds up those behind it. Every unit works
/// off its messages one by one, in the order in which they come, `buffer` of them waiting. Messages of one node leave
/// it one after the other. Ties are broken by the order of messages.
class message_mesh {
 public:
  message_mesh(std::uint32_t nodes, std::uint32_t width, std::uint32_t units, std::uint32_t buffer, mesh_times times);

  /// Delivers all messages. `free_ns` [units]: when each unit begins, and after it when each is done.
  void deliver(std::vector<mesh_message> messages, std::vector<double>& free_ns);

 private:
  struct channel {
    std::deque<std::uint32_t> messages;
    std::vector<std::uint32_t> held_up;  // queues whose first message waits for room here
    bool busy = false;
  };
  struct event {
    double when;
    std::uint64_t order;
    std::uint32_t queue;
    bool operator>(const event& o) const { return when != o.when ? when > o.when : order > o.order; }
  };
  std::uint32_t next_queue(std::uint32_t node, const mesh_message& m) const;
  std::uint32_t after(std::uint32_t queue, const mesh_message& m) const;
  double service(std::uint32_t queue, const mesh_message& m) const;
  void start(std::uint32_t queue, double now);
  void finish(std::uint32_t queue, double now);
  void pass(std::uint32_t from, std::uint32_t to, double now);
  void left(std::uint32_t queue, double now);

  std::uint32_t nodes_, width_, buffer_;
  mesh_times times_;
  std::vector<channel> queues_;  // injection and four links of each node, then units
  std::vector<mesh_message> messages_;
  std::vector<double>* free_ = nullptr;
  std::vector<event> events_;  // a heap
  std::uint64_t order_ = 0;
};

}  // namespace spinule
