#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <cstring>

#include "embedding/safetensors.h"
#include "tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;

class TestSafeTensors : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsTensors();
    void emptyTensorsAndScalars();
    void refuses_data();
    void refuses();
    void everyCut();
    void absentOrNoFile();

private:
    [[nodiscard]] std::filesystem::path path() const
    {
        return m_folder.filePath("a.safetensors").toStdString();
    }

    QTemporaryDir m_folder;
};

void TestSafeTensors::readsTensors()
{
    const auto tensors = tinyTensors();
    writeTinyWeights(path(), tensors);
    const auto file = SafeTensors::open(path());
    QVERIFY2(file, file ? "" : file.error().detail.c_str());
    QCOMPARE((*file)->tensors().size(), tensors.size());
    for (const TinyTensor &tensor : tensors) {
        const TensorView *view = (*file)->find(tensor.name);
        QVERIFY(view != nullptr);
        QCOMPARE(view->type, TensorType::F32);
        QCOMPARE(view->shape.size(), tensor.shape.size());
        QCOMPARE(view->bytes.size(), tensor.values.size() * sizeof(float));
        QCOMPARE(std::memcmp(view->bytes.data(), tensor.values.data(), view->bytes.size()), 0);
    }
    QVERIFY((*file)->find("absent") == nullptr);
    QVERIFY((*file)->find("__metadata__") == nullptr);
}

void TestSafeTensors::emptyTensorsAndScalars()
{
    writeText(path(), safeTensorsBytes(R"({"e":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},
                                          "s":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}  )",
                                       std::string(8, '\1')));
    const auto file = SafeTensors::open(path());
    QVERIFY2(file, file ? "" : file.error().detail.c_str());
    QCOMPARE((*file)->find("e")->bytes.size(), size_t(0));
    QCOMPARE((*file)->find("s")->bytes.size(), size_t(8));
}

void TestSafeTensors::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto add = [](const char *name, const std::string &header, size_t dataBytes = 8) {
        QTest::addRow("%s", name) << QByteArray::fromStdString(
            safeTensorsBytes(header, std::string(dataBytes, '\0')));
    };
    const auto length = [](const char *name, const char *eightBytes) {
        QTest::addRow("%s", name) << QByteArray(eightBytes, 8) + "{}";
    };
    QTest::addRow("empty file") << QByteArray();
    QTest::addRow("length only") << QByteArray(8, '\0');
    length("length 2^63", "\0\0\0\0\0\0\0\x80");
    length("length 2^64 - 1", "\xff\xff\xff\xff\xff\xff\xff\xff");
    length("length beyond the file", "\x03\0\0\0\0\0\0\0");
    QTest::addRow("header of 100 MB")
        << QByteArray("\0\xe1\xf5\x05\0\0\0\0", 8) + QByteArray(100'000'000, ' ');
    add("no JSON", "not json");
    add("no object", "[]");
    add("no UTF-8", "{\"\xff\":1}");
    add("deep JSON", std::string(1'000'000, '[') + std::string(1'000'000, ']'));
    add("deep JSON in a tensor", R"({"a":{"dtype":"F32","shape":[[[[2]]]],"data_offsets":[0,8]}})");
    add("a name twice", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                        R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})");
    add("a field twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})");
    add("a field too much",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":"import os"}})");
    add("unknown dtype", R"({"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}})");
    add("dtype is a number", R"({"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}})");
    add("no shape", R"({"a":{"dtype":"F32","data_offsets":[0,8]}})");
    add("negative extent", R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})");
    add("fractional extent", R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})");
    add("overflowing shape",
        R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})");
    add("overflow that wraps to the right size",
        R"({"a":{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}})");
    add("size does not fit the shape", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})");
    add("offsets reversed", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})");
    add("negative offset", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})");
    add("beyond the end", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})");
    add("overlap", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                   R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})");
    add("hole", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})");
    add("hole at the start", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})");
    add("bytes behind", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})");
}

void TestSafeTensors::refuses()
{
    QFETCH(QByteArray, bytes);
    writeText(path(), bytes.toStdString());
    const auto file = SafeTensors::open(path());
    QVERIFY(!file);
    QCOMPARE(file.error().code, Errc::Damaged);
    QVERIFY(!file.error().detail.empty());
    QCOMPARE(file.error().subject, path().string());
}

void TestSafeTensors::everyCut()
{
    const std::string whole =
        safeTensorsBytes(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "12345678");
    for (size_t length = 0; length < whole.size(); ++length) {
        writeText(path(), whole.substr(0, length));
        QCOMPARE(SafeTensors::open(path()).error().code, Errc::Damaged);
    }
}

void TestSafeTensors::absentOrNoFile()
{
    QCOMPARE(SafeTensors::open(m_folder.filePath("absent").toStdString()).error().code,
             Errc::NotFound);
    QCOMPARE(SafeTensors::open(m_folder.path().toStdString()).error().code, Errc::Unreadable);
}

QTEST_GUILESS_MAIN(TestSafeTensors)
#include "tst_safetensors.moc"
