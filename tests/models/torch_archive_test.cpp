// What load_elm takes, and how it refuses damaged, foreign and hostile files.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <random>

#include <spinule/models/elm_weights.hpp>

#include "io/message.hpp"
#include "io/mutation.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"
#include "models/torch_maker.hpp"

namespace spinule::torch_archive_test {

using testing::AllOf;
using testing::HasSubstr;

class archive_of_torch : public testing::Test {
 protected:
  std::string refusal(const members& files, int method = ZIP_CM_STORE) {
    write_zip(path, files, method);
    return message_of([&] { load_elm(path); });
  }
  std::string refusal(const std::string& pickle) { return refusal(small_elm{}.files(pickle)); }
  std::string refusal_of(std::size_t which, const described_tensor& other) {
    small_elm elm;
    elm.tensors[which] = other;
    return refusal(elm.files());
  }

  scratch folder;
  std::filesystem::path path = folder / "weights.pt";
};

TEST_F(archive_of_torch, a_state_dict_by_hand_is_read) {
  write_zip(path, small_elm{}.files());
  const elm_weights w = load_elm(path);
  EXPECT_EQ(w.version, elm_version::v1);
  EXPECT_EQ(w.inputs, 4u);
  EXPECT_EQ(w.branches, 2u);
  EXPECT_THAT(w.weight, testing::ElementsAre(0.5f, 1, 0, 0.25f)) << "a negative one counts as 0";
  EXPECT_THAT(w.tau_memory, testing::ElementsAre(500.5)) << "the middle of 1 to 1000 ms";
  EXPECT_EQ(w.layers[0].weights[5], 0.5f);
  EXPECT_EQ(w.readout.bias[0], -1);
}

TEST_F(archive_of_torch, versions_of_modules_and_byte_order_are_read_and_left_out) {
  small_elm elm;
  pickle p;
  p.dictionary().op("(");
  for (const auto& t : elm.tensors) add_tensor(p, t);
  p.op("u}").text("_metadata").dictionary().op("(").text("").op("}").text("version").whole(1).op("susb.");
  members files = elm.files(p.bytes);
  files.push_back({"archive/byteorder", "little"});
  write_zip(path, files);
  EXPECT_EQ(load_elm(path).memory(), 1u);
  files.back().second = "big";
  EXPECT_THAT(refusal(files), HasSubstr("big-endian"));
}

TEST_F(archive_of_torch, a_tensor_may_be_a_part_of_a_storage) {
  small_elm elm;
  elm.tensors[4] = {.name = "mlp.network.0.bias", .storage = "3", .storage_size = 6, .shape = {2}, .offset = 4};
  write_zip(path, elm.files());
  EXPECT_THAT(load_elm(path).layers[0].bias, testing::ElementsAre(-2, 0.5f));
}

TEST_F(archive_of_torch, a_call_of_anything_else_is_refused_and_not_made) {
  const auto victim = folder / "touched";
  pickle p;
  p.global("os", "system").op("(").text("touch " + victim.string()).op("tR.");
  EXPECT_THAT(refusal(p.bytes), AllOf(HasSubstr("weights.pt: archive/data.pkl, byte 2"), HasSubstr("os.system"),
                                      HasSubstr("nothing was executed"), HasSubstr("torch.save(model.state_dict()")));
  EXPECT_FALSE(std::filesystem::exists(victim));
  for (const char* name : {"eval", "exec", "getattr", "__import__"})
    EXPECT_THAT(refusal(pickle{}.global("builtins", name).op(".").bytes), HasSubstr("nothing was executed"));
  EXPECT_THAT(refusal(pickle{}.global("torch", "load\n\x1b[31m").op(".").bytes), testing::Not(HasSubstr("\x1b")));
}

TEST_F(archive_of_torch, instructions_without_sense_are_refused) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "ends within an instruction"},
      {"\x80\x05.", "protocol 5"},
      {"\x80\x02", "ends within an instruction"},
      {"\x80\x02.", "finds nothing"},
      {"\x80\x02i__main__\nx\n.", "instruction 0x69"},
      {"\x80\x02\x8a\x01\x05.", "instruction 0x8a"},
      {"\x80\x02h\x07.", "before it is there"},
      {"\x80\x02t.", "finds no mark"},
      {"\x80\x02(s.", "finds nothing"},
      {"\x80\x02N.", "a dictionary"},
      {"\x80\x02X\xff\xff\xff\xff.", "ends within an instruction"},
      {"\x80\x02}(N" + std::string{"u."}, "a key has no value"},
      {pickle{}.dictionary().op("(").text("x").whole(3).op("u.").bytes, "a tensor belongs"},
      {pickle{}.dictionary().op("N").op("b.").bytes, "a dictionary of attributes"},
      {pickle{}.text("f").op(")R.").bytes, "a known function"},
      {pickle{}.global("torch._utils", "_rebuild_tensor_v2").op(")R.").bytes, "fewer than six"},
      {pickle{}.global("torch", "HalfStorage").op(".").bytes, "save model.float()"},
      {pickle{}.dictionary().op(".").bytes, "has no tensor _proto_w_s"}};
  for (const auto& [bytes, expected] : cases) EXPECT_THAT(refusal(bytes), HasSubstr(expected));
}

