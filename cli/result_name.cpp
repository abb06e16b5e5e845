#include "cli/result_name.hpp"

namespace dvec::cli {

std::string result_name(const ResultView& r) { return file_name(r.title); }

std::string file_name(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80) != 0;
    if (word) out += c;
    else if (!out.empty() && out.back() != '_') out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  constexpr std::size_t longest = 100;
  return out.empty() ? "result" : out.substr(0, longest);
}

}  // namespace dvec::cli
