#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "pipeline/chosenmodel.h"
#include "retrieval/embeddingcache.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxTextsBytes = std::size_t{2} << 30U;

// A line is a JSON string, or an object whose "text" is one.
Result<std::vector<std::string>> readTexts(const std::string &file)
{
    const auto bytes = readFile(file, kMaxTextsBytes);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    std::vector<std::string> texts;
    std::size_t line = 0;
    for (std::size_t at = 0; at < bytes->size();) {
        const std::size_t end = std::min(bytes->find('\n', at), bytes->size());
        const std::string_view text(bytes->data() + at, end - at);
        at = end + 1;
        ++line;
        if (text.find_first_not_of(" \t\r") == std::string_view::npos) {
            continue;
        }
        const Json json = Json::parse(text, nullptr, false);
        const Json &value = json.is_object() && json.contains("text") ? json["text"] : json;
        if (!value.is_string()) {
            return fail(Errc::InvalidInput,
                        "line " + std::to_string(line)
                            + " is neither a JSON string nor an object with a \"text\"",
                        file);
        }
        texts.push_back(value.get<std::string>());
    }
    return texts;
}

// NumPy's format 1.0: little-endian fp32, row-major.
std::string npyBytes(const Embeddings &vectors)
{
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': ("
                         + std::to_string(vectors.readings.size()) + ", "
                         + std::to_string(vectors.dimension) + "), }";
    constexpr std::size_t prefix = 10; // magic, version, length of the header
    constexpr std::size_t step = 64;   // what follows starts at a multiple of it
    header.append(step - (prefix + header.size() + 1) % step, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xFFU);
    bytes += static_cast<char>(header.size() >> 8U);
    bytes += header;
    bytes.append(reinterpret_cast<const char *>(vectors.values.data()),
                 vectors.values.size() * sizeof(float));
    return bytes;
}

// How long each text is; what was cut off is counted, not guessed.
Result<Json> describeTexts(EmbeddingModel &model, TextRole role,
                           const std::vector<std::string> &texts, const Embeddings &vectors)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const TextReading &reading = vectors.readings[i];
        std::size_t tokens = reading.tokens;
        if (reading.isCut) {
            auto ids = model.tokenize(texts[i], role);
            if (!ids) {
                return tl::unexpected(ids.error());
            }
            tokens = ids->size();
        }
        list.push_back({{"tokens", tokens}, {"read", reading.tokens}, {"isCut", reading.isCut}});
    }
    return list;
}

void printSummary(const EmbedOptions &options, const EmbeddingModel &model, const Json &report)
{
    std::size_t cut = 0;
    std::size_t longest = 0;
    std::size_t read = 0;
    const Json &texts = report["texts"];
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto tokens = texts[i]["tokens"].get<std::size_t>();
        longest = std::max(longest, tokens);
        read += texts[i]["read"].get<std::size_t>();
        if (texts[i]["isCut"].get<bool>()) {
            ++cut;
            constexpr std::size_t shown = 10;
            if (cut <= shown) {
                std::cerr << "text " << i + 1 << " is cut: " << tokens << " tokens, "
                          << model.maxTokens() << " are read\n";
            } else if (cut == shown + 1) {
                std::cerr << "... (all of them: --json)\n";
            }
        }
    }
    std::cout << texts.size() << " texts, " << read << " tokens, longest " << longest << ", " << cut
              << " cut at " << model.maxTokens() << "; " << model.dimension() << " floats each in "
              << options.out << " (" << model.name() << ", "
              << report["precision"].get<std::string>() << ", "
              << report["device"].get<std::string>() << ")\n";
}

} // namespace

int runEmbed(const Context &context, const EmbedOptions &options)
{
    auto texts = readTexts(options.in);
    if (!texts) {
        return report(texts.error());
    }
    const Paths &paths = context.paths;
    const EmbeddingChoice choice = embeddingChoice(options.embedding).value_or(EmbeddingChoice{});
    auto model = openEmbedding(paths, choice, context.stop);
    if (!model) {
        return report(model.error());
    }
    const TextRole role = options.isQuery ? TextRole::Query : TextRole::Passage;
    const std::filesystem::path cache =
        paths.cache / "embeddings" / (sha256Hex((*model)->hash()).substr(0, 16) + ".vectors");
    const auto vectors =
        options.isUncached
            ? (*model)->embed(*texts, role, terminalProgress(), context.stop)
            : embedWithCache(*texts, role, **model, cache, terminalProgress(), context.stop);
    if (!vectors) {
        return report(vectors.error());
    }
    if (auto written = writeFileAtomically(options.out, npyBytes(*vectors)); !written) {
        return report(written.error());
    }
    auto lengths = describeTexts(**model, role, *texts, *vectors);
    if (!lengths) {
        return report(lengths.error());
    }
    const Json summary = {{"schema", 1},
                          {"model", (*model)->name()},
                          {"hash", (*model)->hash()},
                          {"dimension", (*model)->dimension()},
                          {"maxTokens", (*model)->maxTokens()},
                          {"precision", precisionName(choice.precision)},
                          {"device", deviceName(choice.device)},
                          {"out", options.out},
                          {"texts", std::move(*lengths)}};
    if (!options.json.empty()) {
        if (auto written = writeResult(options.json, summary.dump(2) + '\n'); !written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        printSummary(options, **model, summary);
    }
    return Done;
}

} // namespace TorchLift::Cli
