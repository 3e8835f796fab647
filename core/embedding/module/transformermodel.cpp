#include "embedding/module/transformermodel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <sched.h>

#include "base/files.h"
#include "embedding/module/batchqueue.h"
#include "embedding/module/keptvectors.h"
#include "embedding/module/plainencoder.h"
#include "embedding/module/sentencepiecetokenizer.h"

namespace TorchLift {

namespace {

// Texts sorted by length at once. Sorting makes runs of equal length; a bound keeps the first
// batch from waiting for the last text, and gives every tokenizing thread something to do.
constexpr std::size_t kTextsPerWindow = 1024;
// A card embeds faster than one thread tokenizes; more than this only wait for it.
constexpr std::size_t kMostTokenizing = 12;

std::string readLine(const std::string &file)
{
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

// Two threads on one core only share its arithmetic.
std::size_t physicalCores()
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return 1;
    }
    std::set<std::pair<std::string, std::string>> cores;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &allowed)) {
            const std::string topology =
                "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
            const std::string core = readLine(topology + "core_id");
            cores.emplace(readLine(topology + "physical_package_id"),
                          core.empty() ? "cpu" + std::to_string(cpu) : core);
        }
    }
    return std::max<std::size_t>(cores.size(), 1);
}

// One call of embed(): what its threads share.
class Job
{
public:
    Job(const Tokenizer &tokenizer, const Encoder &encoder, std::span<const std::string> texts,
        const std::string &prefix, std::size_t maxTokens, Embeddings &out, std::stop_token stop)
        : m_tokenizer(tokenizer)
        , m_encoder(encoder)
        , m_texts(texts)
        , m_prefix(prefix)
        , m_maxTokens(maxTokens)
        , m_out(out)
        , m_stop(std::move(stop))
    {}

    /// One batch after the other, all threads on each: the short way for a query.
    void runTogether(std::size_t threads)
    {
        Encoder::prepareThread();
        tokenize(1, [&](TokenBatch batch) {
            compute(batch, threads);
            return !m_stop.stop_requested();
        });
    }

    void runWith(JobThreads threads, const ProgressCallback &progress)
    {
        std::atomic<std::size_t> tokenizing = threads.tokenizing;
        {
            std::vector<std::jthread> others;
            for (std::size_t i = 0; i < threads.tokenizing; ++i) {
                others.emplace_back([&] {
                    guarded([&] {
                        tokenize(threads.computing,
                                 [&](TokenBatch batch) { return m_queue.push(std::move(batch)); });
                    });
                    if (--tokenizing == 0) {
                        m_queue.close();
                    }
                });
            }
            for (std::size_t i = 1; i < threads.computing; ++i) {
                others.emplace_back([&] { guarded([&] { computeAll({}); }); });
            }
            guarded([&] { computeAll(progress); });
        }
        if (m_failure) {
            std::rethrow_exception(m_failure);
        }
        report(progress); // the others may have done the last, or even all
    }

private:
    // Several threads may do this: each takes the next window that nobody has. A window becomes at
    // least `fewest` batches.
    template <typename Consumer>
    void tokenize(std::size_t fewest, const Consumer &consume)
    {
        for (std::size_t first = m_next.fetch_add(kTextsPerWindow); first < m_texts.size();
             first = m_next.fetch_add(kTextsPerWindow)) {
            const std::size_t count = std::min(kTextsPerWindow, m_texts.size() - first);
            std::vector<std::pair<std::size_t, std::vector<std::int32_t>>> window(count);
            std::size_t tokens = 0;
            for (std::size_t i = 0; i < count; ++i) {
                window[i] = {first + i, read(first + i)};
                tokens += window[i].second.size();
                if (m_stop.stop_requested()) {
                    return;
                }
            }
            // Batches of one size: a short last one would cost a card as much as a full one.
            const std::size_t most =
                tokens / std::max(fewest, tokens / m_encoder.batchTokens() + 1);
            // Longest first: the threads then finish together.
            std::stable_sort(window.begin(), window.end(), [](const auto &a, const auto &b) {
                return a.second.size() > b.second.size();
            });
            TokenBatch batch;
            for (const auto &[text, ids] : window) {
                std::vector<std::int32_t> &packed = batch.tokens.ids;
                if (!packed.empty() && packed.size() + ids.size() / 2 > most) {
                    if (!consume(std::exchange(batch, {}))) {
                        return;
                    }
                }
                batch.tokens.ids.insert(batch.tokens.ids.end(), ids.begin(), ids.end());
                batch.tokens.lengths.push_back(ids.size());
                batch.texts.push_back(text);
            }
            if (!consume(std::move(batch))) {
                return;
            }
        }
    }

