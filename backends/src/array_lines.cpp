// Elimination of lines, and conjugate gradients over them.
#include "array_lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule {
namespace {

constexpr double per_ohm = 1e6;  // uS

// A chain is eliminated from its first position on. What is left at a position is the conductance `rest` to ground of
// all that came before, which is a sum of positive terms: no digits are lost, however small cells are beside wires.
SPINULE_CLONES void factorise_chain(const double* g, std::size_t positions, const double* link, std::size_t end_at,
                                    double end, double* inverse) {
  std::array<double, lanes> rest{};
  for (std::size_t k = 0; k < positions; ++k) {
    const double before = k > 0 ? link[k - 1] : 0, out = k == end_at ? end : 0;
    for (std::size_t l = 0; l < lanes; ++l) {
      const double through = k > 0 ? before * rest[l] * inverse[(k - 1) * lanes + l] : 0;
      rest[l] = g[k * lanes + l] + out + through;
      inverse[k * lanes + l] = 1 / (rest[l] + link[k]);
    }
  }
}

SPINULE_CLONES void factorise_node(const double* g, std::size_t positions, double end, double* inverse) {
  std::array<double, lanes> sum{};
  for (std::size_t k = 0; k < positions; ++k)
    for (std::size_t l = 0; l < lanes; ++l) sum[l] += g[k * lanes + l];
  for (std::size_t l = 0; l < lanes; ++l) inverse[l] = 1 / (sum[l] + end);
}

SPINULE_CLONES void solve_chain(const double* inverse, std::size_t positions, const double* link, double* t) {
  for (std::size_t k = 1; k < positions; ++k)
    for (std::size_t l = 0; l < lanes; ++l)
      t[k * lanes + l] += link[k - 1] * inverse[(k - 1) * lanes + l] * t[(k - 1) * lanes + l];
  for (std::size_t l = 0; l < lanes; ++l) t[(positions - 1) * lanes + l] *= inverse[(positions - 1) * lanes + l];
  for (std::size_t k = positions - 1; k-- > 0;)
    for (std::size_t l = 0; l < lanes; ++l)
      t[k * lanes + l] = (t[k * lanes + l] + link[k] * t[(k + 1) * lanes + l]) * inverse[k * lanes + l];
}

SPINULE_CLONES void solve_node(const double* inverse, std::size_t positions, double* t) {
  std::array<double, lanes> sum{};
  for (std::size_t k = 0; k < positions; ++k)
    for (std::size_t l = 0; l < lanes; ++l) sum[l] += t[k * lanes + l];
  for (std::size_t k = 0; k < positions; ++k)
    for (std::size_t l = 0; l < lanes; ++l) t[k * lanes + l] = sum[l] * inverse[l];
}

// One strip of rows, from `rows` of 16 columns each to lines of 16 rows, and back. Lanes beyond the last row are 0.
SPINULE_CLONES void to_lines(const array_lines& a, std::size_t first, const double* from, double* to) {
  const std::size_t rows = std::min(lanes, a.rows - first);
  for (std::size_t j = 0; j < a.columns; ++j) {
    const double* column = from + a.at(first, j);
    for (std::size_t l = 0; l < rows; ++l) to[j * lanes + l] = column[l * lanes];
    for (std::size_t l = rows; l < lanes; ++l) to[j * lanes + l] = 0;
  }
}
SPINULE_CLONES void from_lines(const array_lines& a, std::size_t first, const double* from, double* to) {
  const std::size_t rows = std::min(lanes, a.rows - first);
  for (std::size_t j = 0; j < a.columns; ++j) {
    double* column = to + a.at(first, j);
    for (std::size_t l = 0; l < rows; ++l) column[l * lanes] = from[j * lanes + l];
  }
}

// from = g x - beside, for one strip of rows.
SPINULE_CLONES void currents(const array_lines& a, std::size_t first, const double* x, const double* beside,
                             double sign, double* to) {
  const std::size_t n = std::min(lanes, a.rows - first) * lanes;
  for (std::size_t s = 0; s < a.bit.strips; ++s) {
    const std::size_t at = (s * a.rows + first) * lanes;
    for (std::size_t k = 0; k < n; ++k) to[at + k] = a.g[at + k] * x[at + k] + (beside ? sign * beside[at + k] : 0);
  }
}

// Numbers of one thread that are needed again and again.
struct scratch {
  column_strips z, p, k, strip;
  void fit(const array_lines& a) {
    z.resize(a.size());
    k.resize(a.size());
    p.assign(a.size(), 0);
    strip.resize(a.columns * lanes);
  }
};
scratch& scratch_for(const array_lines& a) {
  thread_local scratch s;
  s.fit(a);
  return s;
}

double total(const std::array<double, lanes>& sums) {
  double all = 0;
  for (const double s : sums) all += s;
  return all;
}

// What one strip of rows adds to p D p, where D are the bit lines, and to p K p.
struct products {
  std::array<double, lanes> lines{}, coupling{};
};

// The rows of one strip: p = z + beta p; t = G p, turned to word lines.
SPINULE_CLONES void next_direction(const array_lines& a, std::size_t first, std::size_t rows, double beta,
                                   const double* z, double* p, double* t, products& sums) {
  alignas(64) std::array<double, lanes * lanes> block{};
  for (std::size_t s = 0; s < a.bit.strips; ++s) {
    for (std::size_t i = first; i < first + rows; ++i) {
      const std::size_t at = (s * a.rows + i) * lanes;
      const double link = i > 0 ? a.bit.link[i - 1] : 0, out = i == a.bit.end_at ? a.bit.end : 0;
      const double* before = p + (i > 0 ? at - lanes : at);
      for (std::size_t l = 0; l < lanes; ++l) {
        const double next = z[at + l] + beta * p[at + l], step = i > 0 ? next - before[l] : 0;
        const double current = a.g[at + l] * next;
        p[at + l] = next;
        block[(i - first) * lanes + l] = current;
        sums.lines[l] += current * next + out * next * next + link * step * step;
      }
    }
    const std::size_t n = std::min(lanes, a.columns - s * lanes);
    double* turned = t + s * lanes * lanes;
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t l = 0; l < lanes; ++l) turned[k * lanes + l] = block[l * lanes + k];
  }
}

