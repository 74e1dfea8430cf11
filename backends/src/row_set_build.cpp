// How rows are chosen a form and filled.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "row_set.hpp"

namespace spinule {
namespace {

/// A bit row takes at most this many times the bytes of 16-bit places (2.5 bytes a synapse) ...
constexpr double worth_bits = 1.25;
/// ... or more while all rows of a piece stay in the second-level cache.
constexpr double worth_small_bits = 5;
constexpr double small_bits = 1 << 18;
/// A piece this narrow costs bit rows that exist anyhow next to nothing.
constexpr index small_places = 1024;
/// Bit rows begin and end at a multiple of this many words, whole vectors.
constexpr std::uint32_t row_step = 4;

std::vector<std::int32_t> magnitudes_of(const piece& p) {
  std::vector<std::int32_t> all;
  for (const double w : p.summary->few_weights) {
    const std::int32_t m = std::abs(p.summary->code(w));
    if (m != 0 && std::find(all.begin(), all.end(), m) == all.end()) all.push_back(m);
  }
  return all;
}

bool has_magnitude(const piece& p, std::int32_t magnitude) {
  const auto all = magnitudes_of(p);
  return std::find(all.begin(), all.end(), magnitude) != all.end();
}

double synapses_of(const piece& p) { return static_cast<double>(p.summary->synapses) * p.count / p.targets; }

}  // namespace

row_set::row_set(std::vector<piece> pieces, std::size_t delays, row_memory& memory, std::vector<count_key>& keys)
    : pieces_{std::move(pieces)}, delays_{delays}, sources_{pieces_.front().sources}, memory_{&memory}, keys_{&keys} {
  choose_forms();
  std::vector<std::int32_t> magnitudes;
  for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] == row_form::dense) prepare_dense(i);
    if (forms_[i] != row_form::bits) continue;
    for (const auto m : magnitudes_of(pieces_[i]))
      if (std::find(magnitudes.begin(), magnitudes.end(), m) == magnitudes.end()) magnitudes.push_back(m);
  }
  for (const auto m : magnitudes) prepare_bits(m);
  prepare_sparse();
}

bool row_set::suits_bits(const piece& p) const {
  const auto& s = *p.summary;
  const std::size_t magnitudes = magnitudes_of(p).size();
  if (s.few_weights.empty() || magnitudes == 0 || magnitudes > 2) return false;
  const double synapses = synapses_of(p);
  const double rows = std::min(static_cast<double>(p.sources) * static_cast<double>(s.delays.size()), synapses);
  const double bytes = rows * static_cast<double>(magnitudes) * p.count / 8;
  const double sparse = 2 * synapses;
  return bytes <= worth_bits * sparse || (bytes < small_bits && bytes <= worth_small_bits * sparse);
}

void row_set::choose_forms() {
  std::vector<std::int32_t> in_bits;
  for (const piece& p : pieces_) {
    const bool bits = !p.summary->dense && suits_bits(p);
    forms_.push_back(p.summary->dense ? row_form::dense : bits ? row_form::bits : row_form::sparse);
    if (!bits) continue;
    const auto m = magnitudes_of(p);
    in_bits.insert(in_bits.end(), m.begin(), m.end());
  }
  for (std::size_t i = 0; i < pieces_.size(); ++i) {  // a thin piece rides along where its rows exist for another
    if (forms_[i] != row_form::sparse) continue;
    const auto m = magnitudes_of(pieces_[i]);
    const bool known = std::all_of(
        m.begin(), m.end(), [&](auto x) { return std::find(in_bits.begin(), in_bits.end(), x) != in_bits.end(); });
    if (!m.empty() && known && pieces_[i].count < small_places) forms_[i] = row_form::bits;
  }
  if (!rows_are_worth_it())
    for (row_form& f : forms_)
      if (f == row_form::bits) f = row_form::sparse;
}

