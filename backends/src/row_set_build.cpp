// How rows are chosen a form and filled.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "row_set.hpp"

namespace spinule {
namespace {

/// A bit row takes at most this many times the bytes of 16-bit slots (2.5 bytes a synapse) ...
constexpr double worth_bits = 1.25;
/// ... or more while all rows of a piece stay in the second-level cache, if that is quicker when sources fire at a
/// usual rate.
constexpr double worth_small_bits = 5;
constexpr double small_bits = 1 << 18;
constexpr kilohertz usual_rate = 10_Hz;
/// Nanoseconds, measured (docs/performance.md).
constexpr double to_turn_a_slot = 0.1, to_count_a_word = 0.4, to_find_a_bit_row = 5;
constexpr double to_add_a_slot = 1.3, to_find_a_sparse_row = 10;
/// A piece this narrow costs bit rows that exist anyhow next to nothing.
constexpr index_t small_slots = 1024;
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

bool has_code(const piece& p, std::int32_t code) {
  const auto& w = p.summary->few_weights;
  return std::any_of(w.begin(), w.end(), [&](double x) { return p.summary->code(x) == code; });
}

double synapses_of(const piece& p) { return static_cast<double>(p.summary->synapses) * p.count / p.targets; }

}  // namespace

row_set::row_set(std::vector<piece> pieces, std::span<const ticks> delays, milliseconds tick, row_memory& memory,
                 std::vector<count_key>& keys, bool marks_all)
    : pieces_{std::move(pieces)},
      delays_{delays.size()},
      marks_all_{marks_all},
      sources_{pieces_.front().sources},
      memory_{&memory},
      keys_{&keys} {
  choose_forms(tick);
  std::vector<std::int32_t> magnitudes;
  for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] == row_form::dense) prepare_dense(i);
    if (forms_[i] != row_form::bits) continue;
    for (const auto m : magnitudes_of(pieces_[i]))
      if (std::find(magnitudes.begin(), magnitudes.end(), m) == magnitudes.end()) magnitudes.push_back(m);
  }
  for (const auto m : magnitudes) prepare_bits(m);
  prepare_sparse(delays);
}

bool row_set::suits_bits(const piece& p) const {
  const auto& s = *p.summary;
  const std::size_t magnitudes = magnitudes_of(p).size();
  if (s.few_weights.empty() || magnitudes == 0 || magnitudes > 2) return false;
  double rows = 0;
  for (const double w : s.few_weights) rows += s.code(w) != 0;
  const double bytes = rows * p.sources * static_cast<double>(s.delays.size()) * p.count / 8;
  const double sparse = 2 * synapses_of(p);
  return bytes <= worth_bits * sparse || (bytes < small_bits && bytes <= worth_small_bits * sparse);
}

void row_set::choose_forms(milliseconds tick) {
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
    if (!m.empty() && known && pieces_[i].count < small_slots) forms_[i] = row_form::bits;
  }
  if (!rows_are_worth_it(tick))
    for (row_form& f : forms_)
      if (f == row_form::bits) f = row_form::sparse;
}

/// Rows span from the first of their pieces to the last, whatever lies between.
count_key row_set::key_of(std::int32_t magnitude) const {
  count_key key{.magnitude = magnitude};
  std::uint32_t first = 0xffffffff, last = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const piece& p = pieces_[i];
    const bool plus = has_code(p, magnitude), minus = has_code(p, -magnitude);
    if (forms_[i] != row_form::bits || !(plus || minus)) continue;
    key.plus |= plus;
    key.minus |= minus;
    first = std::min(first, p.at / 64);
    last = std::max(last, (p.at + p.count + 63) / 64);
  }
  key.first_word = first / row_step * row_step;
  key.words = (last - key.first_word + row_step - 1) / row_step * row_step;
  return key;
}

bool row_set::rows_are_worth_it(milliseconds tick) const {
  double synapses = 0, words = 0;  // words: of the rows of one line
  std::vector<count_key> wanted;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] != row_form::bits) continue;
    synapses += synapses_of(pieces_[i]);
    for (const auto m : magnitudes_of(pieces_[i])) {
      if (std::any_of(wanted.begin(), wanted.end(), [&](const auto& k) { return k.magnitude == m; })) continue;
      wanted.push_back(key_of(m));
      words += wanted.back().words * (wanted.back().plus + wanted.back().minus);
    }
  }
  const double bytes = 8 * words * static_cast<double>(sources_) * static_cast<double>(delays_), sparse = 2 * synapses;
  if (bytes <= worth_bits * 1.5 * sparse) return true;
  return bytes < 2 * small_bits && bytes <= worth_small_bits * sparse && are_quicker(synapses, words, wanted, tick);
}

/// Slots are turned into numbers once for all rows that share a key.
bool row_set::are_quicker(double synapses, double words, std::span<const count_key> wanted, milliseconds tick) const {
  const double lines = static_cast<double>(sources_) * static_cast<double>(delays_);
  const double arriving = lines * tick.value() * usual_rate.value();
  double bits = arriving * (to_find_a_bit_row + words * to_count_a_word);
  for (const count_key& k : wanted)
    if (std::none_of(keys_->begin(), keys_->end(), [&](const auto& known) { return known.same_slots(k); }))
      bits += std::min(arriving, 1.0) * 64 * k.words * to_turn_a_slot;
  return bits <= arriving * (to_find_a_sparse_row + synapses / lines * to_add_a_slot);
}

