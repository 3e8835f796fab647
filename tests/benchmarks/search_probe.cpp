// Builds an index over the vectors of a file and searches it, timed.
//
//   search_probe exact|hnsw|cuda VECTORS.f32 DIMENSION QUERIES.f32 K HITS.u32 [M EFCONSTRUCTION
//   EFSEARCH]
//
// "cuda": on the card, by the default model's module (dimension 384).
// Prints one JSON object (seconds to build, memory) and writes the hits of all queries, then waits
// for lines on standard input: for each it searches all queries again, one after the other, and
// prints the seconds that took.
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "embedding/encoderloader.h"
#include "index/vectorindex.h"
#include "measure.h"
#include "retrieval/deviceindex.h"
#include "settings/paths.h"

using namespace TorchLift;

namespace {

std::vector<float> readFloats(const std::string &file)
{
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    std::vector<float> values(static_cast<std::size_t>(in.tellg()) / sizeof(float));
    in.seekg(0);
    in.read(reinterpret_cast<char *>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
    return values;
}

// Of this program alone: what getrusage() says starts with the parent's.
std::vector<std::uint32_t> searchAll(const VectorIndex &index, const std::vector<float> &queries,
                                     std::size_t k)
{
    std::vector<std::uint32_t> hits;
    const std::size_t dimension = index.dimension();
    for (std::size_t at = 0; at < queries.size(); at += dimension) {
        const auto found = index.search(std::span(queries).subspan(at, dimension), k, {});
        for (std::size_t i = 0; i < k; ++i) {
            hits.push_back(found && i < found->size() ? static_cast<std::uint32_t>((*found)[i].row)
                                                      : UINT32_MAX);
        }
    }
    return hits;
}

Result<std::unique_ptr<VectorIndex>> indexOnCard(const std::vector<float> &vectors)
{
    const Paths paths = Paths::standard();
    auto model = loadEncoder(
        {paths.libtorch(), paths.encoderModule(), paths.models() / "all-MiniLM-L6-v2", paths.cache},
        {.device = Device::Cuda});
    if (!model) {
        return tl::unexpected(model.error());
    }
    auto kept = (*model)->keepOnDevice(vectors);
    if (!kept) {
        return tl::unexpected(kept.error());
    }
    return makeDeviceIndex(std::move(*kept));
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() != 6 && words.size() != 9) {
        std::cerr
            << "usage: search_probe exact|hnsw|cuda VECTORS.f32 DIMENSION QUERIES.f32 K HITS.u32 "
               "[M EFCONSTRUCTION EFSEARCH]\n";
        return 2;
    }
    const std::size_t dimension = std::stoul(words[2]);
    const std::size_t k = std::stoul(words[4]);
    std::vector<float> vectors = readFloats(words[1]);
    const std::vector<float> queries = readFloats(words[3]);
    const long before = peakMegabytes();
    const auto start = Clock::now();
    Result<std::unique_ptr<VectorIndex>> index;
    if (words[0] == "exact") {
        index = makeExactIndex(std::move(vectors), dimension);
    } else if (words[0] == "cuda") {
        index = indexOnCard(vectors);
    } else {
        HnswOptions options;
        if (words.size() == 9) {
            options = {std::stoul(words[6]), std::stoul(words[7]), std::stoul(words[8])};
        }
        index = makeHnswIndex(vectors, dimension, options, {});
    }
    if (!index) {
        std::cerr << index.error().detail << '\n';
        return 3;
    }
    const double seconds = secondsSince(start);
    std::cout << "{\"build_s\": " << seconds << ", \"peak_mb\": " << peakMegabytes()
              << ", \"vectors_mb\": " << before << "}" << std::endl;
    const auto hits = searchAll(**index, queries, k);
    std::ofstream(words[5], std::ios::binary)
        .write(reinterpret_cast<const char *>(hits.data()),
               static_cast<std::streamsize>(hits.size() * sizeof(std::uint32_t)));
    for (std::string line; std::getline(std::cin, line);) {
        const auto searching = Clock::now();
        if (searchAll(**index, queries, k) != hits) {
            return 4;
        }
        std::cout << secondsSince(searching) << std::endl;
    }
    return 0;
}
