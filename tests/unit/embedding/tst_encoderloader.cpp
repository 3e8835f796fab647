#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <cmath>
#include <limits>

#include "embedding/encoderloader.h"
#include "settings/paths.h"
#include "support/processor.h"
#include "tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;

namespace {

// What transformers' BertModel computes in double precision for the tiny model, mean and length
// worked out there too.
struct Expected
{
    const char *text;
    std::array<float, 8> vector;
};

constexpr Expected kExpected[] = {
    {"hello world",
     {0.4408809F, 0.2637524F, 0.5183425F, 0.0876355F, 0.3068575F, -0.2598369F, -0.0382751F,
      -0.5445714F}},
    {"",
     {0.4215338F, 0.2857854F, 0.5081937F, 0.1058501F, 0.3049125F, -0.2539280F, -0.0413921F,
      -0.5585755F}},
    {"Torch hellos. World Hello",
     {0.5181402F, 0.2750178F, 0.5111710F, 0.0542699F, 0.2681835F, -0.2741359F, -0.0455706F,
      -0.4924484F}},
};

// What XLMRobertaModel computes with the same weights: positions start behind its padding's number.
constexpr std::array<float, 8> kXlmRoberta = {0.4572498F, 0.2438402F,  0.5252188F,  0.0655600F,
                                              0.3110359F, -0.2694818F, -0.0245845F, -0.5304183F};
// tanh of a dense layer over the first token's vector, to unit length.
constexpr std::array<float, 4> kDense = {0.7109853F, -0.2430854F, 0.5340977F, 0.3874906F};

constexpr std::array<float, 8> kFirstToken = {0.3727925F, 0.2390546F,  0.5286779F,  0.1174125F,
                                              0.3473575F, -0.2353136F, -0.0298384F, -0.5776440F};

Embeddings embed(EmbeddingModel &model, const char *text)
{
    auto vectors = model.embed(std::vector<std::string>{text}, TextRole::Passage, {}, {});
    return vectors ? std::move(*vectors) : Embeddings{std::vector<float>(16), 16, {}};
}

float furthest(std::span<const float> a, std::span<const float> b)
{
    float distance = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        distance = std::max(distance, std::abs(a[i] - b[i]));
    }
    return distance;
}

} // namespace

class TestEncoderLoader : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void missingParts_data(); // these come first: a library is opened once in a process
    void missingParts();
    void damagedLibrary();
    void notAModule();
    void cancelled_data();
    void cancelled();
    void computesWhatTransformersDoes_data();
    void computesWhatTransformersDoes();
    void firstTokenPooling();
    void xlmRoberta();
    void denseModule();
    void shards();
    void prefixes();
    void smallPrecisions_data();
    void smallPrecisions();
    void operatorsOfAGpu();
    void attentionOfManyLengths_data();
    void attentionOfManyLengths();
    void threadsShareFewTexts_data();
    void threadsShareFewTexts();
    void cudaSaysWhyNot();
    void orderAndBatchesChangeNothing();
    void cutsAtTheLimit();
    void emptyBatch();
    void cancels();
    void damagedModel_data();
    void damagedModel();
    void ordinaryPrefix();
    void realModel();

private:
    [[nodiscard]] std::unique_ptr<EmbeddingModel> load(const EncoderOptions &options = {}) const;

    Paths m_installed = Paths::standard();
    std::unique_ptr<QTemporaryDir> m_folder;
    EncoderPaths m_paths;
};

void TestEncoderLoader::initTestCase()
{
    if (!std::filesystem::exists(m_installed.libtorch() / "torch/lib/libtorch_cpu.so")) {
        QSKIP("whole test program: libtorch is not installed");
    }
}

void TestEncoderLoader::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const std::filesystem::path model = m_folder->filePath("tiny").toStdString();
    writeTinyModel(model);
    m_paths = {m_installed.libtorch(), m_installed.encoderModule(), model, {}};
}

std::unique_ptr<EmbeddingModel> TestEncoderLoader::load(const EncoderOptions &options) const
{
    auto model = loadEncoder(m_paths, options);
    if (!model) {
        qWarning("%s %s", model.error().detail.c_str(), model.error().subject.c_str());
        return nullptr;
    }
    return std::move(*model);
}

