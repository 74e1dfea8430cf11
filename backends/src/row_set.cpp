#include "row_set.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "bit_rows.hpp"
#include "dense_rows.hpp"

namespace spinule {
namespace {

/// A bit row takes at most this many times the bytes of 16-bit places (2.5 bytes a synapse) ...
constexpr double worth_bits = 1.25;
/// ... or more while all rows of a piece stay in the second-level cache.
constexpr double worth_small_bits = 5;
constexpr std::uint64_t small_bits = 1 << 18;
/// A piece this narrow costs bit rows that exist anyhow next to nothing.
constexpr std::uint32_t small_places = 1024;
/// Bit rows begin and end at a multiple of this many words, whole vectors.
constexpr std::uint32_t row_step = 4;
/// More different weights than this are stored per synapse.
constexpr std::size_t most_groups = 4;

/// f(line of the bundle, place, weight in quanta) for every synapse of a piece, line by line.
template <class F>
void for_each_synapse(const piece& p, std::size_t delays, F&& f) {
  const connectivity& c = *p.synapses;
  for (index source = 0; source < c.sources; ++source)
    for (std::size_t k = 0; k < c.delays.size(); ++k) {
      const std::size_t l = c.line(source, k), line = source * delays + p.delays[k];
      const auto targets = c.targets_of(l);
      auto t = p.first == 0 ? targets.begin() : std::lower_bound(targets.begin(), targets.end(), p.first);
      for (; t != targets.end() && *t - p.first < p.count; ++t)
        f(line, p.at + (*t - p.first), c.weight(c.offsets[l] + static_cast<std::uint64_t>(t - targets.begin())));
    }
}

std::size_t lines_of(std::span<const piece> pieces, std::size_t delays) { return pieces.front().synapses->sources * delays; }

struct piece_statistics {
  std::uint64_t synapses = 0, rows = 0;
  std::uint32_t places = 0;
  std::vector<std::int32_t> magnitudes;  ///< different ones, at most two
  bool few = true;                       ///< whether these are all
  bool dense = true;
};

piece_statistics look_at(const piece& p, std::size_t delays) {
  piece_statistics s;
  s.places = p.count;
  std::size_t last = std::numeric_limits<std::size_t>::max();
  std::uint32_t next = 0;
  const auto whole = [&] { return s.rows == 0 || next == p.at + p.count; };
  for_each_synapse(p, delays, [&](std::size_t line, std::uint32_t place, std::int32_t code) {
    if (line != last) {
      s.dense = s.dense && whole();
      last = line;
      next = p.at;
      ++s.rows;
    }
    s.dense = s.dense && place == next++;
    ++s.synapses;
    const std::int32_t magnitude = std::abs(code);
    if (!s.few || std::find(s.magnitudes.begin(), s.magnitudes.end(), magnitude) != s.magnitudes.end()) return;
    if (s.magnitudes.size() == 2) s.few = false;
    else s.magnitudes.push_back(magnitude);
  });
  s.dense = s.dense && whole() && s.synapses > 0;
  return s;
}

bool suits_bits(const piece_statistics& s, const piece& p) {
  if (!s.few || s.synapses == 0) return false;
  const double bytes = static_cast<double>(s.rows * s.magnitudes.size()) * p.count / 8;
  const double sparse = 2.0 * static_cast<double>(s.synapses);
  return bytes <= worth_bits * sparse || (bytes < small_bits && bytes <= worth_small_bits * sparse);
}

/// Whether a piece with few synapses has only weights whose bit rows exist anyhow, for the piece beside it.
bool rides_along(const piece_statistics& s, const std::vector<std::int32_t>& magnitudes) {
  const auto known = [&](std::int32_t m) { return std::find(magnitudes.begin(), magnitudes.end(), m) != magnitudes.end(); };
  return s.synapses > 0 && s.places < small_places && std::all_of(s.magnitudes.begin(), s.magnitudes.end(), known);
}

}  // namespace

/// Collects single synapses, in any order, and sorts them by line.
struct row_set::sparse_builder {
  struct entry {
    std::uint32_t line;
    std::uint16_t place;
    std::int32_t code;
  };
  std::vector<entry> entries;

  void add(std::size_t line, std::uint32_t place, std::int32_t code) {
    entries.push_back({static_cast<std::uint32_t>(line), static_cast<std::uint16_t>(place), code});
  }

  std::vector<std::int32_t> few_values() const {
    std::vector<std::int32_t> values;
    for (const entry& e : entries) {
      const auto at = std::lower_bound(values.begin(), values.end(), e.code);
      if (at != values.end() && *at == e.code) continue;
      if (values.size() == most_groups) return {};
      values.insert(at, e.code);
    }
    return values;
  }

