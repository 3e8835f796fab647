#include <QTest>

#include "models/chunktext.h"

using namespace TorchLift;

class TestChunkText final : public QObject
{
    Q_OBJECT

    static QString html(const QString &markdown, const std::vector<std::string> &symbols = {})
    {
        return chunkHtml(markdown, symbols, {"#111111", "#222222", "#333333", "Mono"});
    }

private Q_SLOTS:
    void nothingForeignGetsThrough_data()
    {
        QTest::addColumn<QString>("markdown");
        QTest::addColumn<QString>("forbidden");
        QTest::addRow("image") << "![x](http://evil/?q=1)"
                               << "evil";
        QTest::addRow("link") << "[text](http://evil/)"
                              << "evil";
        QTest::addRow("html image") << "<img src=\"file:///etc/passwd\">"
                                    << "<img";
        QTest::addRow("html in code") << "`<script>`"
                                      << "<script>";
        QTest::addRow("html in a fence") << "```\n<b>\n```"
                                         << "<b>";
        QTest::addRow("bidirectional override")
            << QStringLiteral("a\u202Eb") << QStringLiteral("\u202E");
    }

    void nothingForeignGetsThrough()
    {
        QFETCH(QString, markdown);
        QFETCH(QString, forbidden);
        QVERIFY2(!html(markdown).contains(forbidden), qPrintable(html(markdown)));
    }

    void symbolsAreMarked_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isMarked");
        QTest::addRow("qualified") << "use torch.gesv now" << true;
        QTest::addRow("last part") << "`gesv` is gone" << true;
        QTest::addRow("part of a word") << "gesvd is another" << false;
    }

    void symbolsAreMarked()
    {
        QFETCH(QString, text);
        QFETCH(bool, isMarked);
        QCOMPARE(html(text, {"torch.gesv"}).contains(QLatin1String("#222222")), isMarked);
    }

    void unclosedFenceIsShown() { QVERIFY(html("```python\nx = 1").contains("x = 1")); }
};

QTEST_GUILESS_MAIN(TestChunkText)
#include "tst_chunktext.moc"
