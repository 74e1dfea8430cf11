#include "torch_pickle.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr const char* remedy = "expected what torch.save(model.state_dict(), path) writes for an ELM neuron";

using ref = std::size_t;  ///< a value's place among all values: sharing one takes no copy

struct none {};
struct tuple {
  std::vector<ref> items;
};
struct dictionary {
  std::vector<std::pair<ref, ref>> items;
};
enum class function { ordered_dict, rebuild_tensor };
struct storage {
  torch_type type;
  std::string key;
  std::uint64_t size;
};
using value =
    std::variant<none, bool, std::int64_t, std::string, tuple, dictionary, function, torch_type, storage, torch_tensor>;

constexpr std::pair<std::string_view, torch_type> storage_types[] = {{"torch.FloatStorage", torch_type::float32},
                                                                     {"torch.LongStorage", torch_type::int64},
                                                                     {"torch.BoolStorage", torch_type::boolean}};

class state_dict_reader {
 public:
  state_dict_reader(std::span<const std::byte> bytes, const std::string& where) : bytes_{bytes}, where_{where} {}

  std::vector<torch_tensor> read() {
    while (!done_) {
      at_ = next_;
      run(number(1));
    }
    return tensors_of(as<dictionary>(pop(), "a dictionary"));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw file_error{fmt::format("{}, byte {}", where_, at_), fmt::format("{}; {}", what, remedy)};
  }

  std::span<const std::byte> take(std::size_t n) {
    if (n > bytes_.size() - next_) fail("the pickle ends within an instruction");
    next_ += n;
    return bytes_.subspan(next_ - n, n);
  }
  std::uint32_t number(std::size_t width) {
    std::uint32_t x = 0;
    const auto from = take(width);
    for (std::size_t i = 0; i < width; ++i) x |= std::to_integer<std::uint32_t>(from[i]) << 8 * i;
    return x;
  }
  std::string text(std::size_t n) {
    const auto from = take(n);
    return {reinterpret_cast<const char*>(from.data()), n};
  }
  std::string line() {
    std::size_t n = 0;
    while (next_ + n < bytes_.size() && bytes_[next_ + n] != std::byte{'\n'}) ++n;
    std::string x = text(n);
    take(1);
    return x;
  }

