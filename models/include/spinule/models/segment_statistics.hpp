// How often a dendritic segment mistakes one pattern for another, in closed form.
#pragma once

#include <cstdint>

namespace spinule {

/// Ahmad & Hawkins, "How do neurons operate on sparse distributed representations?", arXiv 1601.00720 (2016): a segment
/// has `s` synapses from `n` inputs, of which `a` fire, drawn at random; it responds where `theta` or more of those
/// that fire are its own. Values are right to about 1e-13 of themselves. Each function throws `spinule_error` for
/// numbers that do not fit: s, a <= n, 1 <= theta <= s.

/// The chance to respond to a pattern that has nothing to do with the segment: the tail of the hypergeometric law,
/// the sum over b = theta .. s of C(s, b) C(n - s, a - b) / C(n, a).
double false_positive(std::int64_t n, std::int64_t a, std::int64_t s, std::int64_t theta);

/// The chance to miss a pattern from whose `a` inputs the segment's `s` were chosen, when `v` of the `a` are replaced
/// by others that it does not reach: the sum over b = s - theta + 1 .. s of C(s, b) C(a - s, v - b) / C(a, v).
double false_negative(std::int64_t a, std::int64_t s, std::int64_t theta, std::int64_t v);

/// The chance that at least one of `m` independent things of chance p happens, 1 - (1 - p)^m: of `m` segments, or of
/// one pattern being taken for any of `m` others. At most m p.
double any_of(std::int64_t m, double p);

/// How many different inputs a segment reaches, on average, that stores `m` patterns, `s` synapses of each:
/// n (1 - (1 - s / n)^m).
double union_size(std::int64_t n, std::int64_t s, std::int64_t m);

/// The chance that such a segment responds to a pattern that has nothing to do with it: `false_positive` of a segment
/// of `union_size` synapses, rounded.
double union_false_positive(std::int64_t n, std::int64_t a, std::int64_t s, std::int64_t theta, std::int64_t m);

/// The chance that each of `bits` inputs of a pattern is among the union of `m` patterns which each have an input with
/// chance q: (1 - (1 - q)^m)^bits, as of a Bloom filter.
double exact_match(double q, std::int64_t m, std::int64_t bits);

}  // namespace spinule
