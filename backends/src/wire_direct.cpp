// The equations of an array as one sparse system, for arrays on which iterations fail.
#include <Eigen/SparseCholesky>

#include "array_lines.hpp"

namespace spinule {
namespace {

constexpr std::size_t most_cells = std::size_t{1} << 20;
constexpr int known = -1;  // a node at a voltage that is given

using matrix = Eigen::SparseMatrix<double, Eigen::ColMajor, int>;

// Numbers the nodes that the two directions have.
struct node_numbers {
  const array_lines& a;
  int word_nodes = 0, nodes = 0;

  explicit node_numbers(const array_lines& lines) : a{lines} {
    word_nodes = count(a.word, a.rows);
    nodes = word_nodes + count(a.bit, a.columns);
  }
  static int count(const line_set& set, std::size_t lines) {
    return static_cast<int>(set.kind == line_kind::chain  ? lines * set.positions
                            : set.kind == line_kind::node ? lines
                                                          : 0);
  }
  int word(std::size_t i, std::size_t j) const {
    if (a.word.kind == line_kind::held) return known;
    return static_cast<int>(a.word.kind == line_kind::node ? i : i * a.columns + j);
  }
  int bit(std::size_t i, std::size_t j) const {
    if (a.bit.kind == line_kind::held) return known;
    return word_nodes + static_cast<int>(a.bit.kind == line_kind::node ? j : j * a.rows + i);
  }
};

// Kirchhoff's current law, one conductance after the other.
struct equations {
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::VectorXd rhs;

  explicit equations(int nodes) : rhs{Eigen::VectorXd::Zero(nodes)} {}
  void ground(int node, double g) {
    if (node != known) entries.emplace_back(node, node, g);
  }
  void join(int from, int to, double g) {
    ground(from, g);
    ground(to, g);
    if (from != known && to != known) {
      entries.emplace_back(from, to, -g);
      entries.emplace_back(to, from, -g);
    }
  }
  void inject(int node, double current) {
    if (node != known) rhs[node] += current;
  }
};

void add_cells(const array_lines& a, const array_drive& drive, const node_numbers& nodes, equations& e) {
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; ++j) {
      const int w = nodes.word(i, j), b = nodes.bit(i, j);
      e.join(w, b, a.cell(i, j));
      if (w == known) e.inject(b, a.cell(i, j) * drive.volts[i]);
      const double beside = drive.beside ? drive.beside[a.at(i, j)] : 0;
      e.inject(w, -beside);
      e.inject(b, beside);
    }
}

void add_lines(const array_lines& a, const array_drive& drive, const node_numbers& nodes, equations& e) {
  for (std::size_t i = 0; i < a.rows; ++i) {
    const int end = nodes.word(i, a.word.end_at);
    e.ground(end, a.word.end);
    e.inject(end, a.word.end * drive.volts[i]);
    if (a.word.kind == line_kind::chain)
      for (std::size_t j = 0; j + 1 < a.columns; ++j) e.join(nodes.word(i, j), nodes.word(i, j + 1), a.word.link[j]);
  }
  for (std::size_t j = 0; j < a.columns; ++j) {
    e.ground(nodes.bit(a.bit.end_at, j), a.bit.end);
    if (a.bit.kind == line_kind::chain)
      for (std::size_t i = 0; i + 1 < a.rows; ++i) e.join(nodes.bit(i, j), nodes.bit(i + 1, j), a.bit.link[i]);
  }
}

}  // namespace

bool factorised_bit_lines(const array_lines& a, const array_drive& drive, column_strips& bit) {
  if (a.rows * a.columns > most_cells) return false;
  const node_numbers nodes{a};
  equations e{nodes.nodes};
  add_cells(a, drive, nodes, e);
  add_lines(a, drive, nodes, e);
  matrix m(nodes.nodes, nodes.nodes);
  m.setFromTriplets(e.entries.begin(), e.entries.end());
  const Eigen::SimplicialLLT<matrix> factors{m};
  if (factors.info() != Eigen::Success) return false;
  const Eigen::VectorXd v = factors.solve(e.rhs);
  if (!v.allFinite()) return false;
  bit.assign(a.size(), 0);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; ++j)
      if (const int node = nodes.bit(i, j); node != known) bit[a.at(i, j)] = v[node];
  return true;
}

}  // namespace spinule
