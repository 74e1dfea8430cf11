#include "message_estimate.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace spinule {
namespace {

enum : std::uint32_t { east, west, south, north, directions };

}  // namespace

message_estimate::message_estimate(std::uint32_t nodes, std::uint32_t width, std::uint32_t units, std::uint32_t buffer,
                                   mesh_times times)
    : nodes_{nodes},
      width_{width},
      units_{units},
      buffer_{static_cast<double>(buffer)},
      times_{times},
      density_(std::size_t{nodes} * directions + units + 1),
      entered_(units + std::size_t{1}) {}

message_estimate::route message_estimate::route_of(const mesh_message& m) const {
  route r{{nodes_ * directions + std::min(m.from_unit, units_)}};
  std::uint32_t node = m.from_node;
  const std::uint32_t to_x = m.to_node % width_, to_y = m.to_node / width_;
  for (std::uint32_t x = node % width_; x != to_x; ++r.x) {
    r.places.push_back(node * directions + (x < to_x ? east : west));
    x < to_x ? (++x, ++node) : (--x, --node);
  }
  for (std::uint32_t y = node / width_; y != to_y; ++r.y) {
    r.places.push_back(node * directions + (y < to_y ? south : north));
    y < to_y ? (++y, node += width_) : (--y, node -= width_);
  }
  return r;
}

// Adds `parts` to what is on its route: 1 / (links + 1) of them at each place.
void message_estimate::enter(const mesh_message& m, double parts) {
  const route r = route_of(m);
  for (const auto place : r.places) density_[place] += parts / static_cast<double>(r.places.size());
  work_ += parts * m.work_ns;
}

void message_estimate::land(double now, const std::vector<mesh_message>& messages) {
  while (!flying_.empty() && flying_.front().until <= now) {
    enter(messages[flying_.front().message], -1);
    std::pop_heap(flying_.begin(), flying_.end(), std::greater{});
    flying_.pop_back();
  }
  if (!flying_.empty()) return;
  std::fill(density_.begin(), density_.end(), 0);  // and no rounding is left
  work_ = 0;
}

// When it has really been sent.
double message_estimate::send(std::uint32_t i, const std::vector<mesh_message>& messages, double when,
                              std::vector<double>& free_ns) {
  const mesh_message& m = messages[i];
  land(when, messages);
  const route r = route_of(m);
  const auto places = static_cast<double>(r.places.size());
  double before = 0;
  for (const auto place : r.places) before += density_[place];
  const double room = buffer_ * places;
  if (before > room) when += (before - room) * work_ / static_cast<double>(flying_.size());
  double& entered = entered_[std::min(m.from_unit, units_)];
  when = std::max(when, entered);
  entered = when + times_.inject_ns;
  enter(m, 1);
  const double mean = work_ / static_cast<double>(flying_.size() + 1);
  const double way = times_.inject_ns + r.x * times_.hop_x_ns + r.y * times_.hop_y_ns;
  const double taken = std::max(free_ns[m.to_unit], when + std::max(way, before * mean / places));
  free_ns[m.to_unit] = taken + m.work_ns;
  flying_.push_back({taken, i});
  std::push_heap(flying_.begin(), flying_.end(), std::greater{});
  return when;
}

void message_estimate::deliver(std::vector<mesh_message> messages, std::vector<double>& free_ns) {
  struct turn {
    double when;
    std::uint32_t message;
    bool operator>(const turn& o) const { return when != o.when ? when > o.when : message > o.message; }
  };
  std::vector<std::vector<std::uint32_t>> of_sender(units_ + 1);  // the last first
  for (std::size_t i = messages.size(); i-- > 0;)
    of_sender[std::min(messages[i].from_unit, units_)].push_back(static_cast<std::uint32_t>(i));
  std::priority_queue<turn, std::vector<turn>, std::greater<>> next;
  std::vector<double> late(units_ + 1);
  const auto take_turn = [&](std::uint32_t sender) {
    auto& own = of_sender[sender];
    if (own.empty()) return;
    next.push({messages[own.back()].leaves_ns + late[sender], own.back()});
    own.pop_back();
  };
  for (std::uint32_t s = 0; s <= units_; ++s) take_turn(s);
  while (!next.empty()) {
    const turn now = next.top();
    next.pop();
    const std::uint32_t sender = std::min(messages[now.message].from_unit, units_);
    late[sender] += send(now.message, messages, now.when, free_ns) - now.when;
    take_turn(sender);
  }
}

}  // namespace spinule
