#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "tests/run_dvec.hpp"

using namespace dvec::test;

namespace {

std::vector<std::string> seeds() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"examples", "tests/network/programs"})
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / folder))
      if (entry.path().extension() == ".dv") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> out;
  for (const auto& f : files) out.push_back(read_file(f));
  return out;
}

/// 0 to 3 with something said where it is not 0: never an internal error, a signal, or silence.
void survives(const std::string& verb, const std::string& program, const std::string& what) {
  const Run run = run_dvec({verb, "-", "--format", "json"}, program, 30);
  const bool good = run.status >= 0 && run.status <= 3 && (run.status != 2 || !run.err.empty());
  INFO(what << "\nexit " << run.status << "\n" << run.err << "\n--- the program\n" << program.substr(0, 4000));
  CHECK(good);
}

const std::vector<std::string> kVerbs = {"derive", "check", "explain", "emit"};

}  // namespace

TEST_CASE("programs cut off anywhere are answered") {
  std::mt19937 random(1);
  const std::vector<std::string> all = seeds();
  for (int k = 0; k < 150; ++k) {
    const std::string& text = all[random() % all.size()];
    const std::size_t cut = random() % (text.size() + 1);
    survives(kVerbs[random() % kVerbs.size()], text.substr(0, cut), "cut at " + std::to_string(cut));
  }
}

TEST_CASE("programs with characters changed, dropped, doubled and swapped are answered") {
  std::mt19937 random(2);
  const std::vector<std::string> all = seeds();
  const std::string alphabet = "()[]{}*.+-/'^\\,;:=<>!~\"#%& \n\tabXYZ019_@$?|`\xC3\xFF\xE2\x8A\x99";
  for (int k = 0; k < 300; ++k) {
    std::string text = all[random() % all.size()];
    const int edits = 1 + static_cast<int>(random() % 4);
    for (int e = 0; e < edits && !text.empty(); ++e) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = alphabet[random() % alphabet.size()]; break;
        case 1: text.erase(at, 1 + random() % 3); break;
        case 2: text.insert(at, text.substr(at, 1 + random() % 8)); break;
        case 3: std::swap(text[at], text[random() % text.size()]); break;
      }
    }
    survives(kVerbs[random() % kVerbs.size()], text, "edit " + std::to_string(k));
  }
}

TEST_CASE("lines of different programs thrown together are answered") {
  std::mt19937 random(3);
  std::vector<std::string> lines;
  for (const std::string& text : seeds()) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
      if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  for (int k = 0; k < 150; ++k) {
    std::string text;
    const std::size_t count = 3 + random() % 15;
    for (std::size_t i = 0; i < count; ++i) text += lines[random() % lines.size()] + "\n";
    survives(kVerbs[random() % kVerbs.size()], text, "mixture " + std::to_string(k));
  }
}

TEST_CASE("expressions of every operator and function on every argument are answered") {
  std::mt19937 random(4);
  const std::vector<std::string> leaves = {"x", "A", "B", "s", "2", "0", "-1", "1/3", "ones(n,1)", "eye(n)", "zeros(n,n)", "pi", "n"};
  const std::vector<std::string> calls = {"vec", "kron", "trace", "det", "logdet", "inv", "diag", "diagvec", "sum", "mean", "norm2",
                                          "normF", "exp", "log", "sqrt", "abs", "relu", "step", "sigmoid", "tanh", "stop", "f", "f'",
                                          "grad", "jac", "dot", "var", "std", "pinv", "expm", "softmax", "reshape"};
  const std::vector<std::string> infix = {"+", "-", "*", "/", "\\", ".*", "./", ".^", "^", "<", ">="};
  const auto make = [&](const auto& self, int depth) -> std::string {
    if (depth == 0 || random() % 5 == 0) return leaves[random() % leaves.size()];
    switch (random() % 4) {
      case 0: return "(" + self(self, depth - 1) + ")'";
      case 1: return "(" + self(self, depth - 1) + infix[random() % infix.size()] + self(self, depth - 1) + ")";
      default: {
        std::string out = calls[random() % calls.size()] + "(" + self(self, depth - 1);
        while (random() % 3 == 0) out += "," + self(self, depth - 1);
        return out + ")";
      }
    }
  };
  for (int k = 0; k < 400; ++k) {
    const std::string e = make(make, 1 + static_cast<int>(random() % 4));
    survives("derive", "dim n\nvar x(n), A(n,n), B(n,n), s\nfunction f\nlet F = " + e + "\nderive grad(sum(F), A), jac(F, x)\n", e);
  }
}

TEST_CASE("deep nesting, long sums and long chains are answered") {
  const std::string head = "dim n\nvar x(n), A(n,n)\nlet F = ";
  const std::string tail = "\nderive grad(sum(F), x)\n";
  const auto repeated = [](const std::string& piece, int times) {
    std::string out;
    for (int k = 0; k < times; ++k) out += piece;
    return out;
  };
  survives("derive", head + repeated("(", 100'000) + "x" + repeated(")", 100'000) + tail, "brackets");
  survives("derive", head + repeated("tanh(", 1500) + "x" + repeated(")", 1500) + tail, "functions");
  survives("derive", head + "x" + repeated("+x", 20'000) + tail, "a long sum");
  survives("derive", head + repeated("A*", 500) + "x" + tail, "a long chain");
  survives("derive", head + "x" + repeated("'", 10'001) + "'" + tail, "many transposes");
  survives("derive", head + repeated("-", 50'000) + "x" + tail, "many signs");
  survives("derive", head + "x" + repeated(".*exp(x)", 300) + tail, "a long entrywise product");
}