TEST_F(archive_of_torch, a_small_pickle_of_vast_content_takes_no_memory_and_no_time) {
  pickle p;  // each tuple holds the one before twice: 2^100000 ends
  p.op(")q").op(std::string{'\0'});
  for (int i = 0; i < 100'000; ++i)
    p.op("h").op(std::string{'\0'}).op("h").op(std::string{'\0'}).op("\x86q").op(std::string{'\0'});
  EXPECT_THAT(refusal(p.op(".").bytes), HasSubstr("a dictionary"));
  EXPECT_THAT(refusal(std::string(2 << 20, '(')), HasSubstr("more than the 1048576"));
}

TEST_F(archive_of_torch, tensors_that_are_not_what_they_say_are_refused) {
  const described_tensor bias{.name = "mlp.network.0.bias", .storage = "4", .storage_size = 2, .shape = {2}};
  auto t = bias;
  t.storage_size = 1 << 30, t.shape = {1 << 30};
  EXPECT_THAT(refusal_of(4, t),
              AllOf(HasSubstr("archive/data/4"), HasSubstr("has 8 bytes where its tensor needs 4294967296")));
  t = bias, t.shape = {0x7fffffff, 0x7fffffff};
  EXPECT_THAT(refusal_of(4, t), HasSubstr("larger than the 2 numbers"));
  t = bias, t.shape = {-1};
  EXPECT_THAT(refusal_of(4, t), HasSubstr("is negative"));
  t = bias, t.offset = 1;
  EXPECT_THAT(refusal_of(4, t), HasSubstr("larger than"));
  t = bias, t.offset = 3;
  EXPECT_THAT(refusal_of(4, t), HasSubstr("behind the end"));
  t = bias, t.strides = {2};
  EXPECT_THAT(refusal_of(4, t), HasSubstr("contiguous()"));
  t = bias, t.strides = {1, 1};
  EXPECT_THAT(refusal_of(4, t), HasSubstr("strides"));
  t = bias, t.storage = "../../../etc/passwd";
  EXPECT_THAT(refusal_of(4, t), HasSubstr("not 1 to 32 letters and digits"));
  t = bias, t.storage = "99";
  EXPECT_THAT(refusal_of(4, t), AllOf(HasSubstr("archive/data/99"), HasSubstr("missing")));
  t = bias, t.type = "LongStorage", t.storage_size = 1, t.shape = {1};
  EXPECT_THAT(refusal_of(4, t), AllOf(HasSubstr("tensor mlp.network.0.bias"), HasSubstr("int64, expected float32")));
  t = bias, t.name = "tau_s";
  EXPECT_THAT(refusal_of(4, t), HasSubstr("names the tensor tau_s twice"));
  t = bias, t.name = "lstm.bias";
  EXPECT_THAT(refusal_of(4, t), HasSubstr("has no tensor mlp.network.0.bias"));
  t = bias, t.shape = {1, 2};
  EXPECT_THAT(refusal_of(4, t), HasSubstr("has 2 dimensions, expected 1"));
}

TEST_F(archive_of_torch, sizes_that_do_not_fit_and_numbers_that_are_none_are_refused) {
  small_elm elm;
  elm.bytes["6"] = raw<float>({std::nanf("")});
  EXPECT_THAT(refusal(elm.files()), AllOf(HasSubstr("tensor mlp.network.2.bias"), HasSubstr("number 0 is nan")));
  elm = {};
  elm.bytes["1"] = raw<float>({5, -5, 5, 5});
  EXPECT_THAT(refusal(elm.files()), HasSubstr("tau_input[1] = -5"));
  elm = {};
  elm.tensors[3].shape = {3, 2};
  EXPECT_THAT(refusal(elm.files()), HasSubstr("layer 0: bias has 2 numbers; there must be 3"));
  elm = {};
  elm.tensors.push_back({.name = "extra", .storage = "8", .storage_size = 1, .shape = {1}});
  EXPECT_THAT(refusal(elm.files()), HasSubstr("10 tensors where an ELM neuron has 9"));
  elm = {};
  elm.tensors.push_back(
      {.name = "input_to_synapse_indices", .type = "LongStorage", .storage = "9", .storage_size = 4, .shape = {4}});
  elm.bytes["9"] = raw<std::int64_t>({0, 1, std::int64_t{1} << 40, 3});
  EXPECT_THAT(refusal(elm.files()), HasSubstr("number 2 is 1099511627776"));
}

TEST_F(archive_of_torch, foreign_files_are_refused_with_a_remedy) {
  EXPECT_THAT(message_of([&] { load_elm(folder / "missing.pt"); }), HasSubstr("does not exist"));
  EXPECT_THAT(message_of([&] { load_elm(folder.path()); }), HasSubstr("give the .pt file itself"));
  std::ofstream{path} << "a text";
  EXPECT_THAT(message_of([&] { load_elm(path); }), AllOf(HasSubstr("zip archive"), HasSubstr("PyTorch 1.6")));
  EXPECT_THAT(refusal({{"readme.txt", "x"}}), HasSubstr("without FOLDER/data.pkl"));
  EXPECT_THAT(refusal({{"a/b/data.pkl", "x"}}), HasSubstr("without FOLDER/data.pkl"));
  small_elm big;
  big.bytes["3"] = std::string(24, '\0');
  EXPECT_THAT(refusal(big.files(), ZIP_CM_DEFLATE), HasSubstr("is compressed or encrypted"));
  small_elm odd;
  odd.prefix = "..";
  write_zip(path, odd.files());
  EXPECT_EQ(load_elm(path).inputs, 4u) << "members are found by name in the archive, never in a folder";
}

/// The field of a member's record in the directory of a zip file.
std::size_t directory_field(const std::string& bytes, const std::string& member, std::size_t offset) {
  return bytes.rfind(member) - 46 + offset;
}

TEST_F(archive_of_torch, sizes_that_a_zip_declares_are_not_believed) {
  write_zip(path, small_elm{}.files());
  const std::string good = folder.text("weights.pt");
  for (const std::size_t offset : {20, 24}) {  // compressed and expanded size
    std::string bytes = good;
    bytes.replace(directory_field(bytes, "archive/data/5", offset), 4, "\xf0\xff\xff\x7f");
    put(path, bytes);
    EXPECT_FALSE(message_of([&] { load_elm(path); }).empty());
  }
  std::string bytes = good;
  bytes[bytes.find(small_elm{}.bytes["5"])] ^= 1;
  put(path, bytes);
  EXPECT_THAT(message_of([&] { load_elm(path); }),
              AllOf(HasSubstr("archive/data/5"), HasSubstr("damaged, copy it again")));
}

TEST_F(archive_of_torch, a_configuration_beside_the_weights_gives_what_they_do_not_say) {
  write_zip(path, small_elm{}.files());
  const auto config = [&](const std::string& json) { std::ofstream{folder / "model_config.json"} << json; };
  config(R"({"memory_tau_max": 3, "mlp_activation": "silu", "lambda_value": 4, "delta_t": 2, "num_input": 6})");
  const elm_weights w = load_elm(path);
  EXPECT_THAT(w.tau_memory, testing::ElementsAre(2.0));
  EXPECT_EQ(w.activation, elm_activation::silu);
  EXPECT_EQ(w.lambda, 4);
  EXPECT_EQ(w.bin, 2_ms);
  EXPECT_EQ(w.inputs, 6u);
  EXPECT_EQ(load_elm(path, {.activation = elm_activation::relu, .lambda = 3}).lambda, 3) << "what is given counts";
  for (const auto& [json, expected] : std::vector<std::pair<std::string, std::string>>{
           {"[", "no JSON object"},
           {R"({"mlp_activation": "gelu"})", "neither \"relu\" nor \"silu\""},
           {R"({"lambda_value": "5"})", "\"lambda_value\" is no number"},
           {R"({"lambda_value": -5})", "lambda = -5"},
           {R"({"num_memory": 7})", "\"num_memory\": 7 where the weights beside it have 1"}}) {
    config(json);
    EXPECT_THAT(message_of([&] { load_elm(path); }), HasSubstr(expected));
  }
}

/// Whatever was done to the file, it is refused with a `file_error` that names it, or read as a neuron that runs.
/// Returns whether it was read.
bool is_read(const std::filesystem::path& path) {
  try {
    dense_elm<double> neuron{load_elm(path)};
    const std::vector<double> x(neuron.weights().inputs, 1);
    for (int t = 0; t < 3; ++t)
      for (const double y : neuron.step(x)) EXPECT_TRUE(std::isfinite(y));
    return true;
  } catch (const file_error& problem) {
    EXPECT_THAT(problem.what(), HasSubstr("weights.pt"));
    return false;
  }
}

std::string with_insertion(std::string bytes, std::mt19937_64& random) {
  bytes.insert(random() % bytes.size(), 1 + random() % 16, static_cast<char>(random()));
  return bytes;
}

TEST_F(archive_of_torch, two_thousand_mutations_of_a_published_file_are_read_or_refused) {
  SPINULE_REAL_DATA(real, "elm_neuron/num_memory_1/neuronio_best_model_state.pt");
  std::ifstream file{real, std::ios::binary};
  const std::string good{std::istreambuf_iterator<char>{file}, {}};
  std::mt19937_64 random{1};
  int read = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = i % 3 == 0 ? with_insertion(good, random) : damaged(good, i, random);
    put(path, bytes);
    read += is_read(path);
  }
  EXPECT_LT(read, 200) << "check sums hold nearly everything";
}

TEST_F(archive_of_torch, a_thousand_mutations_each_of_pickle_and_tensors_with_right_check_sums_are_read_or_refused) {
  SPINULE_REAL_DATA(real, "elm_neuron/num_memory_1/neuronio_best_model_state.pt");
  const members good = read_zip(real);
  std::mt19937_64 random{2};
  int read = 0, refused = 0;
  for (int i = 0; i < 2000; ++i) {
    members files = good;
    std::string& victim = files[i % 2 == 0 ? 0 : 1 + random() % (files.size() - 1)].second;
    if (i % 5 == 0)
      victim = with_insertion(victim, random);
    else if (victim.size() > 8)
      victim = damaged(victim, i, random);
    write_zip(path, files);
    (is_read(path) ? read : refused) += 1;
  }
  EXPECT_GT(read, 100);
  EXPECT_GT(refused, 500);
}

}  // namespace spinule::torch_archive_test
