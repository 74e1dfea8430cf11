#include <spinule/learning/moving_textures.hpp>

#include <cmath>
#include <complex>
#include <numbers>

#include <fmt/format.h>
#include <Eigen/Core>
#include <unsupported/Eigen/FFT>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {
namespace {

constexpr const char* here = "moving_textures";
constexpr std::size_t pixels = 128, finer = 2, side = pixels * finer;  ///< of a texture, which repeats itself
constexpr double highest_frequency = 0.4;                              ///< cycles per pixel

enum stream : std::uint32_t { of_texture = 16, of_path, of_places };

void check(const moving_textures& m) {
  if (m.directions == 0 || m.speeds.empty() || m.frames == 0 || m.width == 0 || m.places == 0)
    throw spinule_error{here, fmt::format("{} directions, {} speeds, {} frames, windows of {} pixels and {} places: "
                                          "give at least one of each",
                                          m.directions, m.speeds.size(), m.frames, m.width, m.places)};
  if (m.width > pixels)
    throw spinule_error{here, fmt::format("windows of {} pixels: give at most {}", m.width, pixels)};
  for (const double s : m.speeds)
    if (!(s > 0 && s <= pixels))
      throw spinule_error{here, fmt::format("a speed of {} pixels per frame must be above 0, at most {}", s, pixels)};
  if (!(m.steady > 0 && m.steady < 1e9))
    throw spinule_error{here, fmt::format("motions of {} frames must be longer than 0, and below 1e9", m.steady)};
  if (!(m.threshold > 0) || !std::isfinite(m.threshold))
    throw spinule_error{here, fmt::format("threshold {} must be positive, and finite", m.threshold)};
}

/// Light on a grid twice as fine as the pixels, so that what lies between can be interpolated.
class texture {
 public:
  texture(std::uint64_t seed, std::uint64_t number) : light_(side * side) {
    std::vector<std::complex<float>> waves(side * side);
    random_stream draw{seed, purpose::generator, number, of_texture};
    for (std::size_t y = 0; y < side; ++y)
      for (std::size_t x = 0; x < side; ++x) {
        const double f = std::hypot(frequency(x), frequency(y));
        const double amplitude = f > 0 && f < highest_frequency ? 1 / f : 0;
        const double re = draw.normal(), im = draw.normal();
        waves[y * side + x] = {static_cast<float>(amplitude * re), static_cast<float>(amplitude * im)};
      }
    transform_rows(waves);
    transpose(waves);
    transform_rows(waves);
    double square = 0;
    for (const auto& w : waves) square += static_cast<double>(w.real()) * static_cast<double>(w.real());
    const double unit = 1 / std::sqrt(square / static_cast<double>(side * side));
    for (std::size_t i = 0; i < waves.size(); ++i)
      light_[i] = static_cast<float>(unit * static_cast<double>(waves[i].real()));
  }

  /// In pixels; the same again every 128.
  float operator()(double x, double y) const {
    const double fx = std::floor(finer * x), fy = std::floor(finer * y);
    const auto u = static_cast<float>(finer * x - fx), v = static_cast<float>(finer * y - fy);
    const std::size_t x0 = wrapped(fx), x1 = (x0 + 1) % side, y0 = wrapped(fy) * side, y1 = (y0 + side) % (side * side);
    return (light_[y0 + x0] * (1 - u) + light_[y0 + x1] * u) * (1 - v) +
           (light_[y1 + x0] * (1 - u) + light_[y1 + x1] * u) * v;
  }

 private:
  /// Cycles per pixel of a coefficient.
  static double frequency(std::size_t k) {
    return (static_cast<double>(k) - (2 * k < side ? 0.0 : static_cast<double>(side))) / pixels;
  }
  static std::size_t wrapped(double x) {
    return static_cast<std::size_t>(static_cast<std::int64_t>(x) & static_cast<std::int64_t>(side - 1));
  }
  static void transform_rows(std::vector<std::complex<float>>& waves) {
    Eigen::FFT<float> fft;
    std::vector<std::complex<float>> row(side);
    for (std::size_t y = 0; y < side; ++y) {
      fft.inv(row.data(), waves.data() + y * side, side);
      std::copy(row.begin(), row.end(), waves.begin() + static_cast<std::ptrdiff_t>(y * side));
    }
  }
  static void transpose(std::vector<std::complex<float>>& waves) {
    for (std::size_t y = 0; y < side; ++y)
      for (std::size_t x = 0; x < y; ++x) std::swap(waves[y * side + x], waves[x * side + y]);
  }

  std::vector<float> light_;
};

struct step {
  double x, y;  ///< of the texture, in pixels
  index_t motion;
};

std::vector<step> draw_path(const moving_textures& m, std::uint64_t number) {
  random_stream draw{m.seed, purpose::generator, number, of_path};
  std::vector<step> path;
  double x = 0, y = 0;
  while (path.size() < m.frames) {
    const auto motion = static_cast<index_t>(draw.below(std::uint64_t{m.motions()}));
    const double angle = 2 * std::numbers::pi * (motion % m.directions) / m.directions;
    const double speed = m.speeds[motion / m.directions];
    for (std::uint64_t left = draw.poisson(m.steady); left > 0 && path.size() < m.frames; --left) {
      x += speed * std::cos(angle);
      y += speed * std::sin(angle);
      path.push_back({x, y, motion});
    }
  }
  return path;
}

/// What a window at (x, y) sees of a texture on its path.
raster watch(const moving_textures& m, const texture& light, const std::vector<step>& path, double x, double y) {
  const index_t size = m.width * m.width;
  std::vector<float> before(size), sum(size);
  const auto theta = static_cast<float>(m.threshold);
  std::vector<raster_event> events;
  for (std::uint32_t t = 0; t < path.size(); ++t)
    for (index_t i = 0; i < size; ++i) {
      const float now = light(x + i % m.width - path[t].x, y + i / m.width - path[t].y);
      if (t > 0) sum[i] += now - before[i];
      before[i] = now;
      if (std::fabs(sum[i]) <= theta) continue;
      const bool on = sum[i] > 0;
      events.push_back({t, on ? i : size + i});
      sum[i] -= on ? theta : -theta;
    }
  return {m.addresses(), m.frames, std::move(events)};
}

}  // namespace

std::vector<index_t> moving_textures::mirror() const {
  std::vector<index_t> other;
  for (index_t a = 0; a < addresses(); ++a) other.push_back((a + addresses() / 2) % addresses());
  return other;
}

std::vector<motif_sample> moving_textures::movie(std::uint64_t number) const {
  check(*this);
  const texture light{seed, number};
  const auto path = draw_path(*this, number);
  std::vector<raster_event> motion;
  for (std::uint32_t t = 0; t < frames; ++t) motion.push_back({t, path[t].motion});
  random_stream draw{seed, purpose::generator, number, of_places};
  std::vector<motif_sample> seen;
  for (std::uint32_t k = 0; k < places; ++k) {
    const double x = pixels * draw.uniform(), y = pixels * draw.uniform();
    seen.push_back({watch(*this, light, path, x, y), raster{motions(), frames, motion}});
  }
  return seen;
}

}  // namespace spinule::learning