    std::vector<std::int32_t> read(std::size_t text)
    {
        TokenIds tokens = m_prefix.empty()
                              ? m_tokenizer.encode(m_texts[text], m_maxTokens)
                              : m_tokenizer.encode(m_prefix + m_texts[text], m_maxTokens);
        m_out.readings[text] = {static_cast<std::uint32_t>(tokens.ids.size()), tokens.isCut};
        return std::move(tokens.ids);
    }

    void computeAll(const ProgressCallback &progress)
    {
        Encoder::prepareThread();
        while (auto batch = m_queue.pop()) {
            if (m_stop.stop_requested()) {
                m_queue.abandon();
                return;
            }
            compute(*batch, 1);
            report(progress);
        }
    }

    void report(const ProgressCallback &progress) const
    {
        if (progress) {
            progress({"embedding", static_cast<double>(m_done.load()),
                      static_cast<double>(m_texts.size()), "chunks"});
        }
    }

    void compute(const TokenBatch &batch, std::size_t threads)
    {
        const std::size_t dimension = m_out.dimension;
        std::vector<float> vectors(batch.texts.size() * dimension);
        m_encoder.encode(batch.tokens, vectors, threads);
        for (std::size_t i = 0; i < batch.texts.size(); ++i) {
            std::copy_n(vectors.begin() + static_cast<std::ptrdiff_t>(i * dimension), dimension,
                        m_out.values.begin()
                            + static_cast<std::ptrdiff_t>(batch.texts[i] * dimension));
        }
        m_done += batch.texts.size();
    }

    // The first exception of any thread ends all of them and is thrown again by runWith().
    template <typename Work>
    void guarded(const Work &work)
    {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(m_failureMutex);
            if (!m_failure) {
                m_failure = std::current_exception();
            }
            m_queue.abandon();
        }
    }

    const Tokenizer &m_tokenizer;
    const Encoder &m_encoder;
    std::span<const std::string> m_texts;
    const std::string &m_prefix;
    std::size_t m_maxTokens;
    Embeddings &m_out;
    std::stop_token m_stop;
    BatchQueue m_queue{8};
    std::atomic<std::size_t> m_next = 0; // text that no thread has taken yet
    std::atomic<std::size_t> m_done = 0;
    std::mutex m_failureMutex;
    std::exception_ptr m_failure;
};

Result<std::unique_ptr<Tokenizer>> loadTokenizer(const ModelFolder &folder)
{
    Result<std::unique_ptr<Tokenizer>> tokenizer;
    if (folder.tokenizer == TokenizerKind::WordPiece) {
        tokenizer = WordPieceTokenizer::load(folder.vocabulary, folder.wordPiece);
    } else {
        tokenizer = SentencePieceTokenizer::load(folder.vocabulary);
    }
    if (tokenizer && (*tokenizer)->vocabularySize() > folder.vocabularySize) {
        return fail(Errc::Damaged, "the vocabulary has more tokens than the weights",
                    folder.vocabulary.string(), "installer/setup.sh");
    }
    return tokenizer;
}

} // namespace