  void push(value x) {
    values_.push_back(std::move(x));
    stack_.push_back(values_.size() - 1);
  }
  ref pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("an instruction finds nothing to work on");
    const ref top = stack_.back();
    stack_.pop_back();
    return top;
  }
  std::vector<ref> pop(std::size_t n) {
    std::vector<ref> items(n);
    for (std::size_t i = n; i > 0; --i) items[i - 1] = pop();
    return items;
  }
  std::vector<ref> pop_to_mark() {
    if (marks_.empty()) fail("an instruction finds no mark");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<ref> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }
  template <class T>
  const T& as(ref x, const char* what) const {
    const T* found = std::get_if<T>(&values_[x]);
    if (!found) fail(fmt::format("there is something else where {} belongs", what));
    return *found;
  }
  std::uint64_t natural(ref x, const char* what) const {
    const std::int64_t n = as<std::int64_t>(x, what);
    if (n < 0) fail(fmt::format("{} is negative", what));
    return static_cast<std::uint64_t>(n);
  }

  // clang-format off
  void run(std::uint32_t instruction) {
    switch (static_cast<char>(instruction)) {
      case '\x80': return check_protocol(number(1));
      case '.': done_ = true; return;
      case '(': return marks_.push_back(stack_.size());
      case 'q': return remember(number(1));
      case 'r': return remember(number(4));
      case 'h': return recall(number(1));
      case 'j': return recall(number(4));
      case 'N': return push(none{});
      case '\x88': return push(true);
      case '\x89': return push(false);
      case 'K': return push(std::int64_t{number(1)});
      case 'M': return push(std::int64_t{number(2)});
      case 'J': return push(std::int64_t{static_cast<std::int32_t>(number(4))});
      case 'X': return push(text(number(4)));
      case ')': return push(tuple{});
      case '\x85': return push(tuple{pop(1)});
      case '\x86': return push(tuple{pop(2)});
      case '\x87': return push(tuple{pop(3)});
      case 't': return push(tuple{pop_to_mark()});
      case '}': return push(dictionary{});
      case 's': return set_items(pop(2));
      case 'u': return set_items(pop_to_mark());
      case 'c': return name();
      case 'Q': return find_storage(as<tuple>(pop(), "the address of a storage").items);
      case 'R': return call(pop(2));
      case 'b': return attach(pop());
      default: fail(fmt::format("instruction 0x{:02x} has no place in a dictionary of tensors", instruction));
    }
  }
  // clang-format on

  void check_protocol(std::uint32_t version) const {
    if (version != 2) fail(fmt::format("pickle protocol {} is not the 2 of PyTorch", version));
  }
  void remember(std::uint32_t key) {
    const ref top = pop();
    stack_.push_back(top);
    memo_[key] = top;
  }
  void recall(std::uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail(fmt::format("value {} is used before it is there", key));
    stack_.push_back(found->second);
  }
  void set_items(const std::vector<ref>& items) {
    const ref target = pop();
    stack_.push_back(target);
    as<dictionary>(target, "a dictionary");
    if (items.size() % 2 != 0) fail("a key has no value");
    auto& to = std::get<dictionary>(values_[target]).items;
    for (std::size_t i = 0; i < items.size(); i += 2) to.push_back({items[i], items[i + 1]});
  }
  /// Attributes of a dictionary, such as the versions of modules: read and left out.
  void attach(ref attributes) {
    as<dictionary>(attributes, "a dictionary of attributes");
    const ref target = pop();
    stack_.push_back(target);
    as<dictionary>(target, "a dictionary");
  }
  void name() {
    const std::string module = line();
    const std::string full = module + "." + line();
    if (full == "collections.OrderedDict") return push(function::ordered_dict);
    if (full == "torch._utils._rebuild_tensor_v2") return push(function::rebuild_tensor);
    for (const auto& [known, type] : storage_types)
      if (full == known) return push(type);
    if (module == "torch" && full.ends_with("Storage"))
      fail(fmt::format("{} is neither of float32, int64 nor bool; save model.float()", printable(full)));
    fail(fmt::format("it asks for {}, which no dictionary of tensors needs; nothing was executed", printable(full)));
  }
  void find_storage(const std::vector<ref>& address) {
    if (address.size() != 5 || as<std::string>(address[0], "the word storage") != "storage")
      fail("a storage has another address than (storage, type, key, device, size)");
    const std::string& key = as<std::string>(address[2], "the key of a storage");
    const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    if (key.empty() || key.size() > 32 || !std::all_of(key.begin(), key.end(), plain))
      fail("the key of a storage is not 1 to 32 letters and digits");
    push(storage{as<torch_type>(address[1], "the type of a storage"), key,
                 natural(address[4], "the size of a storage")});
  }
  void call(const std::vector<ref>& what) {
    const auto& arguments = as<tuple>(what[1], "the arguments of a call").items;
    if (as<function>(what[0], "a known function") == function::rebuild_tensor) return rebuild(arguments);
    if (!arguments.empty()) fail("a new dictionary is given items in an unknown way");
    push(dictionary{});
  }
  void rebuild(const std::vector<ref>& arguments) {
    if (arguments.size() < 6) fail("a tensor is described by fewer than six values");
    const storage& from = as<storage>(arguments[0], "the storage of a tensor");
    torch_tensor made{.name = {},
                      .type = from.type,
                      .storage = from.key,
                      .storage_size = from.size,
                      .offset = natural(arguments[1], "the offset of a tensor"),
                      .shape = {}};
    const auto& shape = as<tuple>(arguments[2], "the shape of a tensor").items;
    const auto& strides = as<tuple>(arguments[3], "the strides of a tensor").items;
    if (shape.size() > 4 || shape.size() != strides.size())
      fail("a tensor has more than 4 dimensions, or strides of others");
    for (const ref n : shape) made.shape.push_back(natural(n, "a dimension of a tensor"));
    check_room(made);
    check_order(made, strides);
    push(std::move(made));
  }
  void check_room(const torch_tensor& t) const {
    std::uint64_t room = t.storage_size, size = 1;
    if (t.offset > room) fail("a tensor starts behind the end of its storage");
    room -= t.offset;
    for (const std::uint64_t n : t.shape) {
      if (n != 0 && size > room / n)
        fail(fmt::format("a tensor is larger than the {} numbers of its storage", t.storage_size));
      size *= n;
    }
  }
  /// Row by row, without gaps; the stride of a dimension of one does not matter.
  void check_order(const torch_tensor& t, const std::vector<ref>& strides) const {
    std::uint64_t expected = 1;
    for (std::size_t d = t.shape.size(); d > 0 && t.size() > 0; --d) {
      if (t.shape[d - 1] != 1 && natural(strides[d - 1], "the stride of a tensor") != expected)
        fail("the numbers of a tensor are not stored row by row; save its contiguous() copy");
      expected *= t.shape[d - 1];
    }
  }

  std::vector<torch_tensor> tensors_of(const dictionary& all) {
    std::vector<torch_tensor> tensors;
    for (const auto& [key, x] : all.items) {
      tensors.push_back(as<torch_tensor>(x, "a tensor"));
      tensors.back().name = as<std::string>(key, "the name of a tensor");
    }
    return tensors;
  }

  std::span<const std::byte> bytes_;
  const std::string& where_;
  std::size_t next_ = 0, at_ = 0;
  bool done_ = false;
  std::vector<value> values_;
  std::vector<ref> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint32_t, ref> memo_;
};

}  // namespace

std::string printable(std::string_view text) {
  std::string shown{text.substr(0, 60)};
  for (char& c : shown)
    if (c < ' ' || c > '~') c = '?';
  return shown;
}

std::size_t bytes_of(torch_type type) { return std::array<std::size_t, 3>{4, 8, 1}[static_cast<std::size_t>(type)]; }
std::string name_of(torch_type type) { return std::array{"float32", "int64", "bool"}[static_cast<std::size_t>(type)]; }

std::uint64_t torch_tensor::size() const {
  std::uint64_t n = 1;
  for (const std::uint64_t d : shape) n *= d;
  return n;
}

std::vector<torch_tensor> read_state_dict(std::span<const std::byte> pickle, const std::string& where) {
  return state_dict_reader{pickle, where}.read();
}

}  // namespace spinule
