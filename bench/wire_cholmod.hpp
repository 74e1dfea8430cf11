// The peer of `resistive_array`: the same equations by the sparse Cholesky factorisation of SuiteSparse.
#pragma once

#include <cstddef>
#include <vector>

#include "measure.hpp"

#ifdef SPINULE_HAS_CHOLMOD
#include <cholmod.h>
#endif

namespace spinule::bench {

/// Processor seconds to analyse, factorise and solve n x n cells `g` (uS) with `ohm` in every segment, assembling not
/// counted; 0 where this program was built without CHOLMOD.
inline double cholmod_seconds([[maybe_unused]] std::size_t n, [[maybe_unused]] const std::vector<double>& g,
                              [[maybe_unused]] const std::vector<double>& volts, [[maybe_unused]] double ohm) {
#ifdef SPINULE_HAS_CHOLMOD
  cholmod_common c;
  cholmod_start(&c);
  const std::size_t nodes = 2 * n * n;
  const double wire = 1e6 / ohm;
  cholmod_triplet* t = cholmod_allocate_triplet(nodes, nodes, 4 * nodes, 1, CHOLMOD_REAL, &c);
  std::vector<double> diagonal(nodes);
  const auto put = [&](std::size_t row, std::size_t column, double x) {
    static_cast<int*>(t->i)[t->nnz] = static_cast<int>(std::min(row, column));
    static_cast<int*>(t->j)[t->nnz] = static_cast<int>(std::max(row, column));
    static_cast<double*>(t->x)[t->nnz++] = x;
  };
  const auto join = [&](std::size_t a, std::size_t b, double conductance) {
    diagonal[a] += conductance;
    diagonal[b] += conductance;
    put(a, b, -conductance);
  };
  const auto word = [&](std::size_t i, std::size_t j) { return i * n + j; };
  const auto bit = [&](std::size_t i, std::size_t j) { return n * n + i * n + j; };
  cholmod_dense* b = cholmod_zeros(nodes, 1, CHOLMOD_REAL, &c);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      join(word(i, j), bit(i, j), g[i * n + j]);
      if (j + 1 < n) join(word(i, j), word(i, j + 1), wire);
      if (i + 1 < n) join(bit(i, j), bit(i + 1, j), wire);
    }
    diagonal[word(i, 0)] += wire;
    diagonal[bit(n - 1, i)] += wire;
    static_cast<double*>(b->x)[word(i, 0)] = wire * volts[i];
  }
  for (std::size_t k = 0; k < nodes; ++k) put(k, k, diagonal[k]);
  cholmod_sparse* a = cholmod_triplet_to_sparse(t, t->nnz, &c);
  const double taken = time_once([&] {
                         cholmod_factor* l = cholmod_analyze(a, &c);
                         cholmod_factorize(a, l, &c);
                         cholmod_dense* x = cholmod_solve(CHOLMOD_A, l, b, &c);
                         cholmod_free_dense(&x, &c);
                         cholmod_free_factor(&l, &c);
                       }).cpu;
  cholmod_free_sparse(&a, &c);
  cholmod_free_triplet(&t, &c);
  cholmod_free_dense(&b, &c);
  cholmod_finish(&c);
  return taken;
#else
  return 0;
#endif
}

}  // namespace spinule::bench
