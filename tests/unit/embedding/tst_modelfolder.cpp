#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <chrono>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "embedding/modelfolder.h"
#include "tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;

class TestModelFolder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void readsSettings();
    void plainFolderHasDefaults();
    void asNewLibrariesSaveIt();
    void tokenizerFileOfAnotherKind();
    void refuses_data();
    void refuses();
    void missingFiles_data();
    void missingFiles();
    void hashKnowsEveryFile_data();
    void hashKnowsEveryFile();
    void weightsAreHashedOnce();

private:
    [[nodiscard]] std::filesystem::path path(const char *name = "") const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / "tiny" / name;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestModelFolder::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    writeTinyModel(path());
}

void TestModelFolder::readsSettings()
{
    const auto model = readModelFolder(m_folder->filePath("tiny").toStdString());
    QVERIFY2(model, model ? "" : model.error().detail.c_str());
    QCOMPARE(model->name, std::string("tiny"));
    QCOMPARE(model->hiddenSize, size_t(8));
    QCOMPARE(model->layers, size_t(2));
    QCOMPARE(model->heads, size_t(2));
    QCOMPARE(model->intermediateSize, size_t(16));
    QCOMPARE(model->maxTokens, size_t(12));
    QCOMPARE(model->layerNormEpsilon, 1e-12);
    QCOMPARE(model->pooling, Pooling::Mean);
    QVERIFY(model->isNormalised);
    QVERIFY(model->wordPiece.isLowerCased);
}

void TestModelFolder::plainFolderHasDefaults()
{
    for (const char *name :
         {"modules.json", "sentence_bert_config.json", "tokenizer_config.json"}) {
        std::filesystem::remove(path(name));
    }
    const auto model = readModelFolder(path());
    QVERIFY(model);
    QCOMPARE(model->maxTokens, size_t(16)); // as many as there are positions
    QCOMPARE(model->pooling, Pooling::Mean);
}

// transformers 5 writes no vocab.txt, sentence-transformers 6 names the pooling.
void TestModelFolder::asNewLibrariesSaveIt()
{
    const auto before = WordPieceTokenizer::load(path("vocab.txt"), {});
    QVERIFY(before);
    const auto lines = readFile(path("vocab.txt"));
    QVERIFY(lines);
    nlohmann::json vocabulary = nlohmann::json::object();
    std::istringstream in(*lines);
    for (std::string token; std::getline(in, token);) {
        vocabulary[token] = vocabulary.size();
    }
    writeText(path("tokenizer.json"),
              nlohmann::json{{"model", {{"type", "WordPiece"}, {"vocab", vocabulary}}}}.dump());
    std::filesystem::remove(path("vocab.txt"));
    writeText(path("1_Pooling/config.json"),
              R"({"embedding_dimension":8,"pooling_mode":"cls","include_prompt":true})");
    const auto model = readModelFolder(path());
    QVERIFY2(model, model ? "" : model.error().detail.c_str());
    QCOMPARE(model->pooling, Pooling::FirstToken);
    QVERIFY(model->saysPooling);
    const auto tokenizer = WordPieceTokenizer::load(model->vocabulary, model->wordPiece);
    QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().detail.c_str());
    QCOMPARE((*tokenizer)->vocabularySize(), (*before)->vocabularySize());
    for (const char *text : {"hello world", "Worlds, hello!", "nothing known"}) {
        QCOMPARE((*tokenizer)->encode(text, 0).ids, (*before)->encode(text, 0).ids);
    }
}

void TestModelFolder::tokenizerFileOfAnotherKind()
{
    for (const auto &[json, code] :
         {std::pair(R"({"model":{"type":"Unigram","vocab":[["a",-1.5]]}})", Errc::Incompatible),
          std::pair("[1, 2]", Errc::Incompatible), std::pair("{\"model\"", Errc::Incompatible),
          std::pair(R"({"model":{"type":"WordPiece","vocab":{"a":0,"b":7}}})", Errc::Damaged),
          std::pair(R"({"model":{"type":"WordPiece","vocab":{"a":0,"b":0}}})", Errc::Damaged),
          std::pair(R"({"model":{"type":"WordPiece","vocab":{"a":"x"}}})", Errc::Damaged),
          std::pair(R"({"model":{"type":"WordPiece","vocab":{}}})", Errc::Damaged)}) {
        writeText(path("tokenizer.json"), json);
        const auto tokenizer = WordPieceTokenizer::load(path("tokenizer.json"), {});
        QVERIFY2(!tokenizer, json);
        QVERIFY2(tokenizer.error().code == code, json);
    }
}

