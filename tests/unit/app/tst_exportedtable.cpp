#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "models/resultsmodel.h"
#include "pipeline/pipeline.h"

using namespace TorchLift;

/// Sixty scripts run in both versions; their table as it is shown, exported and read by pandas.
class TestExportedTable final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pandasReadsWhatIsShown();
};

namespace {

constexpr int kScripts = 60;

/// Different outputs that tables get wrong: quotes, separators, line ends, other alphabets,
/// numbers that are words, nothing at all, and errors.
std::string script(int number)
{
    static const char *const kinds[] = {
        "print('a, \"b\"; c')",
        "print('one\\ntwo\\n\\nfour')",
        "print('привет, мир 你好')",
        "print('007', '1e5', 'nan', 'NA')",
        "pass",
        "raise ValueError('bad, \"very\"\\nbad')",
        "import sys; sys.stderr.write('only, errors\\n')",
        "print('tab\\there', 'back\\\\slash')",
        "x = [i * i for i in range(10)]\nprint(x)",
        "import sys; sys.exit(3)",
        "print('\\r\\nwindows\\r\\n')",
        "print('=1+2', '-3', '+4', '@x')",
    };
    return "number = " + std::to_string(number) + "\n"
           + kinds[static_cast<std::size_t>(number) % std::size(kinds)] + "\n";
}

} // namespace

void TestExportedTable::pandasReadsWhatIsShown()
{
    const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
    auto pipeline = Pipeline::open(Paths::standard());
    QVERIFY(pipeline);
    const Readiness ready = (*pipeline)->readiness({1, 0, 0}, {2, 7, 0});
    if (python.isEmpty() || !ready.source || !ready.target || !ready.sandbox) {
        QSKIP("python3, both environments and a sandbox are needed");
    }
    ResultsModel model;
    for (int i = 0; i < kScripts; ++i) {
        const std::string name = "case" + std::to_string(i) + ".py";
        const auto row = (*pipeline)->validate(name, script(i), script(i), nullptr, {}, {}, {});
        QVERIFY2(row, row ? "" : row.error().detail.c_str());
        model.setRow(*row);
    }
    QCOMPARE(model.rowCount(), kScripts);

    const QTemporaryDir folder;
    QFile table(folder.filePath(QStringLiteral("table.csv")));
    QVERIFY(table.open(QIODevice::WriteOnly));
    table.write(QByteArray::fromStdString(resultsToCsv(model.rows())));
    table.close();
    const QString out = folder.filePath(QStringLiteral("out.json"));
    QProcess reader;
    reader.setProcessChannelMode(QProcess::ForwardedChannels);
    reader.start(python, {QStringLiteral(TORCHLIFT_SOURCE_DIR "/tests/support/read_with_pandas.py"),
                          QStringLiteral(TORCHLIFT_BINARY_DIR "/pandas"), table.fileName(), out});
    QVERIFY(reader.waitForFinished(240'000));
    if (reader.exitCode() == 77) {
        QSKIP("pandas cannot be installed here");
    }
    QCOMPARE(reader.exitCode(), 0);

    QFile file(out);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject read = QJsonDocument::fromJson(file.readAll()).object();
    QCOMPARE(read[QStringLiteral("dtype")].toString(), QStringLiteral("bool"));
    const QJsonArray columns = read[QStringLiteral("columns")].toArray();
    QCOMPARE(columns.size(), qsizetype(resultColumns().size()));
    for (qsizetype i = 0; i < columns.size(); ++i) {
        QCOMPARE(columns[i].toString().toStdString(), resultColumns()[static_cast<std::size_t>(i)]);
    }
    const QJsonArray rows = read[QStringLiteral("rows")].toArray();
    QCOMPARE(rows.size(), qsizetype(kScripts));
    for (int i = 0; i < kScripts; ++i) {
        const QJsonArray cells = rows[i].toArray();
        const auto shown = [&](int column, int role) {
            return model.index(i, column).data(role).toString();
        };
        QCOMPARE(cells[0].toString(), shown(ResultsModel::Api, ResultsModel::FullTextRole));
        for (const int column : {ResultsModel::WorksOldAtSource, ResultsModel::WorksOldAtTarget,
                                 ResultsModel::WorksNewAtTarget}) {
            QCOMPARE(cells[column].toString() == QLatin1String("True"),
                     shown(column, ResultsModel::StateRole) == QLatin1String("yes"));
        }
        for (const int column : {ResultsModel::OutOldAtSource, ResultsModel::OutOldAtTarget,
                                 ResultsModel::OutNewAtTarget}) {
            QCOMPARE(cells[column].toString(), shown(column, ResultsModel::FullTextRole));
        }
        QCOMPARE(cells[ResultsModel::VerdictColumn].toString(),
                 shown(ResultsModel::VerdictColumn, ResultsModel::StateRole));
        QCOMPARE(read[QStringLiteral("works")].toArray()[i].toString(), cells[1].toString());
    }
}

QTEST_GUILESS_MAIN(TestExportedTable)
#include "tst_exportedtable.moc"