  sparse_form build(std::size_t lines) const {
    sparse_form f;
    if (entries.empty()) return f;
    f.values = few_values();
    f.groups = std::max<std::size_t>(f.values.size(), 1);
    const auto group = [&](const entry& e) {
      const auto g = f.values.empty() ? 0 : std::lower_bound(f.values.begin(), f.values.end(), e.code) - f.values.begin();
      return e.line * f.groups + static_cast<std::size_t>(g);
    };
    f.offsets.assign(lines * f.groups + 1, 0);
    for (const entry& e : entries) ++f.offsets[group(e) + 1];
    for (std::size_t i = 1; i < f.offsets.size(); ++i) f.offsets[i] += f.offsets[i - 1];
    auto next = f.offsets;
    f.place.resize(entries.size());
    if (f.values.empty()) f.code.resize(entries.size());
    for (const entry& e : entries) {
      const std::uint32_t at = next[group(e)]++;
      f.place[at] = e.place;
      if (f.values.empty()) f.code[at] = e.code;
    }
    return f;
  }
};

row_set::row_set(std::span<const piece> pieces, std::size_t delays, std::vector<count_key>& keys) {
  std::vector<piece_statistics> seen;
  for (const piece& p : pieces) seen.push_back(look_at(p, delays));
  std::vector<std::int32_t> magnitudes;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (!seen[i].dense && suits_bits(seen[i], pieces[i]))
      for (const auto m : seen[i].magnitudes)
        if (std::find(magnitudes.begin(), magnitudes.end(), m) == magnitudes.end()) magnitudes.push_back(m);
  std::vector<piece> in_bits;
  sparse_builder rest;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (seen[i].dense) add_dense(pieces[i], delays);
    else if (seen[i].few && (suits_bits(seen[i], pieces[i]) || rides_along(seen[i], magnitudes))) in_bits.push_back(pieces[i]);
    else
      for_each_synapse(pieces[i], delays, [&](std::size_t line, std::uint32_t place, std::int32_t code) { rest.add(line, place, code); });
  }
  for (const auto m : magnitudes) add_bits(in_bits, delays, m, keys, rest);
  if (rest.entries.size() > std::numeric_limits<std::uint32_t>::max())
    throw error{"cpu", "more than 2^32 synapses reach one block of neurons from one population"};
  sparse_ = rest.build(lines_of(pieces, delays));
}

void row_set::add_bits(std::span<const piece> pieces, std::size_t delays, std::int32_t magnitude, std::vector<count_key>& keys,
                       sparse_builder& rest) {
  bit_form f;
  std::uint32_t last = 0;
  f.first_word = none;
  for (const piece& p : pieces) {
    f.first_word = std::min(f.first_word, p.at / 64);
    last = std::max(last, (p.at + p.count + 63) / 64);
  }
  f.first_word = f.first_word / row_step * row_step;
  f.words = (last - f.first_word + row_step - 1) / row_step * row_step;
  const count_key key{magnitude, f.first_word, f.words};
  f.key = static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
  if (f.key == keys.size()) keys.push_back(key);
  number_rows(f, pieces, delays, magnitude);
  for (const piece& p : pieces)
    for_each_synapse(p, delays, [&](std::size_t line, std::uint32_t place, std::int32_t code) {
      if (std::abs(code) != magnitude || code == 0) return;
      const std::uint32_t row = code > 0 ? f.row[line].plus : f.row[line].minus;
      std::uint64_t& word = f.bits[std::size_t{row} * f.words + place / 64 - f.first_word];
      const std::uint64_t bit = std::uint64_t{1} << (place % 64);
      if (word & bit) rest.add(line, place, code);  // a second synapse of the pair
      word |= bit;
    });
  bits_.push_back(std::move(f));
}

/// Numbers the rows that are there by line, so that the two of a line lie side by side, and makes room for them.
void row_set::number_rows(bit_form& f, std::span<const piece> pieces, std::size_t delays, std::int32_t magnitude) {
  f.row.resize(lines_of(pieces, delays));
  for (const piece& p : pieces)
    for_each_synapse(p, delays, [&](std::size_t line, std::uint32_t, std::int32_t code) {
      if (std::abs(code) == magnitude && code != 0) (code > 0 ? f.row[line].plus : f.row[line].minus) = 0;
    });
  std::uint32_t rows = 0;
  for (auto& [plus, minus] : f.row) {
    if (plus != none) plus = rows++;
    if (minus != none) minus = rows++;
  }
  f.bits.assign(std::size_t{rows} * f.words, 0);
}

