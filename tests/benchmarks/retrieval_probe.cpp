// Ranks the shipped catalogue (and a folder of notes) for files of code, timed.
//
//   retrieval_probe CHUNKS.jsonl FILE... [--notes FOLDER] [--precision NAME] [--threads N]
//                   [--at-once N] [--vectors OUT.f32]
//
// Writes the chunks that are searched (and their vectors, as they are in memory), prints one JSON
// object, then waits for lines on standard input: for each it takes the next N files (1) through
// the whole retrieval (analysis, embedding, ranking, k = 6) and prints the seconds that took.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "corpus/store.h"
#include "embedding/encoderloader.h"
#include "measure.h"
#include "models/embeddingchoice.h"
#include "retrieval/chunkvectors.h"
#include "retrieval/retriever.h"
#include "settings/paths.h"
#include "source/analysis.h"

using namespace TorchLift;

namespace {

using Json = nlohmann::json;

template <typename T>
T orGiveUp(Result<T> result)
{
    if (!result) {
        std::cerr << errcName(result.error().code) << ": " << result.error().detail << ' '
                  << result.error().subject << '\n';
        std::exit(3);
    }
    return std::move(*result);
}

struct Arguments
{
    std::string chunks;
    std::vector<std::string> files;
    std::string notes;
    std::string vectors;
    std::size_t atOnce = 1;
    EncoderOptions options;
};

Arguments parse(const std::vector<std::string> &words)
{
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--notes") {
            arguments.notes = words.at(++i);
        } else if (words[i] == "--vectors") {
            arguments.vectors = words.at(++i);
        } else if (words[i] == "--threads") {
            arguments.options.threads = std::stoul(words.at(++i));
        } else if (words[i] == "--at-once") {
            arguments.atOnce = std::stoul(words.at(++i));
        } else if (words[i] == "--precision") {
            arguments.options.precision = precisionOf(words.at(++i)).value();
        } else if (arguments.chunks.empty()) {
            arguments.chunks = words[i];
        } else {
            arguments.files.push_back(words[i]);
        }
    }
    return arguments;
}

void put(CorpusStore &store, const std::vector<Chunk> &chunks, std::ofstream &out)
{
    if (chunks.empty() || !store.replaceSource(chunks.front().source, chunks)) {
        std::exit(4);
    }
    for (const Chunk &chunk : chunks) {
        out << Json{{"key", chunk.key}, {"text", chunk.text}, {"version", chunk.version.toString()}}
                   .dump()
            << '\n';
    }
}

// They were embedded before: `kept` has them.
void putVectors(CorpusStore &store, EmbeddingModel &model, const std::filesystem::path &kept,
                const std::string &path)
{
    const auto values = orGiveUp(vectorsOfChunks(orGiveUp(store.all()), model, kept, {}, {}));
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
}

RetrievalQuery queryOf(const std::string &code)
{
    RetrievalQuery query;
    query.text = code;
    Analysis analysis = orGiveUp(analyse(code));
    query.uses = std::move(analysis.uses);
    std::move(analysis.operators.begin(), analysis.operators.end(), std::back_inserter(query.uses));
    return query;
}

} // namespace

int main(int argc, char **argv)
{
    const Arguments arguments = parse({argv + 1, argv + argc});
    if (arguments.files.empty()) {
        std::cerr << "usage: retrieval_probe CHUNKS.jsonl FILE... [--notes FOLDER] "
                     "[--precision NAME] [--threads N] [--at-once N] [--vectors OUT.f32]\n";
        return 2;
    }
    const Paths paths = Paths::standard();
    const std::filesystem::path folder = arguments.chunks + ".folder";
    std::filesystem::create_directories(folder);
    auto store = orGiveUp(CorpusStore::open(folder / "corpus.sqlite"));
    std::ofstream out(arguments.chunks);
    put(*store, orGiveUp(chunksOfCatalogue(paths.catalogue())), out);
    if (!arguments.notes.empty()) {
        std::vector<std::string> skipped;
        put(*store, orGiveUp(chunksOfMarkdownFolder(arguments.notes, skipped, {}, {})), out);
    }
    out.close();
    const std::shared_ptr<EmbeddingModel> model = orGiveUp(loadEncoder(
        {paths.libtorch(), paths.encoderModule(), paths.models() / "all-MiniLM-L6-v2", paths.cache},
        arguments.options));
    const auto start = Clock::now();
    const auto retriever =
        orGiveUp(Retriever::open(*store, model, folder / "vectors", {}, {}, nullptr,
                                 orGiveUp(Timeline::load(paths.timeline()))));
    const double opened = secondsSince(start);
    if (!arguments.vectors.empty()) {
        putVectors(*store, *model, folder / "vectors", arguments.vectors);
    }
    std::cout << "{\"chunks\": " << orGiveUp(store->count()) << ", \"open_s\": " << opened
              << ", \"peak_mb\": " << peakMegabytes() << "}" << std::endl;
    std::vector<std::string> codes;
    for (const std::string &file : arguments.files) {
        codes.push_back(orGiveUp(readFile(file)));
    }
    std::size_t next = 0;
    for (std::string line; std::getline(std::cin, line);) {
        bool isWhole = true;
        const auto begin = Clock::now();
        for (std::size_t i = 0; i < arguments.atOnce; ++i, ++next) {
            const std::string &code = codes[next % codes.size()];
            retriever->expect(code, {});
            const auto found = orGiveUp(retriever->retrieve(queryOf(code), {}));
            isWhole = isWhole && found.ranked.size() == 6;
        }
        std::cout << (isWhole ? secondsSince(begin) : -1) << std::endl;
    }
    return 0;
}