// The rows of one strip: k = G t, turned back; its product with p.
SPINULE_CLONES void coupled(const array_lines& a, std::size_t first, std::size_t rows, const double* t, const double* p,
                            double* k, products& sums) {
  alignas(64) std::array<double, lanes * lanes> block{};
  for (std::size_t s = 0; s < a.bit.strips; ++s) {
    const std::size_t n = std::min(lanes, a.columns - s * lanes);
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t l = 0; l < lanes; ++l) block[l * lanes + j] = t[(s * lanes + j) * lanes + l];
    for (std::size_t i = first; i < first + rows; ++i) {
      const std::size_t at = (s * a.rows + i) * lanes;
      for (std::size_t l = 0; l < lanes; ++l) {
        k[at + l] = a.g[at + l] * block[(i - first) * lanes + l];
        sums.coupling[l] += p[at + l] * k[at + l];
      }
    }
  }
}

// The columns of one strip, `y` = D^-1 K p: z -= alpha (p - y), x += alpha p. Returns z D z in lanes.
SPINULE_CLONES void advance(const line_set& bit, std::size_t rows, double alpha, const double* g, const double* p,
                            const double* y, double* z, double* x, std::array<double, lanes>& norm) {
  for (std::size_t i = 0; i < rows; ++i) {
    const double link = i > 0 ? bit.link[i - 1] : 0, out = i == bit.end_at ? bit.end : 0;
    for (std::size_t l = 0; l < lanes; ++l) {
      const std::size_t at = i * lanes + l;
      z[at] -= alpha * (p[at] - y[at]);
      x[at] += alpha * p[at];
      const double step = i > 0 ? z[at] - z[at - lanes] : 0;
      norm[l] += (g[at] + out) * z[at] * z[at] + link * step * step;
    }
  }
}