row_set::span_of_words row_set::words_of(std::int32_t magnitude) const {
  std::uint32_t first = 0xffffffff, last = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] != row_form::bits || !has_magnitude(pieces_[i], magnitude)) continue;
    first = std::min(first, pieces_[i].at / 64);
    last = std::max(last, (pieces_[i].at + pieces_[i].count + 63) / 64);
  }
  first = first / row_step * row_step;
  return {first, (last - first + row_step - 1) / row_step * row_step};
}

/// Rows span from the first of their pieces to the last, whatever lies between.
bool row_set::rows_are_worth_it() const {
  double bytes = 0, sparse = 0;
  std::vector<std::int32_t> seen;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] != row_form::bits) continue;
    sparse += 2 * synapses_of(pieces_[i]);
    for (const auto m : magnitudes_of(pieces_[i])) {
      if (std::find(seen.begin(), seen.end(), m) != seen.end()) continue;
      seen.push_back(m);
      double synapses = 0;
      for (std::size_t k = 0; k < pieces_.size(); ++k)
        if (forms_[k] == row_form::bits && has_magnitude(pieces_[k], m)) synapses += synapses_of(pieces_[k]);
      bytes += 8 * words_of(m).words * std::min(static_cast<double>(sources_) * static_cast<double>(delays_), synapses);
    }
  }
  return bytes <= worth_bits * 1.5 * sparse || (bytes < 2 * small_bits && bytes <= worth_small_bits * sparse);
}

void row_set::prepare_bits(std::int32_t magnitude) {
  bit_form f;
  f.magnitude = magnitude;
  const auto [first, words] = words_of(magnitude);
  f.first_word = first;
  f.words = words;
  const count_key wanted{.magnitude = magnitude, .first_word = first, .words = words};
  const auto same = [&](const count_key& k) { return k.same_places(wanted); };
  f.key = static_cast<std::size_t>(std::find_if(keys_->begin(), keys_->end(), same) - keys_->begin());
  if (f.key == keys_->size()) keys_->push_back(wanted);
  for (std::size_t i = 0; i < pieces_.size(); ++i)
    for (const double w : pieces_[i].summary->few_weights) {
      const std::int32_t code = forms_[i] == row_form::bits ? pieces_[i].summary->code(w) : 0;
      (*keys_)[f.key].plus |= code == magnitude;
      (*keys_)[f.key].minus |= code == -magnitude;
    }
  f.row.resize(sources_ * delays_);
  bits_.push_back(std::move(f));
}

void row_set::prepare_dense(std::uint32_t which) {
  const piece& p = pieces_[which];
  dense_form f;
  f.piece = which;
  f.at = p.at;
  f.count = p.count;
  if (p.summary->few_weights.size() == 1) {
    f.bits = 0;
    f.constant = p.summary->code(p.summary->few_weights.front());
  } else {
    const std::int32_t largest = p.summary->code(p.summary->largest) >> p.summary->coarse;
    f.bits = largest < 128 ? 8 : largest < 32768 ? 16 : 32;
    f.shift = p.summary->coarse;
  }
  f.stored = static_cast<std::uint32_t>(padded(f.count, f.bits));
  f.row.resize(sources_ * delays_);
  dense_.push_back(std::move(f));
}

/// One form for all that is left: grouped where few different weights occur, else one weight per synapse, in 16 bits
/// where that is exact. Second synapses of pairs in bit rows come here too.
void row_set::prepare_sparse() {
  bool few = true;
  std::int64_t largest = 0;
  int shift = 31;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] == row_form::dense) continue;
    const auto& s = *pieces_[i].summary;
    has_sparse_ = true;
    few = few && !s.few_weights.empty();
    largest = std::max<std::int64_t>(largest, std::abs(std::int64_t{s.code(s.largest)}));
    shift = std::min(shift, s.coarse);
    for (const double w : s.few_weights) {
      const std::int32_t code = s.code(w);
      if (std::find(sparse_.values.begin(), sparse_.values.end(), code) == sparse_.values.end())
        sparse_.values.push_back(code);
    }
  }
  if (!has_sparse_) return;
  if (!few || sparse_.values.size() > projection_summary::most_few) sparse_.values.clear();
  std::sort(sparse_.values.begin(), sparse_.values.end());
  sparse_.groups = std::max<std::size_t>(sparse_.values.size(), 1);
  sparse_.shift = shift;
  sparse_.packed = sparse_.values.empty() && (largest >> shift) < 32768;
  sparse_.width = (delays_ * sparse_.groups + 4) / 2 * 2;
  sparse_.records = reinterpret_cast<std::uint32_t*>(memory_->take(4 * sources_ * sparse_.width));
}

