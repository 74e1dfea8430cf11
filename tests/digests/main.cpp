// test_digests TABLE [PREFIX...]            compares; names what differs, is missing or is no longer there
// test_digests --update TABLE [PREFIX...]   rewrites the lines of the table that begin with a prefix, or all
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "golden.hpp"

namespace spinule {
namespace {

using table = std::map<std::string, std::string>;

table read(const std::string& path) {
  table all;
  std::ifstream file{path};
  for (std::string name, value; file >> name >> value;) all[name] = value;
  return all;
}

bool chosen(const std::string& name, const std::vector<std::string>& prefixes) {
  return prefixes.empty() ||
         std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& p) { return name.starts_with(p); });
}

table compute(const std::vector<std::string>& prefixes) {
  goldens all;
  add_random(all);
  add_wiring(all);
  add_models(all);
  add_plasticity(all);
  add_motifs(all);
  add_backends(all);
  table computed;
  for (const auto& [name, work] : all) {
    if (!chosen(name, prefixes)) continue;
    digest d;
    work(d);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(d.value()));
    computed[name] = text;
  }
  return computed;
}

int update(const std::string& path, const table& computed, const std::vector<std::string>& prefixes) {
  table kept = read(path);
  std::erase_if(kept, [&](const auto& line) { return chosen(line.first, prefixes); });
  kept.insert(computed.begin(), computed.end());
  std::ofstream file{path};
  for (const auto& [name, value] : kept) file << name << " " << value << "\n";
  return file.flush() ? 0 : 1;
}

int compare(const std::string& path, const table& computed, const std::vector<std::string>& prefixes) {
  table stored = read(path);
  std::erase_if(stored, [&](const auto& line) { return !chosen(line.first, prefixes); });
  int wrong = 0;
  const auto complain = [&](const std::string& name, const std::string& was, const std::string& is) {
    ++wrong;
    std::printf("%s: %s in the table, %s now\n", name.c_str(), was.c_str(), is.c_str());
  };
  for (const auto& [name, is] : computed)
    if (const auto line = stored.find(name); line == stored.end())
      complain(name, "nothing", is);
    else if (line->second != is)
      complain(name, line->second, is);
  for (const auto& [name, was] : stored)
    if (!computed.contains(name)) complain(name, was, "nothing");
  if (computed.empty()) std::printf("no digest begins with a name that was asked for\n");
  std::printf("%zu digests, %d differ\n", computed.size(), wrong);
  return wrong == 0 && !computed.empty() ? 0 : 1;
}

int run(std::vector<std::string> words) {
  const bool updating = std::erase(words, "--update") > 0;
  if (words.empty()) return std::printf("usage: test_digests [--update] TABLE [PREFIX...]\n"), 2;
  const std::string path = words.front();
  words.erase(words.begin());
  const table computed = compute(words);
  return updating ? update(path, computed, words) : compare(path, computed, words);
}

}  // namespace
}  // namespace spinule

int main(int count, char** arguments) try {
  return spinule::run({arguments + 1, arguments + count});
} catch (const std::exception& wrong) {
  std::printf("%s\n", wrong.what());
  return 2;
}