// The columns of one strip: z -= x. Returns z D z in lanes.
SPINULE_CLONES void subtract(const line_set& bit, std::size_t rows, const double* g, const double* x, double* z,
                             std::array<double, lanes>& norm) {
  for (std::size_t i = 0; i < rows; ++i) {
    const double link = i > 0 ? bit.link[i - 1] : 0, out = i == bit.end_at ? bit.end : 0;
    for (std::size_t l = 0; l < lanes; ++l) {
      const std::size_t at = i * lanes + l;
      z[at] -= x[at];
      const double step = i > 0 ? z[at] - z[at - lanes] : 0;
      norm[l] += (g[at] + out) * z[at] * z[at] + link * step * step;
    }
  }
}

// z = D^-1 k - x, where k are the currents into the bit lines for the first guess x: what the guess is short of.
double first_residual(const array_lines& a, const double* x, scratch& s) {
  std::array<double, lanes> norm{};
  const std::size_t strip = a.rows * lanes;
  std::copy(s.k.begin(), s.k.end(), s.z.begin());
  for (std::size_t c = 0; c < a.bit.strips; ++c) {
    double* z = s.z.data() + c * strip;
    a.bit.solve(c, z);
    subtract(a.bit, a.rows, a.g.data() + c * strip, x + c * strip, z, norm);
  }
  return total(norm);
}

products apply(const array_lines& a, double beta, scratch& s) {
  products sums;
  for (std::size_t r = 0; r < a.word.strips; ++r) {
    const std::size_t first = r * lanes, rows = std::min(lanes, a.rows - first);
    next_direction(a, first, rows, beta, s.z.data(), s.p.data(), s.strip.data(), sums);
    a.word.solve(r, s.strip.data());
    coupled(a, first, rows, s.strip.data(), s.p.data(), s.k.data(), sums);
  }
  return sums;
}

double advance_all(const array_lines& a, double alpha, scratch& s, double* x) {
  std::array<double, lanes> norm{};
  const std::size_t strip = a.rows * lanes;
  for (std::size_t c = 0; c < a.bit.strips; ++c) {
    double* y = s.k.data() + c * strip;
    a.bit.solve(c, y);
    advance(a.bit, a.rows, alpha, a.g.data() + c * strip, s.p.data() + c * strip, y, s.z.data() + c * strip,
            x + c * strip, norm);
  }
  return total(norm);
}

}  // namespace

void line_set::connect(double segment, double at_end) {
  link.assign(positions, 0);
  if (segment > 0) {
    for (std::size_t k = 0; k + 1 < positions; ++k) link[k] = per_ohm / (segment * distance[k]);
  }
  const double resistance = segment * end_distance + at_end;
  end = resistance > 0 ? per_ohm / resistance : 0;
  kind = segment > 0 ? line_kind::chain : at_end > 0 ? line_kind::node : line_kind::held;
}

void line_set::factorise(std::size_t strip, const double* g) {
  if (kind == line_kind::chain)
    factorise_chain(g, positions, link.data(), end_at, end, inverse.data() + strip * positions * lanes);
  else if (kind == line_kind::node)
    factorise_node(g, positions, end, inverse.data() + strip * lanes);
}

void line_set::solve(std::size_t strip, double* t) const {
  if (kind == line_kind::chain)
    solve_chain(inverse.data() + strip * positions * lanes, positions, link.data(), t);
  else if (kind == line_kind::node)
    solve_node(inverse.data() + strip * lanes, positions, t);
  else
    std::fill_n(t, positions * lanes, 0);
}