void TestEncoderLoader::missingParts_data()
{
    QTest::addColumn<QString>("part");
    QTest::addRow("libtorch") << "libtorch";
    QTest::addRow("module") << "module";
}

void TestEncoderLoader::missingParts()
{
    QFETCH(QString, part);
    (part == "libtorch" ? m_paths.libtorch : m_paths.module) =
        m_folder->filePath("absent").toStdString();
    const auto model = loadEncoder(m_paths);
    QVERIFY(!model);
    QCOMPARE(model.error().code, Errc::MissingPart);
    QCOMPARE(model.error().remedy, std::string("installer/setup.sh"));
}

// Cut off within what would be mapped: without a check the process would die of SIGBUS.
void TestEncoderLoader::damagedLibrary()
{
    for (const size_t length : {size_t(0), size_t(30), size_t(4000), size_t(60000)}) {
        const std::filesystem::path copy = m_folder->filePath("cut.so").toStdString();
        std::filesystem::copy_file(m_installed.encoderModule(), copy,
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(copy, length);
        m_paths.module = copy;
        const auto model = loadEncoder(m_paths);
        QVERIFY(!model);
        QCOMPARE(model.error().code, Errc::Damaged);
    }
}

void TestEncoderLoader::notAModule()
{
    m_paths.module = m_installed.libtorch() / "torch/lib/libc10.so"; // a library, but another one
    QCOMPARE(loadEncoder(m_paths).error().code, Errc::Incompatible);
}

void TestEncoderLoader::cancelled_data()
{
    QTest::addColumn<bool>("isPlain");
    QTest::addRow("ours") << false;
    QTest::addRow("torch's operators") << true;
}

void TestEncoderLoader::cancelled()
{
    QFETCH(bool, isPlain);
    std::stop_source stop;
    stop.request_stop();
    const auto model = loadEncoder(m_paths, {.isPlain = isPlain}, stop.get_token());
    QVERIFY(!model);
    QCOMPARE(model.error().code, Errc::Cancelled);
    QVERIFY(loadEncoder(m_paths, {.isPlain = isPlain}));
}

void TestEncoderLoader::computesWhatTransformersDoes_data()
{
    QTest::addColumn<int>("precision");
    QTest::addColumn<float>("tolerance");
    QTest::addRow("fp32") << int(Precision::Fp32) << 2e-6F;
    QTest::addRow("bf16") << int(Precision::Bf16) << 0.02F;
}

void TestEncoderLoader::computesWhatTransformersDoes()
{
    QFETCH(int, precision);
    QFETCH(float, tolerance);
    const auto model = load({.precision = Precision(precision), .threads = 1});
    QVERIFY(model);
    QCOMPARE(model->name(), std::string("tiny"));
    QCOMPARE(model->dimension(), size_t(8));
    QCOMPARE(model->maxTokens(), size_t(12));
    for (const Expected &expected : kExpected) {
        const std::vector texts = {std::string(expected.text)};
        const auto vectors = model->embed(texts, TextRole::Passage, {}, {});
        QVERIFY2(vectors, vectors ? "" : vectors.error().detail.c_str());
        const float distance = furthest(vectors->row(0), expected.vector);
        QVERIFY2(distance < tolerance,
                 qPrintable(QString("%1: %2").arg(expected.text).arg(distance)));
    }
}

void TestEncoderLoader::firstTokenPooling()
{
    writeText(m_paths.model / "1_Pooling/config.json", R"({"pooling_mode_cls_token":true})");
    const auto model = load();
    const auto vectors =
        model->embed(std::vector<std::string>{"hello world"}, TextRole::Passage, {}, {});
    QVERIFY(vectors);
    QVERIFY(furthest(vectors->row(0), kFirstToken) < 2e-6F);
}

void TestEncoderLoader::xlmRoberta()
{
    writeText(m_paths.model / "config.json",
              R"({"model_type":"xlm-roberta","hidden_act":"gelu","hidden_size":8,
                  "intermediate_size":16,"num_hidden_layers":2,"num_attention_heads":2,
                  "max_position_embeddings":16,"vocab_size":10,"layer_norm_eps":1e-12,
                  "pad_token_id":1})");
    for (const bool isPlain : {false, true}) {
        const auto model = load({.isPlain = isPlain, .threads = 1});
        QVERIFY(model);
        const auto vectors = embed(*model, "hello world");
        QVERIFY(furthest(vectors.row(0), kXlmRoberta) < 2e-6F);
    }
}

