// Embeds the texts of a file and says what it took, as one JSON object on stdout.
//
//   embedding_probe TEXTS.jsonl VECTORS.f32 [--bf16] [--threads N] [--repeat N] [--one-by-one]
//   [--tokens-only]
//
// Each line of TEXTS.jsonl is a JSON string. VECTORS.f32 gets the vectors, row-major fp32.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "embedding/encoderloader.h"
#include "embedding/modelfolder.h"
#include "settings/paths.h"

using namespace TorchLift;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

int giveUp(const Error &error)
{
    std::cerr << errcName(error.code) << ": " << error.detail << ' ' << error.subject << '\n';
    return 3;
}

struct Arguments
{
    std::string in;
    std::string out;
    EncoderOptions options;
    int repeat = 1;
    bool isOneByOne = false;
    bool isTokensOnly = false;
};

Arguments parse(const std::vector<std::string> &words)
{
    Arguments arguments;
    arguments.in = words.at(0);
    arguments.out = words.at(1);
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "--bf16") {
            arguments.options.precision = Precision::Bf16;
        } else if (words[i] == "--one-by-one") {
            arguments.isOneByOne = true;
        } else if (words[i] == "--tokens-only") {
            arguments.isTokensOnly = true;
        } else if (words[i] == "--threads") {
            arguments.options.threads = std::stoul(words.at(++i));
        } else if (words[i] == "--repeat") {
            arguments.repeat = std::stoi(words.at(++i));
        }
    }
    return arguments;
}

std::vector<std::string> readTexts(const std::string &file)
{
    std::vector<std::string> texts;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        texts.push_back(nlohmann::json::parse(line).get<std::string>());
    }
    return texts;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::cerr << "usage: embedding_probe TEXTS.jsonl VECTORS.f32 [--bf16] [--threads N] "
                     "[--repeat N] [--one-by-one] [--tokens-only]\n";
        return 2;
    }
    const Arguments arguments = parse({argv + 1, argv + argc});
    const std::vector<std::string> texts = readTexts(arguments.in);

    const Paths paths = Paths::standard();
    const EncoderPaths parts{paths.libtorch(), paths.encoderModule(),
                             paths.models() / "all-MiniLM-L6-v2", paths.cache};
    nlohmann::json report;
    const auto start = Clock::now();
    auto model = loadEncoder(parts, arguments.options);
    if (!model) {
        return giveUp(model.error());
    }
    report["load_s"] = secondsSince(start);
    const auto again = Clock::now();
    if (auto second = loadEncoder(parts, arguments.options); !second) {
        return giveUp(second.error());
    }
    report["load_again_s"] = secondsSince(again);

    const auto folder = readModelFolder(parts.model);
    const auto tokenizer = WordPieceTokenizer::load(folder->vocabulary(), folder->wordPiece);
    const auto tokenizing = Clock::now();
    std::size_t tokens = 0;
    for (const std::string &text : texts) {
        auto ids = (*tokenizer)->encode(text, folder->maxTokens);
        tokens += ids.size();
        report["ids"].push_back(std::move(ids));
    }
    report["tokens"] = tokens;
    report["tokenize_s"] = secondsSince(tokenizing);

    if (arguments.isTokensOnly) {
        std::cout << report.dump() << '\n';
        return 0;
    }
    Embeddings vectors;
    for (int i = 0; i < arguments.repeat; ++i) {
        const auto embedding = Clock::now();
        const std::size_t step = arguments.isOneByOne ? 1 : texts.size();
        vectors.values.clear();
        for (std::size_t at = 0; at < texts.size(); at += step) {
            auto some =
                (*model)->embed(std::span(texts).subspan(at, step), TextRole::Passage, {}, {});
            if (!some) {
                return giveUp(some.error());
            }
            vectors.values.insert(vectors.values.end(), some->values.begin(), some->values.end());
        }
        report["embed_s"].push_back(secondsSince(embedding));
    }
    std::ofstream(arguments.out, std::ios::binary)
        .write(reinterpret_cast<const char *>(vectors.values.data()),
               static_cast<std::streamsize>(vectors.values.size() * sizeof(float)));
    std::cout << report.dump() << '\n';
    return 0;
}