void row_set::prepare_bits(std::int32_t magnitude) {
  const count_key wanted = key_of(magnitude);
  const auto same = [&](const count_key& k) { return k.same_slots(wanted); };
  const auto found = std::find_if(keys_->begin(), keys_->end(), same);
  bit_form f{.key = static_cast<std::size_t>(found - keys_->begin()),
             .magnitude = magnitude,
             .first_word = wanted.first_word,
             .words = wanted.words,
             .plus = wanted.plus,
             .minus = wanted.minus};
  if (found == keys_->end()) {
    keys_->push_back(wanted);
  } else {
    found->plus |= wanted.plus;
    found->minus |= wanted.minus;
  }
  f.rows = reinterpret_cast<std::uint64_t*>(memory_->take(8 * f.stride() * sources_ * delays_));
  bits_.push_back(f);
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
void row_set::prepare_sparse(std::span<const ticks> delays) {
  bool few = true;
  std::int64_t largest = 0;
  double synapses = 0;
  sparse_format f{.values = {}, .packed = false, .shift = 31};
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (forms_[i] == row_form::dense) continue;
    const auto& s = *pieces_[i].summary;
    few = few && !s.few_weights.empty();
    largest = std::max<std::int64_t>(largest, std::abs(std::int64_t{s.code(s.largest)}));
    f.shift = std::min(f.shift, s.coarse);
    for (const double w : s.few_weights) {
      const std::int32_t code = s.code(w);
      if (std::find(f.values.begin(), f.values.end(), code) == f.values.end()) f.values.push_back(code);
    }
    if (forms_[i] == row_form::sparse) synapses += synapses_of(pieces_[i]);
  }
  if (f.shift == 31) return;  // all are dense
  if (!few || f.values.size() > projection_summary::most_few) f.values.clear();
  std::sort(f.values.begin(), f.values.end());
  f.packed = f.values.empty() && (largest >> f.shift) < 32768;
  sparse_.emplace(std::move(f), sources_, delays, synapses, *memory_);
}

row_set::filler::filler(row_set& set) : set_{&set}, dense_(set.dense_.size()) {
  if (set.sparse_) sparse_.emplace(*set.sparse_);
}

void row_set::filler::open(index_t first_source) {
  first_ = source_ = first_source;
  if (sparse_) sparse_->open(first_source);
  for (auto& d : dense_) {
    d.bytes.clear();
    d.lines.clear();
    d.line = 0xffffffff;
  }
}

void row_set::filler::put(std::span<const slotted_synapse> synapses) {
  if (set_->bits_.empty() && dense_.empty()) {
    sparse_->put(synapses);
  } else {
    rest_.clear();
    for (const slotted_synapse& s : synapses) {
      const row_form form = set_->forms_[s.piece];
      if (form == row_form::dense)
        put_dense(s);
      else if (form != row_form::bits || !put_bit(s))
        rest_.push_back(s);
    }
    if (sparse_) sparse_->put(rest_);
  }
  ++source_;
}

/// False for a second synapse of the pair, and for one that only marks.
bool row_set::filler::put_bit(const slotted_synapse& s) {
  if (s.code == 0) return !set_->marks_all_;
  std::size_t which = 0;
  while (set_->bits_[which].magnitude != std::abs(s.code)) ++which;
  const bit_form& f = set_->bits_[which];
  std::uint64_t& word = f.row(source_ * set_->delays_ + s.delay, s.code < 0)[s.slot / 64 - f.first_word];
  const std::uint64_t bit = std::uint64_t{1} << (s.slot % 64);
  if (word & bit) return false;
  word |= bit;
  return true;
}

void row_set::filler::put_dense(const slotted_synapse& s) {
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
  std::memcpy(g.bytes.data() + g.bytes.size() - (f.stored - (s.slot - f.at)) * size, &code, size);
}

void row_set::filler::close() {
  const auto keep = [&](const void* from, std::size_t bytes) {
    std::byte* kept = bytes > 0 ? set_->memory_->take(bytes) : nullptr;
    if (kept) std::memcpy(kept, from, bytes);
    return kept;
  };
  for (const bit_form& f : set_->bits_) {
    if (!f.minus || !(*set_->keys_)[f.key].inverts()) continue;
    for (std::size_t line = first_ * set_->delays_; line < source_ * set_->delays_; ++line)
      for (std::uint32_t w = 0; w < f.words; ++w) f.row(line, true)[w] = ~f.row(line, true)[w];
  }
  for (std::size_t d = 0; d < dense_.size(); ++d) {
    dense_form& f = set_->dense_[d];
    static constexpr std::byte there{};
    const std::byte* kept = keep(dense_[d].bytes.data(), dense_[d].bytes.size());
    const std::size_t row = f.stored * static_cast<std::size_t>(f.bits / 8);
    for (std::size_t r = 0; r < dense_[d].lines.size(); ++r)
      f.row[dense_[d].lines[r]] = f.bits > 0 ? kept + r * row : &there;
  }
  if (sparse_) sparse_->close();
}

void row_set::finish() {
  if (sparse_ && !sparse_->finish()) sparse_.reset();
}

}  // namespace spinule
