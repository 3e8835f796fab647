// Ranks the shipped catalogue (and a folder of notes) for a text and says what each step took.
//
//   retrieval_probe TEXT_FILE [NOTES_FOLDER] [--bf16]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/store.h"
#include "embedding/encoderloader.h"
#include "retrieval/retriever.h"
#include "settings/paths.h"
#include "source/analysis.h"

using namespace TorchLift;

namespace {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

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

template <typename Work>
void report(const char *what, const Work &work)
{
    constexpr int repeats = 9;
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        const auto start = Clock::now();
        work();
        times.push_back(millisecondsSince(start));
    }
    std::sort(times.begin(), times.end());
    std::cout << what << ": " << times[repeats / 2] << " ms (median of " << repeats << ")\n";
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        std::cerr << "usage: retrieval_probe TEXT_FILE [NOTES_FOLDER] [--bf16]\n";
        return 2;
    }
    EncoderOptions options;
    options.precision = words.back() == "--bf16" ? Precision::Bf16 : Precision::Fp32;
    const Paths paths = Paths::standard();
    const auto folder = std::filesystem::temp_directory_path() / "torchlift-retrieval-probe";
    std::filesystem::remove_all(folder);

    auto store = orGiveUp(CorpusStore::open(folder / "corpus.sqlite"));
    auto start = Clock::now();
    const auto chunks = orGiveUp(chunksOfCatalogue(paths.catalogue()));
    if (auto stored = store->replaceSource("catalogue", chunks); !stored) {
        return 4;
    }
    if (words.size() > 1 && !words[1].starts_with("--")) {
        std::vector<std::string> skipped;
        const auto notes = orGiveUp(chunksOfMarkdownFolder(words[1], skipped, {}, {}));
        if (auto stored = store->replaceSource(notes.front().source, notes); !stored) {
            return 4;
        }
    }
    std::cout << orGiveUp(store->count()) << " chunks stored in " << millisecondsSince(start)
              << " ms\n";
    start = Clock::now();
    const std::shared_ptr<EmbeddingModel> model = orGiveUp(loadEncoder(
        {paths.libtorch(), paths.encoderModule(), paths.models() / "all-MiniLM-L6-v2", paths.cache},
        options));
    std::cout << "model loaded in " << millisecondsSince(start) << " ms\n";
    for (const char *what : {"opened, everything embedded", "opened again"}) {
        start = Clock::now();
        orGiveUp(Retriever::open(*store, model, folder / "vectors.tlv", {}, {}));
        std::cout << what << " in " << millisecondsSince(start) << " ms\n";
    }
    const auto retriever = orGiveUp(Retriever::open(*store, model, folder / "vectors.tlv", {}, {}));
    RetrievalQuery query;
    query.text = orGiveUp(readFile(words[0]));
    query.uses = orGiveUp(analyse(query.text)).uses;
    report("whole retrieval", [&] { orGiveUp(retriever->retrieve(query, {})); });
    report("query embedded", [&] {
        orGiveUp(model->embed({&query.text, 1}, TextRole::Query, {}, {}));
    });
    for (const RankedChunk &one : orGiveUp(retriever->retrieve(query, {})).ranked) {
        std::cout << one.rank << ' ' << one.chunk.chunkId << ' ' << one.chunk.changeSlug
                  << " dense " << one.denseRank << ' ' << one.denseScore << " lexical "
                  << one.lexicalRank << " symbols " << one.symbolRank << '\n';
    }
    std::filesystem::remove_all(folder);
    return 0;
}