void TestEncoderLoader::denseModule()
{
    writeText(m_paths.model / "1_Pooling/config.json", R"({"pooling_mode_cls_token":true})");
    writeText(m_paths.model / "modules.json",
              R"([{"type":"x.Transformer","path":""},{"type":"x.Pooling","path":"1_Pooling"},
                  {"type":"x.Dense","path":"2_Dense"},{"type":"x.Normalize","path":"3_Normalize"}])");
    writeText(m_paths.model / "2_Dense/config.json",
              R"({"in_features":8,"out_features":4,"bias":true,
                  "activation_function":"torch.nn.modules.activation.Tanh"})");
    TinyTensor weight{"linear.weight", {4, 8}, {}};
    TinyTensor bias{"linear.bias", {4}, {}};
    for (int i = 0; i < 32; ++i) {
        weight.values.push_back(float(0.5 * std::sin(0.3 + 0.37 * i)));
    }
    for (int i = 0; i < 4; ++i) {
        bias.values.push_back(float(0.5 * std::sin(0.9 + 0.37 * i)));
    }
    writeTinyWeights(m_paths.model / "2_Dense/model.safetensors", {weight, bias});
    for (const bool isPlain : {false, true}) {
        const auto model = load({.isPlain = isPlain, .threads = 1});
        QVERIFY(model);
        QCOMPARE(model->dimension(), size_t(4));
        const auto vectors = embed(*model, "hello world");
        QVERIFY(furthest(vectors.row(0), kDense) < 2e-6F);
    }
    writeTinyWeights(m_paths.model / "2_Dense/model.safetensors", {weight});
    QCOMPARE(loadEncoder(m_paths).error().code, Errc::Damaged);
}

