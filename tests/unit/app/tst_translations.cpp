#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

class TestTranslations final : public QObject
{
    Q_OBJECT

    static QString source(const QString &path)
    {
        return QDir(QStringLiteral(TORCHLIFT_SOURCE_DIR)).filePath(path);
    }

    static QByteArray content(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static void files()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("pluralForms");
        QTest::addRow("Russian") << "translations/ru/torchlift_ru.ts" << 3;
        QTest::addRow("English") << "translations/en/torchlift_en.ts" << 2;
    }

private Q_SLOTS:
    void nothingIsUnfinished_data() { files(); }

    void nothingIsUnfinished()
    {
        QFETCH(QString, file);
        QFETCH(int, pluralForms);
        const QByteArray xml = content(source(file));
        QVERIFY(!xml.isEmpty());
        QVERIFY(!xml.contains("type=\"unfinished\""));
        QXmlStreamReader reader(xml);
        int forms = 0;
        int messages = 0;
        while (!reader.atEnd()) {
            reader.readNext();
            if (reader.isStartElement() && reader.name() == u"message") {
                ++messages;
                forms = reader.attributes().hasAttribute(QLatin1String("numerus")) ? 0 : -1;
            } else if (reader.isStartElement() && reader.name() == u"numerusform") {
                ++forms;
                QVERIFY(!reader.readElementText().isEmpty());
            } else if (reader.isEndElement() && reader.name() == u"message" && forms >= 0) {
                QCOMPARE(forms, pluralForms);
            }
        }
        QVERIFY(!reader.hasError());
        QVERIFY(messages > 200);
    }

    void sourcesAndTranslationsAgree_data() { files(); }

    void sourcesAndTranslationsAgree()
    {
        QFETCH(QString, file);
        const QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("copy.ts"));
        QVERIFY(QFile::copy(source(file), copy));
        QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
        QStringList arguments{QStringLiteral("-locations"),   QStringLiteral("none"),
                              QStringLiteral("-no-ui-lines"), QStringLiteral("-no-obsolete"),
                              QStringLiteral("-I"),           QStringLiteral("app")};
        QDirIterator sources(source(QStringLiteral("app")), {"*.cpp", "*.h"}, QDir::Files,
                             QDirIterator::Subdirectories);
        while (sources.hasNext()) {
            const QString path = sources.next();
            if (!path.contains(QLatin1String("/app/cli/"))) {
                arguments << path;
            }
        }
        arguments << QStringLiteral("-ts") << copy;
        QProcess lupdate;
        lupdate.setWorkingDirectory(QStringLiteral(TORCHLIFT_SOURCE_DIR));
        lupdate.start(QStringLiteral(TORCHLIFT_LUPDATE), arguments);
        QVERIFY(lupdate.waitForFinished(60'000));
        const QByteArray report = lupdate.readAllStandardOutput();
        QCOMPARE(lupdate.exitCode(), 0);
        QVERIFY2(report.contains("(0 new and"), report.constData());
        QVERIFY2(!report.contains("Removed"), report.constData());
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