void TestModelFolder::refuses_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("code");
    const int damaged = int(Errc::Damaged);
    const int incompatible = int(Errc::Incompatible);
    QTest::addRow("empty config") << "config.json"
                                  << "" << damaged;
    QTest::addRow("cut config") << "config.json"
                                << "{\"model_type\": " << damaged;
    QTest::addRow("config without sizes") << "config.json"
                                          << "{\"model_type\":\"bert\"}" << damaged;
    QTest::addRow("absurd size")
        << "config.json"
        << R"({"model_type":"bert","hidden_size":99999999999,"intermediate_size":1,
               "num_hidden_layers":1,"num_attention_heads":1,"max_position_embeddings":8,
               "vocab_size":1})"
        << damaged;
    QTest::addRow("heads do not divide")
        << "config.json"
        << R"({"model_type":"bert","hidden_size":8,"intermediate_size":1,"num_hidden_layers":1,
               "num_attention_heads":3,"max_position_embeddings":8,"vocab_size":1})"
        << damaged;
    QTest::addRow("other architecture") << "config.json"
                                        << "{\"model_type\":\"gpt2\"}" << incompatible;
    QTest::addRow("other module") << "modules.json"
                                  << R"([{"type":"x.models.CNN","path":"2"}])" << incompatible;
    QTest::addRow("other pooling") << "1_Pooling/config.json"
                                   << R"({"pooling_mode_max_tokens":true})" << incompatible;
    QTest::addRow("limit of one token") << "sentence_bert_config.json"
                                        << R"({"max_seq_length":1})" << damaged;
}

void TestModelFolder::refuses()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    QFETCH(int, code);
    writeText(path() / file.toStdString(), text.toStdString());
    const auto model = readModelFolder(path());
    QVERIFY(!model);
    QCOMPARE(int(model.error().code), code);
}

void TestModelFolder::missingFiles_data()
{
    QTest::addColumn<QString>("file");
    for (const char *file : {"config.json", "vocab.txt", "model.safetensors"}) {
        QTest::addRow("%s", file) << file;
    }
}

void TestModelFolder::missingFiles()
{
    QFETCH(QString, file);
    std::filesystem::remove(path() / file.toStdString());
    const auto model = readModelFolder(path());
    QVERIFY(!model);
    QCOMPARE(model.error().code, Errc::MissingPart);
    QVERIFY(model.error().subject.ends_with(file.toStdString()));
    QCOMPARE(model.error().remedy, std::string("installer/setup.sh"));
}

void TestModelFolder::hashKnowsEveryFile_data()
{
    QTest::addColumn<QString>("file");
    for (const char *file : {"config.json", "vocab.txt", "model.safetensors",
                             "tokenizer_config.json", "1_Pooling/config.json"}) {
        QTest::addRow("%s", file) << file;
    }
}

void TestModelFolder::hashKnowsEveryFile()
{
    QFETCH(QString, file);
    const auto model = readModelFolder(path());
    QVERIFY(model);
    const auto before = hashModelFolder(*model, {});
    QVERIFY(before);
    QCOMPARE(before->size(), size_t(64));
    std::ofstream(path() / file.toStdString(), std::ios::app) << ' ';
    QVERIFY(*hashModelFolder(*model, {}) != *before);
}

void TestModelFolder::weightsAreHashedOnce()
{
    const auto model = readModelFolder(path());
    const std::filesystem::path cache = m_folder->filePath("cache").toStdString();
    const auto first = hashModelFolder(*model, cache);
    const std::filesystem::path notes = cache / "weights";
    const auto entry = *std::filesystem::directory_iterator(notes);
    QCOMPARE(*readFile(entry.path()), *sha256HexOfFile(model->weights.front()));
    // What the note says is believed while the file has the same size and time ...
    writeText(entry.path(), std::string(64, 'a'));
    QVERIFY(*hashModelFolder(*model, cache) != *first);
    // ... unless it is no hash; and a changed file is looked at again.
    writeText(entry.path(), "damaged");
    QCOMPARE(*hashModelFolder(*model, cache), *first);
    writeText(entry.path(), std::string(64, 'a'));
    std::filesystem::last_write_time(model->weights.front(),
                                     std::filesystem::file_time_type::clock::now()
                                         + std::chrono::hours(1));
    QCOMPARE(*hashModelFolder(*model, cache), *first);
    QCOMPARE(*hashModelFolder(*model, "/proc/no/cache"), *first);
}

QTEST_GUILESS_MAIN(TestModelFolder)
#include "tst_modelfolder.moc"