Result<std::unique_ptr<EmbeddingModel>> TransformerModel::load(const EncoderPaths &paths,
                                                               const EncoderOptions &options,
                                                               const std::stop_token &stop)
{
    std::unique_ptr<TransformerModel> model(new TransformerModel);
    auto read = readModelFolder(paths.model);
    if (!read) {
        return tl::unexpected(read.error());
    }
    ModelFolder &folder = model->m_folder;
    folder = std::move(*read);
    folder.queryPrefix = options.queryPrefix.value_or(folder.queryPrefix);
    folder.passagePrefix = options.passagePrefix.value_or(folder.passagePrefix);
    if (!folder.saysPooling && options.pooling) {
        folder.pooling = *options.pooling;
    }
    if (options.maxTokens >= 2) { // the two special tokens
        folder.maxTokens = std::min(folder.maxTokens, options.maxTokens);
    }
    auto tokenizer = loadTokenizer(folder);
    if (!tokenizer) {
        return tl::unexpected(tokenizer.error());
    }
    model->m_tokenizer = std::move(*tokenizer);
    auto weights = ModelWeights::open(folder);
    if (!weights) {
        return tl::unexpected(weights.error());
    }
    Encoder::prepareThread();
    auto encoder =
        options.device == Device::Cuda || options.isPlain
            ? loadPlainEncoder(folder, std::move(*weights), options.precision, options.device, stop)
            : loadBertEncoder(folder, std::move(*weights), options.precision, stop);
    if (!encoder) {
        return tl::unexpected(encoder.error());
    }
    model->m_encoder = std::move(*encoder);
    auto hash = hashModelFolder(folder, paths.cache, stop);
    if (!hash) {
        return tl::unexpected(hash.error());
    }
    // Vectors of another precision are close, not equal: they do not mix either.
    const std::string settings = folder.queryPrefix + '\n' + folder.passagePrefix + '\n'
                                 + std::to_string(folder.maxTokens)
                                 + (folder.pooling == Pooling::Mean ? " mean" : " first");
    model->m_hash = *hash + '-' + sha256Hex(settings).substr(0, 8)
                    + (options.precision == Precision::Fp32
                           ? ""
                           : std::string("-") + precisionName(options.precision));
    if (options.device == Device::Cuda || options.isPlain) {
        model->m_vectorsAt = options.device == Device::Cuda ? at::kCUDA : at::kCPU;
    }
    const std::size_t threads = options.threads == 0 ? physicalCores() : options.threads;
    // A card is fed by two: one packs a batch while the other waits for its vectors.
    model->m_threads = options.device == Device::Cuda
                           ? JobThreads{std::clamp<std::size_t>(threads, 1, kMostTokenizing), 2}
                           : JobThreads{1, threads};
    return model;
}

Result<std::vector<std::int32_t>> TransformerModel::tokenize(const std::string &text, TextRole role)
try {
    return m_tokenizer->encode(prefixOf(role) + text, 0).ids;
} catch (const std::exception &error) {
    return fail(Errc::Internal, error.what(), m_folder.path.string());
}

Result<Embeddings> TransformerModel::embed(std::span<const std::string> texts, TextRole role,
                                           const ProgressCallback &progress, std::stop_token stop)
try {
    Embeddings out;
    out.dimension = dimension();
    out.values.resize(texts.size() * out.dimension);
    out.readings.resize(texts.size());
    Job job(*m_tokenizer, *m_encoder, texts, prefixOf(role), m_folder.maxTokens, out, stop);
    constexpr std::size_t few = 4; // not a batch for each thread
    if (texts.size() <= few) {
        job.runTogether(m_threads.computing);
    } else {
        job.runWith(m_threads, progress);
    }
    if (stop.stop_requested()) {
        return fail(Errc::Cancelled, "embedding was cancelled");
    }
    if (!std::all_of(out.values.begin(), out.values.end(),
                     [](float x) { return std::isfinite(x); })) {
        return fail(Errc::Damaged, "the model computes values that are not finite",
                    m_folder.weights.front().string(), "installer/setup.sh");
    }
    return out;
} catch (const std::exception &error) {
    return fail(Errc::Internal, error.what(), m_folder.path.string());
}

Result<std::unique_ptr<DeviceVectors>>
TransformerModel::keepOnDevice(std::span<const float> vectors)
{
    return m_vectorsAt ? keepVectors(vectors, dimension(), *m_vectorsAt) : nullptr;
}

} // namespace TorchLift