array_lines lines_of(const array_wires& wires, line_set word, line_set bit) {
  array_lines a{.rows = bit.positions, .columns = word.positions, .wires = wires, .word = {}, .bit = {}, .g = {}};
  word.connect(wires.row, wires.driver);
  bit.connect(wires.column, wires.sense);
  word.strips = (a.rows + lanes - 1) / lanes;
  bit.strips = (a.columns + lanes - 1) / lanes;
  for (line_set* set : {&word, &bit}) {
    set->inverse.resize(set->strips * lanes *
                        (set->kind == line_kind::chain  ? set->positions
                         : set->kind == line_kind::node ? 1
                                                        : 0));
  }
  a.word = std::move(word);
  a.bit = std::move(bit);
  a.g.assign(a.size(), 0);
  return a;
}

void array_lines::factorise() {
  column_strips t(columns * lanes);
  for (std::size_t r = 0; r < word.strips; ++r) {
    to_lines(*this, r * lanes, g.data(), t.data());
    word.factorise(r, t.data());
  }
  for (std::size_t c = 0; c < bit.strips; ++c) bit.factorise(c, g.data() + c * rows * lanes);
}

void solve_word_lines(const array_lines& a, const array_drive& drive, const double* bit, double* word, double* into) {
  thread_local column_strips strip;
  strip.resize(a.columns * lanes);
  double* t = strip.data();
  for (std::size_t first = 0; first < a.rows; first += lanes) {
    const std::size_t rows = std::min(lanes, a.rows - first);
    currents(a, first, bit, drive.beside, -1, into);
    to_lines(a, first, into, t);
    for (std::size_t l = 0; l < rows; ++l) t[a.word.end_at * lanes + l] += a.word.end * drive.volts[first + l];
    a.word.solve(first / lanes, t);
    if (a.word.kind == line_kind::held) {
      for (std::size_t j = 0; j < a.columns; ++j)
        for (std::size_t l = 0; l < rows; ++l) t[j * lanes + l] = drive.volts[first + l];
    }
    from_lines(a, first, t, into);
    if (word) from_lines(a, first, t, word);
    currents(a, first, into, drive.beside, 1, into);
  }
}

void solve_bits(const array_lines& a, const double* into, double* bit) {
  std::copy_n(into, a.size(), bit);
  for (std::size_t c = 0; c < a.bit.strips; ++c) a.bit.solve(c, bit + c * a.rows * lanes);
}

// The equations of the bit lines alone are (D - K) x = f, with D the bit lines, K = G W^-1 G the way over the word
// lines, f what the drivers send. In the inner product of D, I - D^-1 K is self-adjoint and positive: conjugate
// gradients there need no residual but z = D^-1 (f - (D - K) x).
int solve_bit_lines(const array_lines& a, const array_drive& drive, const solve_limits& limits, column_strips& bit) {
  if (a.bit.kind == line_kind::held) {
    bit.assign(a.size(), 0);
    return 0;
  }
  scratch& s = scratch_for(a);
  solve_word_lines(a, drive, bit.data(), nullptr, s.k.data());
  double norm = first_residual(a, bit.data(), s);
  const double enough = norm * limits.tolerance * limits.tolerance;
  if (!(norm > 0)) return norm == 0 ? 0 : -1;
  if (a.word.kind == line_kind::held && !drive.beside) {
    for (std::size_t k = 0; k < a.size(); ++k) bit[k] += s.z[k];  // nothing comes back over the word lines
    return 0;
  }
  double beta = 0;
  for (int step = 1; step <= limits.most_steps; ++step) {
    const products sums = apply(a, beta, s);
    const double alpha = norm / (total(sums.lines) - total(sums.coupling));
    if (!std::isfinite(alpha) || alpha < 0) return -1;
    const double next = advance_all(a, alpha, s, bit.data());
    if (next <= enough) return step;
    beta = next / norm;
    norm = next;
  }
  return -1;
}

}  // namespace spinule
