#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <fstream>
#include <limits>

#include "base/files.h"
#include "index/vectorindex.h"

using namespace TorchLift;

namespace {

const VectorTable kTable{"hash-of-model", 3, {"first", "second"}, {1, 2, 3, -4, 0.5F, 6}};

std::string readAll(const std::filesystem::path &file)
{
    return readFile(file).value_or("");
}

void writeAll(const std::filesystem::path &file, const std::string &bytes)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

} // namespace

class TestVectorFile : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void roundTrip();
    void bytesArePinned();
    void everyByteMatters();
    void everyLengthMatters();
    void refusesWhatCannotBeKept();
    void absentFile();
    void newerFormat();
    void hugeCountWithGoodChecksum();

private:
    QTemporaryDir m_folder;
    std::filesystem::path m_file;
};

void TestVectorFile::init()
{
    m_file = m_folder.filePath("vectors.tlv").toStdString();
    QVERIFY(saveVectors(m_file, kTable));
}

void TestVectorFile::roundTrip()
{
    const auto table = loadVectors(m_file);
    QVERIFY(table);
    QCOMPARE(table->modelHash, kTable.modelHash);
    QCOMPARE(table->dimension, kTable.dimension);
    QVERIFY(table->keys == kTable.keys);
    QVERIFY(table->values == kTable.values);
}

// The format is a promise: files of today are read by the program of tomorrow.
void TestVectorFile::bytesArePinned()
{
    const std::string bytes = readAll(m_file);
    std::string expected("TLVECT\r\n\x01\0\0\0\x01\0\0\0", 16);
    expected += std::string("\x03\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0", 16);
    expected += std::string("\x0d\0\0\0hash-of-model", 17);
    expected += std::string("\x05\0\0\0first\x06\0\0\0second", 19);
    expected += std::string("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40", 12);
    expected += std::string("\0\0\x80\xc0\0\0\0\x3f\0\0\xc0\x40", 12);
    expected += sha256Hex(expected);
    QVERIFY(bytes == expected);
}

void TestVectorFile::everyByteMatters()
{
    const std::string bytes = readAll(m_file);
    for (size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = char(damaged[i] ^ 0x01);
        writeAll(m_file, damaged);
        const auto table = loadVectors(m_file);
        QVERIFY2(!table, qPrintable(QString::number(i)));
        QCOMPARE(table.error().code, Errc::Damaged);
    }
}

void TestVectorFile::everyLengthMatters()
{
    const std::string bytes = readAll(m_file);
    for (size_t length = 0; length < bytes.size(); ++length) {
        writeAll(m_file, bytes.substr(0, length));
        const auto table = loadVectors(m_file);
        QVERIFY2(!table, qPrintable(QString::number(length)));
        QCOMPARE(table.error().code, Errc::Damaged);
    }
    writeAll(m_file, bytes + 'x');
    QCOMPARE(loadVectors(m_file).error().code, Errc::Damaged);
}

void TestVectorFile::refusesWhatCannotBeKept()
{
    VectorTable table = kTable;
    table.values.pop_back();
    QCOMPARE(saveVectors(m_file, table).error().code, Errc::InvalidArgument);
    table = kTable;
    table.values[1] = std::numeric_limits<float>::quiet_NaN();
    QCOMPARE(saveVectors(m_file, table).error().code, Errc::InvalidArgument);
    table = kTable;
    table.dimension = 0;
    QCOMPARE(saveVectors(m_file, table).error().code, Errc::InvalidArgument);
    QVERIFY(loadVectors(m_file)); // the old file is still there
    QCOMPARE(saveVectors(m_folder.filePath("no/such/folder").toStdString(), kTable).error().code,
             Errc::Io);
}

void TestVectorFile::absentFile()
{
    QCOMPARE(loadVectors(m_folder.filePath("absent").toStdString()).error().code, Errc::NotFound);
}

void TestVectorFile::newerFormat()
{
    std::string bytes = readAll(m_file);
    bytes.resize(bytes.size() - 64);
    bytes[8] = 2;
    writeAll(m_file, bytes + sha256Hex(bytes));
    QCOMPARE(loadVectors(m_file).error().code, Errc::Incompatible);
}

void TestVectorFile::hugeCountWithGoodChecksum()
{
    std::string bytes = readAll(m_file);
    bytes.resize(bytes.size() - 64);
    for (const size_t field : {size_t(16), size_t(24), size_t(32)}) { // dimension, count, length
        std::string forged = bytes;
        forged.replace(field, 4, "\xff\xff\xff\x7f");
        writeAll(m_file, forged + sha256Hex(forged));
        const auto table = loadVectors(m_file);
        QVERIFY(!table);
        QCOMPARE(table.error().code, Errc::Damaged);
    }
}

QTEST_GUILESS_MAIN(TestVectorFile)
#include "tst_vectorfile.moc"
