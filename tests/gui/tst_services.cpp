#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/decorationservice.h"
#include "services/documentservice.h"
#include "services/workbench.h"
#include "session/session.h"
#include "support/samplesession.h"

using namespace TorchLift;

class TestServices final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // What the command line found stays in the session that the window saves again.
    void bisectionIsKept()
    {
        const QTemporaryDir folder;
        const QString given = folder.filePath(QStringLiteral("given.torchlift"));
        const QString saved = folder.filePath(QStringLiteral("saved.torchlift"));
        const Session session = sampleSession();
        QVERIFY(session.bisection);
        QVERIFY(saveSession(given.toStdString(), session));
        Workbench bench(Paths::standard());
        const QSignalSpy written(&bench, &Workbench::sessionSaved);
        bench.open(given);
        QTRY_VERIFY(bench.bisection() == session.bisection);
        bench.saveSession(saved, session.migration.newCode);
        QTRY_COMPARE(written.count(), 1);
        const auto again = loadSession(saved.toStdString());
        QVERIFY(again);
        QVERIFY(again->bisection == session.bisection);
        bench.openText(QStringLiteral("import torch\n")); // other code
        QVERIFY(!bench.bisection());
    }

    void bisects()
    {
        const Paths paths = Paths::standard();
        for (const Version &torch : {Version{1, 0, 0}, Version{2, 7, 0}}) {
            if (!findEnvironment(paths.environments(), torch)) {
                QSKIP("an environment is missing");
            }
        }
        Workbench bench(paths);
        const QString code = QStringLiteral("import torch\nprint(torch.ones(2))\n");
        bench.openText(code);
        const QSignalSpy bisected(&bench, &Workbench::bisected);
        const QSignalSpy failed(&bench, &Workbench::failed);
        bench.bisect(code.toStdString());
        QVERIFY(bench.activities().testFlag(Workbench::Bisecting));
        QTRY_COMPARE_WITH_TIMEOUT(bisected.count() + failed.count(), 1, 120'000);
        QCOMPARE(failed.count(), 0);
        QVERIFY(!bench.bisection()); // nothing goes wrong
        QVERIFY(!bench.activities().testFlag(Workbench::Bisecting));

        bench.bisect(code.toStdString());
        bench.cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.activities().testFlag(Workbench::Bisecting), 120'000);
        QCOMPARE(failed.count(), 0);
    }

    void badFilesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<int>("code"); // -1: it opens
        QTest::addRow("empty") << QByteArray("") << -1;
        QTest::addRow("binary") << QByteArray("\x7f"
                                              "ELF\0\0",
                                              6)
                                << int(Errc::InvalidInput);
        QTest::addRow("Latin-1") << QByteArray("# -*- coding: latin-1 -*-\nx = '\xe9'\n") << -1;
        QTest::addRow("UTF-16") << QByteArray("\xff\xfe"
                                              "a\0",
                                              4)
                                << int(Errc::InvalidInput);
    }

    void badFilesAreNamed()
    {
        QFETCH(QByteArray, content);
        QFETCH(int, code);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.py"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        DocumentService service;
        int found = -2;
        connect(&service, &DocumentService::opened, this,
                [&found](const QString &, const Result<SourceText> &source) {
                    found = source ? -1 : int(source.error().code);
                });
        service.open(path);
        QTRY_COMPARE(found, code);
    }

    void onlyTheLastOpenAnswers()
    {
        const QTemporaryDir folder;
        DocumentService service;
        QSignalSpy opened(&service, &DocumentService::opened);
        for (int i = 0; i < 20; ++i) {
            service.open(folder.filePath(QString::number(i)));
        }
        QTRY_COMPARE(opened.size(), 1);
        QTest::qWait(50);
        QCOMPARE(opened.size(), 1);
        QVERIFY(opened[0][0].toString().endsWith(QLatin1String("19")));
    }

    void encodingIsKept()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("out.py"));
        DocumentService service;
        QSignalSpy saved(&service, &DocumentService::codeSaved);
        SourceText original;
        original.encoding = SourceText::Encoding::Latin1;
        service.saveCode(path, "x = '\xc3\xa9'\n", original);
        QTRY_COMPARE(saved.size(), 1);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("x = '\xe9'\n"));
    }

    void latestDecorationsWin()
    {
        DecorationService service;
        std::vector<std::string> seen;
        connect(&service, &DecorationService::computed, this,
                [&seen](const auto &decorations) { seen.push_back(decorations->newText); });
        for (int i = 0; i < 10; ++i) {
            service.compute("a\n", std::to_string(i), {});
        }
        QTRY_VERIFY(!seen.empty());
        QTest::qWait(50);
        QCOMPARE(seen.size(), std::size_t(1));
        QCOMPARE(seen[0], std::string("9"));
    }

    void missingRulesAreSaid()
    {
        const QTemporaryDir folder;
        Paths paths = Paths::standard();
        paths.resources = folder.path().toStdString();
        Workbench bench(paths);
        QSignalSpy failed(&bench, &Workbench::failed);
        bench.openText(QStringLiteral("import torch\n"));
        bench.migrate("import torch\n");
        QTRY_VERIFY(!failed.isEmpty());
        QTRY_COMPARE(bench.activities(), Workbench::Activities(Workbench::Idle));
    }

    void closingWhileBusyIsQuick()
    {
        QElapsedTimer timer;
        {
            Workbench bench(Paths::standard());
            std::string code = "import torch\n";
            for (int i = 0; i < 20'000; ++i) {
                code += "x, lu = torch.gesv(b, A)\n";
            }
            bench.openText(QString::fromStdString(code));
            bench.migrate(code);
            QTest::qWait(20);
            timer.start();
        }
        QVERIFY(timer.elapsed() < 5000);
    }
};

QTEST_MAIN(TestServices)
#include "tst_services.moc"