row_set::filler::filler(row_set& set) : set_{&set}, bits_(set.bits_.size()), dense_(set.dense_.size()) {}

void row_set::filler::open(index first_source) {
  first_ = source_ = first_source;
  sparse_.clear();
  starts_.clear();
  for (auto& b : bits_) {
    b.words.clear();
    b.rows.clear();
  }
  for (auto& d : dense_) {
    d.bytes.clear();
    d.lines.clear();
    d.line = 0xffffffff;
  }
}

void row_set::filler::put(std::span<const placed_synapse> synapses) {
  if (bits_.empty() && dense_.empty()) {
    put_sparse(synapses);
  } else {
    for (auto& b : bits_) b.last.clear();
    rest_.clear();
    for (const placed_synapse& s : synapses) {
      const row_form form = set_->forms_[s.piece];
      if (form == row_form::dense)
        put_dense(s);
      else if (form != row_form::bits || !put_bit(s))
        rest_.push_back(s);
    }
    if (set_->has_sparse_) put_sparse(rest_);
  }
  ++source_;
}

std::uint64_t* row_set::filler::bit_row(bit_form& f, std::size_t which, std::uint32_t delay, bool minus) {
  growing& g = bits_[which];
  const std::uint32_t name = 2 * delay + (minus ? 1 : 0);
  const auto known = std::find_if(g.last.begin(), g.last.end(), [&](const auto& r) { return r.first == name; });
  std::uint32_t row = 0;
  if (known != g.last.end()) {
    row = known->second;
  } else {
    row = static_cast<std::uint32_t>(g.rows.size());
    g.last.push_back({name, row});
    g.rows.push_back({static_cast<std::uint32_t>(source_ * set_->delays_ + delay), minus});
    g.words.resize(g.words.size() + f.words, 0);
  }
  return g.words.data() + std::size_t{row} * f.words;
}

/// False for a second synapse of the pair.
bool row_set::filler::put_bit(const placed_synapse& s) {
  if (s.code == 0) return true;
  std::size_t which = 0;
  while (set_->bits_[which].magnitude != std::abs(s.code)) ++which;
  bit_form& f = set_->bits_[which];
  std::uint64_t& word = bit_row(f, which, s.delay, s.code < 0)[s.place / 64 - f.first_word];
  const std::uint64_t bit = std::uint64_t{1} << (s.place % 64);
  if (word & bit) return false;
  word |= bit;
  return true;
}

void row_set::filler::put_dense(const placed_synapse& s) {
  std::size_t which = 0;
  while (set_->dense_[which].piece != s.piece) ++which;
  const dense_form& f = set_->dense_[which];
  growing_dense& g = dense_[which];
  const auto line = static_cast<std::uint32_t>(source_ * set_->delays_ + s.delay);
  const std::size_t size = static_cast<std::size_t>(f.bits / 8);
  if (g.line != line) {
    g.line = line;
    g.lines.push_back(line);
    g.bytes.resize(g.bytes.size() + f.stored * size);
  }
  if (f.bits == 0) return;                      // all weights are equal: nothing is stored
  const std::int32_t code = s.code >> f.shift;  // exact, and little-endian: its low bytes are the stored number
  std::memcpy(g.bytes.data() + g.bytes.size() - (f.stored - (s.place - f.at)) * size, &code, size);
}

