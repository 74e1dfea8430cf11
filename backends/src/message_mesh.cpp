#include "message_mesh.hpp"

#include <algorithm>
#include <functional>

namespace spinule {
namespace {

enum : std::uint32_t { inject, east, west, south, north, ports };

}  // namespace

message_mesh::message_mesh(std::uint32_t nodes, std::uint32_t width, std::uint32_t units, std::uint32_t buffer,
                           mesh_times times)
    : nodes_{nodes}, width_{width}, buffer_{buffer}, times_{times}, queues_(nodes * ports + units) {}

// The link that leads on from a node, or the unit.
std::uint32_t message_mesh::next_queue(std::uint32_t node, const mesh_message& m) const {
  const std::uint32_t x = node % width_, y = node / width_, to_x = m.to_node % width_, to_y = m.to_node / width_;
  if (x != to_x) return node * ports + (x < to_x ? east : west);
  if (y != to_y) return node * ports + (y < to_y ? south : north);
  return nodes_ * ports + m.to_unit;
}

std::uint32_t message_mesh::after(std::uint32_t queue, const mesh_message& m) const {
  const std::uint32_t node = queue / ports;
  switch (queue % ports) {
    case east:
      return next_queue(node + 1, m);
    case west:
      return next_queue(node - 1, m);
    case south:
      return next_queue(node + width_, m);
    case north:
      return next_queue(node - width_, m);
    default:
      return next_queue(node, m);
  }
}

double message_mesh::service(std::uint32_t queue, const mesh_message& m) const {
  if (queue >= nodes_ * ports) return m.work_ns;
  const std::uint32_t port = queue % ports;
  return port == inject ? times_.inject_ns : port == east || port == west ? times_.hop_x_ns : times_.hop_y_ns;
}

void message_mesh::start(std::uint32_t queue, double now) {
  auto& q = queues_[queue];
  if (q.busy || q.messages.empty()) return;
  q.busy = true;
  const mesh_message& m = messages_[q.messages.front()];
  double begins = now;
  if (queue >= nodes_ * ports) begins = std::max(now, (*free_)[m.to_unit]);
  if (queue % ports == inject && queue < nodes_ * ports) begins = std::max(now, m.leaves_ns);
  events_.push_back({begins + service(queue, m), order_++, queue});
  std::push_heap(events_.begin(), events_.end(), std::greater{});
}

void message_mesh::pass(std::uint32_t from, std::uint32_t to, double now) {
  queues_[to].messages.push_back(queues_[from].messages.front());
  start(to, now);
  left(from, now);
}

// Room for the first that waits for it, and the next one's turn.
void message_mesh::left(std::uint32_t queue, double now) {
  auto& q = queues_[queue];
  q.messages.pop_front();
  q.busy = false;
  if (!q.held_up.empty()) {
    const std::uint32_t first = q.held_up.front();
    q.held_up.erase(q.held_up.begin());
    pass(first, queue, now);
  }
  start(queue, now);
}

void message_mesh::finish(std::uint32_t queue, double now) {
  const mesh_message& m = messages_[queues_[queue].messages.front()];
  if (queue >= nodes_ * ports) {
    (*free_)[m.to_unit] = now;
    return left(queue, now);
  }
  const std::uint32_t to = after(queue, m);
  if (queues_[to].messages.size() < buffer_)
    pass(queue, to, now);
  else
    queues_[to].held_up.push_back(queue);
}

void message_mesh::deliver(std::vector<mesh_message> messages, std::vector<double>& free_ns) {
  messages_ = std::move(messages);
  free_ = &free_ns;
  std::vector<std::uint32_t> order(messages_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return messages_[a].leaves_ns < messages_[b].leaves_ns; });
  for (const auto i : order) queues_[messages_[i].from_node * ports + inject].messages.push_back(i);
  for (std::uint32_t n = 0; n < nodes_; ++n) start(n * ports + inject, 0);
  while (!events_.empty()) {
    std::pop_heap(events_.begin(), events_.end(), std::greater{});
    const event e = events_.back();
    events_.pop_back();
    finish(e.queue, e.when);
  }
}

}  // namespace spinule