void TestEncoderLoader::shards()
{
    const std::vector<TinyTensor> all = tinyTensors();
    const auto middle = all.begin() + 9;
    const std::filesystem::path folder = m_paths.model;
    writeTinyWeights(folder / "model-00001-of-00002.safetensors", {all.begin(), middle});
    writeTinyWeights(folder / "model-00002-of-00002.safetensors", {middle, all.end()});
    std::string map;
    for (size_t i = 0; i < all.size(); ++i) {
        map += (i == 0 ? "\"" : ",\"") + all[i].name + "\":\"model-0000" + (i < 9 ? "1" : "2")
               + "-of-00002.safetensors\"";
    }
    writeText(folder / "model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
    std::filesystem::remove(folder / "model.safetensors");
    const auto model = load();
    QVERIFY(model);
    QVERIFY(furthest(embed(*model, "hello world").row(0), kExpected[0].vector) < 2e-6F);

    writeTinyWeights(folder / "model-00002-of-00002.safetensors", all); // some tensors twice
    QCOMPARE(loadEncoder(m_paths).error().code, Errc::Damaged);
}

void TestEncoderLoader::prefixes()
{
    const auto model = load({.queryPrefix = "hello ", .passagePrefix = "", .threads = 1});
    QVERIFY(model);
    const std::vector<std::string> texts = {"world"};
    const auto asked = model->embed(texts, TextRole::Query, {}, {});
    QVERIFY(asked && furthest(asked->row(0), kExpected[0].vector) < 2e-6F);
    QCOMPARE(asked->readings.front().tokens, 4U);
    QCOMPARE(model->tokenize("world", TextRole::Query)->size(), size_t(4));
    const auto stored = model->embed(texts, TextRole::Passage, {}, {});
    QVERIFY(stored && furthest(stored->row(0), kExpected[0].vector) > 1e-3F);
    QVERIFY(model->hash() != load()->hash()); // vectors of other prefixes never mix

    // As the folder says, where nobody says otherwise.
    writeText(m_paths.model / "config_sentence_transformers.json",
              R"({"prompts":{"query":"hello ","passage":"torch "}})");
    const auto own = load();
    QVERIFY(furthest(own->embed(texts, TextRole::Query, {}, {})->row(0), kExpected[0].vector)
            < 2e-6F);
}

void TestEncoderLoader::smallPrecisions_data()
{
    QTest::addColumn<int>("precision");
    QTest::addColumn<float>("tolerance");
    QTest::addRow("fp16") << int(Precision::Fp16) << 0.005F;
    QTest::addRow("bf16") << int(Precision::Bf16) << 0.02F;
    QTest::addRow("int16") << int(Precision::Int16) << 0.002F;
    QTest::addRow("int8") << int(Precision::Int8) << 0.05F; // 8 wide: nothing averages out
}

void TestEncoderLoader::smallPrecisions()
{
    QFETCH(int, precision);
    QFETCH(float, tolerance);
    const auto model = load({.precision = Precision(precision), .threads = 1});
    QVERIFY(model);
    for (const Expected &expected : kExpected) {
        const auto vectors = embed(*model, expected.text);
        QVERIFY(furthest(vectors.row(0), expected.vector) < tolerance);
    }
}

// What a GPU runs gives the same on the processor.
void TestEncoderLoader::operatorsOfAGpu()
{
    const auto model = load({.isPlain = true, .threads = 2});
    QVERIFY(model);
    std::vector<std::string> texts;
    for (int i = 0; i < 50; ++i) {
        texts.emplace_back(kExpected[i % 3].text);
    }
    const auto vectors = model->embed(texts, TextRole::Passage, {}, {});
    QVERIFY2(vectors, vectors ? "" : vectors.error().detail.c_str());
    for (size_t i = 0; i < texts.size(); ++i) {
        QVERIFY(furthest(vectors->row(i), kExpected[i % 3].vector) < 2e-6F);
    }
    // What keeps vectors on a card does so on the processor, too.
    const auto kept = model->keepOnDevice(vectors->values);
    QVERIFY(kept && *kept);
    QCOMPARE((*kept)->size(), texts.size());
    const auto nearest = (*kept)->nearest(vectors->row(1), 20);
    QVERIFY(nearest);
    QCOMPARE(nearest->size(), size_t(20));
    for (size_t i = 0; i < nearest->size(); ++i) { // 17 times the same text, then the next nearest
        const auto &[row, score] = (*nearest)[i];
        float product = 0;
        for (size_t at = 0; at < vectors->dimension; ++at) {
            product += vectors->row(row)[at] * vectors->row(1)[at];
        }
        QVERIFY(std::abs(product - score) < 1e-6F);
        QCOMPARE(row % 3 == 1, i < 17);
    }
    QCOMPARE((*kept)->nearest(vectors->row(1), 1000)->size(), texts.size());
    QCOMPARE((*kept)->nearest(vectors->row(1).first(3), 1).error().code, Errc::InvalidArgument);
    for (const Precision integers : {Precision::Int16, Precision::Int8}) {
        QCOMPARE(loadEncoder(m_paths, {.precision = integers, .isPlain = true}).error().code,
                 Errc::Incompatible);
    }
}

void TestEncoderLoader::attentionOfManyLengths_data()
{
    QTest::addColumn<int>("precision");
    QTest::addColumn<float>("tolerance");
    QTest::addRow("fp32") << int(Precision::Fp32) << 1e-5F;
    QTest::addRow("int16") << int(Precision::Int16) << 2e-3F;
    QTest::addRow("fp16") << int(Precision::Fp16) << 2e-3F;
    QTest::addRow("bf16") << int(Precision::Bf16) << 0.03F;
    QTest::addRow("int8") << int(Precision::Int8) << 0.05F;
}

// Heads of 32, so that our own attention is taken, around the borders of its blocks.
void TestEncoderLoader::attentionOfManyLengths()
{
    QFETCH(int, precision);
    QFETCH(float, tolerance);
    writeTinyModel(m_paths.model, 64, 200);
    const auto ours = load({.precision = Precision(precision), .threads = 2});
    const auto plain = load({.isPlain = true, .threads = 1});
    QVERIFY(ours && plain);
    std::vector<std::string> texts;
    for (const int words : {0, 1, 29, 30, 31, 61, 62, 63, 93, 125, 126, 127, 160, 198, 250}) {
        std::string text;
        for (int i = 0; i < words; ++i) {
            text += std::array{"hello ", "world ", "torch ", ". "}[size_t(i * i) % 4];
        }
        texts.push_back(text);
    }
    const auto mine = ours->embed(texts, TextRole::Passage, {}, {});
    const auto theirs = plain->embed(texts, TextRole::Passage, {}, {});
    QVERIFY(mine && theirs);
    for (size_t i = 0; i < texts.size(); ++i) {
        const float distance = furthest(mine->row(i), theirs->row(i));
        QVERIFY2(distance < tolerance, qPrintable(QString("%1: %2").arg(i).arg(distance)));
    }
    QVERIFY(mine->readings.back().isCut && !mine->readings.front().isCut);
    QCOMPARE(mine->readings.back().tokens, 200U);
}

void TestEncoderLoader::threadsShareFewTexts_data()
{
    QTest::addColumn<int>("precision");
    QTest::addColumn<float>("tolerance");
    for (const Precision precision : kPrecisions) {
        const bool isOurs =
            precision == Precision::Fp32 || precision == Precision::Int16 || !hasProductsOfOneDnn();
        // oneDNN may sum in another order for other numbers of rows.
        QTest::addRow("%s", precisionName(precision)) << int(precision) << (isOurs ? 1e-6F : 0.03F);
    }
}

// A text's rows are shared out; what a thread computes depends on its own rows and on all keys.
void TestEncoderLoader::threadsShareFewTexts()
{
    QFETCH(int, precision);
    QFETCH(float, tolerance);
    writeTinyModel(m_paths.model, 64, 200);
    const auto alone = load({.precision = Precision(precision), .threads = 1});
    QVERIFY(alone);
    std::string text;
    std::vector<std::string> texts;
    for (int i = 0; i < 190; ++i) {
        text += std::array{"hello ", "world ", "torch ", ". "}[size_t(i * i) % 4];
        if (i % 60 == 9) {
            texts.push_back(text);
        }
    }
    for (const std::size_t threads : {2, 3, 7}) {
        const auto together = load({.precision = Precision(precision), .threads = threads});
        QVERIFY(together);
        for (std::size_t count = 1; count <= texts.size(); ++count) {
            const std::span few(texts.data(), count);
            const auto expected = alone->embed(few, TextRole::Passage, {}, {});
            const auto vectors = together->embed(few, TextRole::Passage, {}, {});
            QVERIFY(expected && vectors);
            for (std::size_t i = 0; i < count; ++i) {
                const float distance = furthest(vectors->row(i), expected->row(i));
                QVERIFY2(distance < tolerance, qPrintable(QString::number(distance)));
            }
        }
    }
}

void TestEncoderLoader::cudaSaysWhyNot()
{
    const auto model = loadEncoder(m_paths, {.precision = Precision::Bf16, .device = Device::Cuda});
    if (model) {
        QSKIP("there is a GPU here");
    }
    QCOMPARE(model.error().code, Errc::MissingPart);
    QVERIFY(!model.error().detail.empty() && !model.error().remedy.empty());
}

void TestEncoderLoader::orderAndBatchesChangeNothing()
{
    std::vector<std::string> texts; // several batches, all lengths, on several threads
    for (int i = 0; i < 3000; ++i) {
        texts.emplace_back(kExpected[i % 3].text);
    }
    double last = 0;
    const auto model = load({.threads = 3});
    const auto vectors = model->embed(texts, TextRole::Passage,
                                      [&](const Progress &progress) { last = progress.done; }, {});
    QVERIFY(vectors);
    QCOMPARE(vectors->rows(), texts.size());
    QVERIFY(last > 0);
    for (size_t i = 0; i < texts.size(); ++i) {
        QVERIFY(furthest(vectors->row(i), kExpected[i % 3].vector) < 2e-6F);
    }
}

void TestEncoderLoader::cutsAtTheLimit()
{
    const auto model = load();
    std::string text;
    for (int i = 0; i < 40; ++i) {
        text += "hello ";
    }
    QCOMPARE(model->tokenize(text, TextRole::Passage)->size(), size_t(42));
    const std::vector texts = {text, text.substr(0, 60)}; // ten words and two marks are read
    const auto vectors = model->embed(texts, TextRole::Passage, {}, {});
    QVERIFY(vectors);
    QVERIFY(furthest(vectors->row(0), vectors->row(1)) < 1e-6F);
}

void TestEncoderLoader::emptyBatch()
{
    const auto model = load();
    const auto vectors = model->embed({}, TextRole::Passage, {}, {});
    QVERIFY(vectors);
    QCOMPARE(vectors->rows(), size_t(0));
    QCOMPARE(vectors->dimension, size_t(8));
    const auto kept = model->keepOnDevice({}); // the processor has its own index
    QVERIFY(kept && !*kept);
}

void TestEncoderLoader::cancels()
{
    std::stop_source source;
    const std::vector<std::string> texts(20000, "hello world");
    const auto model = load({.threads = 2});
    const auto stopped = model->embed(
        texts, TextRole::Passage, [&](const Progress &) { source.request_stop(); },
        source.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, Errc::Cancelled);
    QVERIFY(model->embed(std::span(texts).first(10), TextRole::Passage, {}, {})); // still usable
}

void TestEncoderLoader::damagedModel_data()
{
    QTest::addColumn<QString>("damage");
    for (const char *damage :
         {"no weights", "cut weights", "missing tensor", "wrong shape", "not a number",
          "vocabulary too long", "vocabulary without [CLS]", "vocabulary of noise"}) {
        QTest::addRow("%s", damage) << damage;
    }
}

void TestEncoderLoader::damagedModel()
{
    QFETCH(QString, damage);
    const std::filesystem::path weights = m_paths.model / "model.safetensors";
    const std::filesystem::path vocabulary = m_paths.model / "vocab.txt";
    auto tensors = tinyTensors();
    if (damage == "no weights") {
        std::filesystem::remove(weights);
    } else if (damage == "cut weights") {
        std::filesystem::resize_file(weights, std::filesystem::file_size(weights) - 1);
    } else if (damage == "missing tensor") {
        tensors.pop_back();
        writeTinyWeights(weights, tensors);
    } else if (damage == "wrong shape") {
        tensors[5].shape = {4, 16};
        writeTinyWeights(weights, tensors);
    } else if (damage == "not a number") {
        tensors[5].values[3] = std::numeric_limits<float>::quiet_NaN();
        writeTinyWeights(weights, tensors);
    } else if (damage == "vocabulary too long") {
        std::ofstream(vocabulary, std::ios::app) << "one\ntwo\n";
    } else if (damage == "vocabulary without [CLS]") {
        writeText(vocabulary, "[PAD]\n[UNK]\n[SEP]\n[MASK]\nhello\n");
    } else {
        writeText(vocabulary, "\xff\xfe\x80noise\n");
    }
    const auto model = loadEncoder(m_paths);
    QVERIFY(!model);
    QCOMPARE(model.error().code, damage == "no weights" ? Errc::MissingPart : Errc::Damaged);
}

void TestEncoderLoader::ordinaryPrefix()
{
    auto tensors = tinyTensors();
    for (TinyTensor &tensor : tensors) {
        tensor.name.insert(0, "bert.");
    }
    writeTinyWeights(m_paths.model / "model.safetensors", tensors);
    const auto vectors = load()->embed(std::vector<std::string>{""}, TextRole::Passage, {}, {});
    QVERIFY(vectors);
    QVERIFY(furthest(vectors->row(0), kExpected[1].vector) < 2e-6F);
}

void TestEncoderLoader::realModel()
{
    m_paths.model = m_installed.models() / "all-MiniLM-L6-v2";
    if (!std::filesystem::exists(m_paths.model)) {
        QSKIP("all-MiniLM-L6-v2 is not installed");
    }
    const auto model = load();
    QVERIFY(model);
    QCOMPARE(model->dimension(), size_t(384));
    QCOMPARE(model->maxTokens(), size_t(256));
    const std::vector<std::string> texts = {"torch.gesv was removed, use torch.linalg.solve",
                                            "How do I solve a linear system?",
                                            "Worker processes of the data loader"};
    const auto vectors = model->embed(texts, TextRole::Passage, {}, {});
    QVERIFY(vectors);
    const auto cosine = [&](size_t a, size_t b) {
        double sum = 0;
        for (size_t i = 0; i < 384; ++i) {
            sum += double(vectors->row(a)[i]) * double(vectors->row(b)[i]);
        }
        return sum;
    };
    QVERIFY(std::abs(cosine(0, 0) - 1) < 1e-5);
    QVERIFY(cosine(0, 1) > cosine(0, 2) + 0.1);
}

QTEST_GUILESS_MAIN(TestEncoderLoader)
#include "tst_encoderloader.moc"
