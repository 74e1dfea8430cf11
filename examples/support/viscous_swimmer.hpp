// A chain of links in a viscous fluid: how a body of prescribed shape is carried by its own bending.
#pragma once

#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace spinule {

/// n joints between n + 1 links of length 1 / (n + 1), in the plane. Each joint follows its muscles, tau d(angle)/dt =
/// limit torque - angle, with limit = 2 pi / (n + 1). Drag on a link is 1 along it and 2 across it per length and speed
/// (resistive force theory: Gray & Hancock, J. Exp. Biol. 32, 1955); the body moves so that no force and no torque are
/// left. Assumed: nothing weighs anything, and muscles are stronger than the fluid.
class viscous_swimmer {
 public:
  explicit viscous_swimmer(int joints, double tau_steps = 6) : angles_(joints), tau_{tau_steps} {}

  double limit() const { return 2 * 3.14159265358979 / static_cast<double>(angles_.size() + 1); }
  const std::vector<double>& angles() const { return angles_; }
  /// How far the middle of the body has come in the direction that its head had at the start, in body lengths.
  double distance() const { return x_; }

  /// One step under these torques, [joints] from head to tail, positive towards the back.
  void step(const std::vector<double>& torques) {
    const auto before = shape();
    for (std::size_t i = 0; i < angles_.size(); ++i) angles_[i] += (limit() * torques[i] - angles_[i]) / tau_;
    carry(before, shape());
  }

 private:
  struct link {
    double x, y, direction;  // of its middle, from the middle of the body
  };

  /// Head first; the head points along x where nothing is bent.
  std::vector<link> shape() const {
    const double length = 1 / static_cast<double>(angles_.size() + 1);
    std::vector<link> links{{0, 0, 0}};
    for (const double angle : angles_) {
      const link last = links.back();
      const double next = last.direction + angle;
      links.push_back({last.x - length / 2 * (std::cos(last.direction) + std::cos(next)),
                       last.y - length / 2 * (std::sin(last.direction) + std::sin(next)), next});
    }
    double x = 0, y = 0, direction = 0;
    for (const link& l : links) {
      x += l.x * length;
      y += l.y * length;
      direction += l.direction * length;
    }
    for (link& l : links) l = turned({l.x - x, l.y - y, l.direction}, -direction);
    return links;
  }
  static link turned(const link& l, double by) {
    return {l.x * std::cos(by) - l.y * std::sin(by), l.x * std::sin(by) + l.y * std::cos(by), l.direction + by};
  }

  /// The motion (u, v, w) of the whole that makes sum of drag and of its moment 0 while the links move to `now`.
  void carry(const std::vector<link>& before, const std::vector<link>& now) {
    std::array<std::array<double, 4>, 3> system{};
    for (std::size_t i = 0; i < now.size(); ++i) {
      const double c = std::cos(now[i].direction), s = std::sin(now[i].direction);
      const double xx = c * c + 2 * s * s, xy = -c * s, yy = s * s + 2 * c * c;  // drag: 1 along, 2 across
      const double dx = now[i].x - before[i].x, dy = now[i].y - before[i].y,
                   turn = now[i].direction - before[i].direction;
      const double inertia = 2 / (12.0 * static_cast<double>(now.size() * now.size()));  // of a link around its middle
      const std::array<std::array<double, 3>, 2> motion{{{1, 0, -now[i].y}, {0, 1, now[i].x}}};  // of it by (u, v, w)
      for (std::size_t k = 0; k < 3; ++k) {
        const double fx = xx * motion[0][k] + xy * motion[1][k], fy = xy * motion[0][k] + yy * motion[1][k];
        system[0][k] += fx;
        system[1][k] += fy;
        system[2][k] += now[i].x * fy - now[i].y * fx + (k == 2 ? inertia : 0);
      }
      const double fx = xx * dx + xy * dy, fy = xy * dx + yy * dy;
      system[0][3] -= fx;
      system[1][3] -= fy;
      system[2][3] -= now[i].x * fy - now[i].y * fx + inertia * turn;
    }
    const auto [u, v, w] = solved(system);
    x_ += u * std::cos(heading_) - v * std::sin(heading_);
    heading_ += w;
  }

  /// Three equations by elimination; the matrix is symmetric and positive.
  static std::array<double, 3> solved(std::array<std::array<double, 4>, 3> m) {
    for (std::size_t p = 0; p < 3; ++p)
      for (std::size_t r = 0; r < 3; ++r) {
        const double factor = m[r][p] / m[p][p];
        for (std::size_t k = p; r != p && k < 4; ++k) m[r][k] -= factor * m[p][k];
      }
    return {m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]};
  }

  std::vector<double> angles_;
  double tau_, x_ = 0, heading_ = 0;
};

}  // namespace spinule