void row_set::filler::put_sparse(std::span<const placed_synapse> synapses) {
  const sparse_form& f = set_->sparse_;
  starts_.push_back(sparse_.size());
  sparse_.resize(sparse_.size() + synapses.size() * f.size());
  std::byte* row = sparse_.data() + starts_.back();
  const auto place = [](const placed_synapse& s) { return static_cast<std::uint16_t>(s.place); };
  const auto delay = [](const placed_synapse& s) { return std::size_t{s.delay}; };
  if (!f.values.empty())
    sort_into(synapses, reinterpret_cast<std::uint16_t*>(row), place, [&](const placed_synapse& s) {
      const auto group = std::lower_bound(f.values.begin(), f.values.end(), s.code) - f.values.begin();
      return s.delay * f.groups + static_cast<std::size_t>(group);
    });
  else if (f.packed)
    sort_into(
        synapses, reinterpret_cast<std::uint32_t*>(row),
        [&](const placed_synapse& s) { return place(s) | static_cast<std::uint32_t>(s.code >> f.shift) << 16; }, delay);
  else
    sort_into(
        synapses, reinterpret_cast<wide_synapse*>(row),
        [&](const placed_synapse& s) {
          return wide_synapse{place(s), s.code};
        },
        delay);
}

/// A counting sort, by delay and, where synapses are grouped by weight, by group.
template <class Stored, class Store, class Segment>
void row_set::filler::sort_into(std::span<const placed_synapse> synapses, Stored* row, Store store, Segment segment) {
  const sparse_form& f = set_->sparse_;
  const std::size_t segments = set_->delays_ * f.groups;
  counts_.assign(segments + 1, 0);
  for (const placed_synapse& s : synapses) ++counts_[segment(s) + 1];
  for (std::size_t i = 1; i <= segments; ++i) counts_[i] += counts_[i - 1];
  std::copy(counts_.begin(), counts_.end(), f.records + source_ * f.width + 2);
  for (const placed_synapse& s : synapses) row[counts_[segment(s)]++] = store(s);
}

void row_set::filler::close() {
  const auto keep = [&](const void* from, std::size_t bytes) {
    std::byte* kept = bytes > 0 ? set_->memory_->take(bytes) : nullptr;
    if (kept) std::memcpy(kept, from, bytes);
    return kept;
  };
  for (std::size_t b = 0; b < bits_.size(); ++b) {
    bit_form& f = set_->bits_[b];
    for (std::size_t r = 0; r < bits_[b].rows.size(); ++r)
      if (bits_[b].rows[r].second && (*set_->keys_)[f.key].inverts())
        for (std::size_t w = r * f.words; w < (r + 1) * f.words; ++w) bits_[b].words[w] = ~bits_[b].words[w];
    const auto* kept = reinterpret_cast<const std::uint64_t*>(keep(bits_[b].words.data(), 8 * bits_[b].words.size()));
    for (std::size_t r = 0; r < bits_[b].rows.size(); ++r) {
      const auto [line, minus] = bits_[b].rows[r];
      (minus ? f.row[line].minus : f.row[line].plus) = kept + r * f.words;
    }
  }
  for (std::size_t d = 0; d < dense_.size(); ++d) {
    dense_form& f = set_->dense_[d];
    static constexpr std::byte there{};
    const std::byte* kept = keep(dense_[d].bytes.data(), dense_[d].bytes.size());
    const std::size_t row = f.stored * static_cast<std::size_t>(f.bits / 8);
    for (std::size_t r = 0; r < dense_[d].lines.size(); ++r)
      f.row[dense_[d].lines[r]] = f.bits > 0 ? kept + r * row : &there;
  }
  if (!set_->has_sparse_ || sparse_.empty()) return;
  const std::byte* kept = keep(sparse_.data(), sparse_.size());
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    const std::byte* row = kept + starts_[i];
    std::memcpy(set_->sparse_.records + (first_ + i) * set_->sparse_.width, &row, sizeof row);
  }
}

void row_set::finish() {
  bool any = false;
  for (index s = 0; has_sparse_ && s < sources_; ++s)
    any = any || sparse_.row(sparse_.records + s * sparse_.width) != nullptr;
  has_sparse_ = any;
  if (!has_sparse_) sparse_ = {};
}

}  // namespace spinule