void row_set::add_dense(const piece& p, std::size_t delays) {
  dense_form f{p.at, p.count, std::vector<std::uint32_t>(lines_of({&p, 1}, delays), none), {}, 0};
  for_each_synapse(p, delays, [&](std::size_t line, std::uint32_t place, std::int32_t code) {
    if (place == p.at) f.row[line] = static_cast<std::uint32_t>(f.code.size() / p.count);
    f.code.push_back(code);
  });
  f.constant = f.code.front();
  if (std::all_of(f.code.begin(), f.code.end(), [&](auto code) { return code == f.constant; })) f.code = {};
  f.code.shrink_to_fit();
  dense_.push_back(std::move(f));
}

void row_set::deliver(std::span<const std::uint32_t> lines, mailbox to, std::span<waiting_rows> waiting) const {
  for (const auto& f : bits_) deliver_bits(f, lines, to, waiting[f.key]);
  for (const auto& f : dense_) deliver_dense(f, lines, to);
  if (!sparse_.offsets.empty()) deliver_sparse(lines, to);
}

void row_set::deliver_bits(const bit_form& f, std::span<const std::uint32_t> lines, mailbox to, waiting_rows& waiting) const {
  const std::size_t plus = waiting.plus.size, minus = waiting.minus.size;
  const std::uint64_t** next_plus = waiting.plus.room(lines.size());
  const std::uint64_t** next_minus = waiting.minus.room(lines.size());
  const std::uint32_t fetched = std::min(f.words, 64u);
  for (const std::uint32_t line : lines) {  // without branches: which row is there cannot be foreseen
    const auto [up, down] = f.row[line];
    *next_plus = f.bits.data() + std::size_t{up == none ? 0 : up} * f.words;
    *next_minus = f.bits.data() + std::size_t{down == none ? 0 : down} * f.words;
    for (std::uint32_t w = 0; w < fetched; w += 8) {
      __builtin_prefetch(*next_plus + w);
      __builtin_prefetch(*next_minus + w);
    }
    next_plus += up != none;
    next_minus += down != none;
  }
  waiting.plus.size = static_cast<std::size_t>(next_plus - waiting.plus.rows.data());
  waiting.minus.size = static_cast<std::size_t>(next_minus - waiting.minus.rows.data());
  if (!to.marks) return;
  const auto mark = [&](bit_rows rows) {
    for (const std::uint64_t* bits : rows)
      for (std::uint32_t w = 0; w < f.words; ++w) to.marks[f.first_word + w] |= bits[w];
  };
  mark(waiting.plus.waiting(plus));
  mark(waiting.minus.waiting(minus));
}

void row_set::deliver_dense(const dense_form& f, std::span<const std::uint32_t> lines, mailbox to) const {
  bool any = false;
  for (const std::uint32_t line : lines) {
    if (f.row[line] == none) continue;
    any = true;
    if (f.code.empty()) add_constant(to.sums + f.at, f.constant, f.count);
    else add_codes(to.sums + f.at, f.code.data() + std::size_t{f.row[line]} * f.count, f.count);
  }
  if (!any || !to.marks) return;
  for (std::uint32_t i = f.at; i < f.at + f.count; ++i) to.marks[i >> 6] |= std::uint64_t{1} << (i & 63);
}

void row_set::deliver_sparse(std::span<const std::uint32_t> lines, mailbox to) const {
  const sparse_form& f = sparse_;
  constexpr std::size_t ahead = 3;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    if (n + ahead < lines.size()) {  // lines are hit at random, so the processor cannot foresee them
      const std::uint32_t at = f.offsets[lines[n + ahead] * f.groups];
      __builtin_prefetch(f.place.data() + at);
      __builtin_prefetch(f.place.data() + at + 32);
      if (!f.code.empty()) __builtin_prefetch(f.code.data() + at);
    }
    for (std::size_t g = lines[n] * f.groups; g < (lines[n] + std::size_t{1}) * f.groups; ++g) {
      const std::uint32_t begin = f.offsets[g], count = f.offsets[g + 1] - begin;
      if (count == 0) continue;
      const std::uint16_t* place = f.place.data() + begin;
      if (f.code.empty()) scatter_constant(to.sums, place, f.values[g - lines[n] * f.groups], count);
      else scatter_codes(to.sums, place, f.code.data() + begin, count);
      if (to.marks)
        for (std::uint32_t i = 0; i < count; ++i) to.marks[place[i] >> 6] |= std::uint64_t{1} << (place[i] & 63);
    }
  }
}

}  // namespace spinule
