// Embeds the texts of a file and says what it took, as one JSON object on stdout.
//
//   embedding_probe TEXTS.jsonl VECTORS.f32 [--model FOLDER]
//                   [--precision fp32|bf16|fp16|int16|int8]
//                   [--threads N] [--repeat N] [--one-by-one] [--tokens] [--plain] [--device cuda]
//
// Each line of TEXTS.jsonl is a JSON string. VECTORS.f32 gets the vectors, row-major fp32.
// --repeat N: one more run than N, the first is not counted. It waits for a line on standard
// input before each, so that a peer can be timed in between, and answers with one line each.
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "embedding/encoderloader.h"
#include "measure.h"
#include "models/embeddingchoice.h"
#include "settings/paths.h"

using namespace TorchLift;

namespace {

int giveUp(const Error &error)
{
    std::cerr << errcName(error.code) << ": " << error.detail << ' ' << error.subject << '\n';
    return 3;
}

struct Arguments
{
    std::string in;
    std::string out;
    std::string model;
    EncoderOptions options;
    int repeat = 0;
    bool isOneByOne = false;
    bool wantsTokens = false;
};

Arguments parse(const std::vector<std::string> &words)
{
    Arguments arguments;
    arguments.in = words.at(0);
    arguments.out = words.at(1);
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "--precision") {
            arguments.options.precision = precisionOf(words.at(++i)).value();
        } else if (words[i] == "--model") {
            arguments.model = words.at(++i);
        } else if (words[i] == "--plain") {
            arguments.options.isPlain = true;
        } else if (words[i] == "--device") {
            arguments.options.device = words.at(++i) == "cuda" ? Device::Cuda : Device::Cpu;
        } else if (words[i] == "--one-by-one") {
            arguments.isOneByOne = true;
        } else if (words[i] == "--tokens") {
            arguments.wantsTokens = true;
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

Result<Embeddings> embed(EmbeddingModel &model, const std::vector<std::string> &texts,
                         bool isOneByOne)
{
    if (!isOneByOne) {
        return model.embed(texts, TextRole::Passage, {}, {});
    }
    Embeddings all;
    for (const std::string &text : texts) {
        auto one = model.embed({&text, 1}, TextRole::Passage, {}, {});
        if (!one) {
            return one;
        }
        all.dimension = one->dimension;
        all.values.insert(all.values.end(), one->values.begin(), one->values.end());
        all.readings.push_back(one->readings.front());
    }
    return all;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::cerr << "usage: embedding_probe TEXTS.jsonl VECTORS.f32 [--model FOLDER] "
                     "[--precision NAME] [--threads N] [--repeat N] [--one-by-one] [--tokens]\n";
        return 2;
    }
    const Arguments arguments = parse({argv + 1, argv + argc});
    const std::vector<std::string> texts = readTexts(arguments.in);
    const Paths paths = Paths::standard();
    const std::filesystem::path folder = arguments.model.empty()
                                             ? paths.models() / "all-MiniLM-L6-v2"
                                             : std::filesystem::path(arguments.model);
    const EncoderPaths parts{paths.libtorch(), paths.encoderModule(), folder, paths.cache};
    nlohmann::json report;
    const auto start = Clock::now();
    auto model = loadEncoder(parts, arguments.options);
    if (!model) {
        return giveUp(model.error());
    }
    report["load_s"] = secondsSince(start);
    report["maxTokens"] = (*model)->maxTokens();
    const auto tokenizing = Clock::now();
    for (const std::string &text : texts) {
        auto ids = (*model)->tokenize(text, TextRole::Passage);
        if (ids && arguments.wantsTokens) {
            report["ids"].push_back(std::move(*ids));
        }
    }
    report["tokenize_s"] = secondsSince(tokenizing);

    const auto vectors = embed(**model, texts, arguments.isOneByOne);
    if (!vectors) {
        return giveUp(vectors.error());
    }
    std::size_t tokens = 0;
    for (const TextReading &reading : vectors->readings) {
        tokens += reading.tokens;
        report["isCut"].push_back(reading.isCut);
    }
    report["tokens"] = tokens;
    std::ofstream(arguments.out, std::ios::binary)
        .write(reinterpret_cast<const char *>(vectors->values.data()),
               static_cast<std::streamsize>(vectors->values.size() * sizeof(float)));
    std::cout << report.dump() << std::endl; // flushed: somebody waits for it
    std::string line;
    for (int i = 0; i < arguments.repeat && std::getline(std::cin, line); ++i) {
        const auto embedding = Clock::now();
        if (auto again = embed(**model, texts, arguments.isOneByOne); !again) {
            return giveUp(again.error());
        }
        std::cout << secondsSince(embedding) << std::endl;
    }
    return 0;
}
