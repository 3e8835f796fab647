#include "base/text.h"

#include <QTest>

using namespace TorchLift;

class TestText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data();
    void roundTrip();
    void refuses_data();
    void refuses();
    void encodesEditedText();
    void latin1LacksTheCharacter();
    void utf8_data();
    void utf8();
    void lines_data();
    void lines();
    void linesOutOfRange();
    void spans();
    void localized();
};

void TestText::roundTrip_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("utf8");
    QTest::addColumn<bool>("isLatin1");
    QTest::addColumn<bool>("hasBom");

    const auto row = [](const char *name, QByteArray bytes, QByteArray utf8, bool isLatin1,
                        bool hasBom) {
        QTest::addRow("%s", name) << bytes << utf8 << isLatin1 << hasBom;
    };
    const auto plain = [&row](const char *name, const QByteArray &bytes) {
        row(name, bytes, bytes, false, false);
    };
    plain("empty", "");
    plain("ascii", "import torch\n");
    plain("utf-8", "s = 'привет'\n");
    plain("crlf", "a = 1\r\nb = 2\r\n");
    plain("mixed line ends", "a\rb\r\nc\n\n\rd");
    plain("no line end at the end", "a = 1");
    plain("form feed and tab", "\f\ta = 1\n");
    plain("declared utf-8", "# -*- coding: utf-8 -*-\ns = 'é'\n");
    plain("four-byte character", "s = '\xF0\x9F\x94\xA5'\n");
    plain("latin-1 named in a string only", "s = 'coding: latin-1 \xC3\xA9'\n");
    plain("coding line after code", "a = 1\n# coding: latin-1\ns = '\xC3\xA9'\n");
    plain("coding line on the third line", "\n\n# coding: latin-1\ns = '\xC3\xA9'\n");
    row("byte order mark", "\xEF\xBB\xBFs = '\xC3\xA9'\n", "s = '\xC3\xA9'\n", false, true);
    row("byte order mark alone", "\xEF\xBB\xBF", "", false, true);
    row("byte order mark wins over the coding line", "\xEF\xBB\xBF# coding: latin-1\n\xC3\xA9",
        "# coding: latin-1\n\xC3\xA9", false, true);
    row("declared latin-1", "# coding: latin-1\n\xE9", "# coding: latin-1\n\xC3\xA9", true, false);
    row("declared latin-1, valid as utf-8", "# coding=latin1\n\xC3\xA9",
        "# coding=latin1\n\xC3\x83\xC2\xA9", true, false);
    row("declared on the second line",
        "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-1 :\n\xFF",
        "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-1 :\n\xC3\xBF", true, false);
    row("declared as emacs does", "# -*- coding: Latin-1-unix -*-\n\xE9",
        "# -*- coding: Latin-1-unix -*-\n\xC3\xA9", true, false);
    row("declared with an underscore, crlf", "\r\n# coding: ISO_8859_1\r\n\xE9",
        "\r\n# coding: ISO_8859_1\r\n\xC3\xA9", true, false);
    row("undeclared latin-1", "s = '\xE9'\n", "s = '\xC3\xA9'\n", true, false);
    row("truncated sequence", "s = '\xD0", "s = '\xC3\x90", true, false);
    row("surrogate", "\xED\xA0\x80", "\xC3\xAD\xC2\xA0\xC2\x80", true, false);
    row("byte order mark before what is not utf-8", "\xEF\xBB\xBF\xE9", "\xC3\xA9", true, true);

    QByteArray all;
    QByteArray allUtf8;
    for (int byte = 1; byte < 256; ++byte) {
        all += static_cast<char>(byte);
        allUtf8 += QString(QChar(byte)).toUtf8();
    }
    row("every byte but NUL", all, allUtf8, true, false);
}

void TestText::roundTrip()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, utf8);
    QFETCH(bool, isLatin1);
    QFETCH(bool, hasBom);

    const auto source = decodeSource(bytes.toStdString());
    QVERIFY(source.has_value());
    QCOMPARE(QByteArray::fromStdString(source->utf8), utf8);
    QCOMPARE(source->encoding == SourceText::Encoding::Latin1, isLatin1);
    QCOMPARE(source->hasBom, hasBom);

    const auto encoded = encodeSource(source->utf8, *source);
    QVERIFY(encoded.has_value());
    QCOMPARE(QByteArray::fromStdString(*encoded), bytes);
}

void TestText::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("NUL") << QByteArray("a\0b", 3);
    QTest::addRow("NUL at the end") << QByteArray("a\0", 2);
    QTest::addRow("utf-16 little endian") << QByteArray("\xFF\xFE"
                                                        "a\0",
                                                        4);
    QTest::addRow("utf-16 big endian") << QByteArray("\xFE\xFF\0a", 4);
    QTest::addRow("utf-16 without mark") << QByteArray("a\0b\0", 4);
    QTest::addRow("utf-32 big endian") << QByteArray("\0\0\xFE\xFF\0\0\0a", 8);
    QTest::addRow("program") << QByteArray("\x7F"
                                           "ELF\2\1\1\0\0\0",
                                           10);
}

void TestText::refuses()
{
    QFETCH(QByteArray, bytes);
    const auto source = decodeSource(bytes.toStdString());
    QVERIFY(!source.has_value());
    QCOMPARE(source.error().code, Errc::InvalidInput);
    QVERIFY(!source.error().detail.empty());
}

void TestText::encodesEditedText()
{
    const SourceText latin1{"", SourceText::Encoding::Latin1, false};
    QCOMPARE(encodeSource("\xC3\xBF\xC2\x80z", latin1).value(), std::string("\xFF\x80z"));
    const SourceText marked{"", SourceText::Encoding::Utf8, true};
    QCOMPARE(encodeSource("x", marked).value(), std::string("\xEF\xBB\xBFx"));
}

void TestText::latin1LacksTheCharacter()
{
    const SourceText latin1{"", SourceText::Encoding::Latin1, false};
    for (const char *text : {"\xC4\x80", "\xE2\x82\xAC", "\xF0\x9F\x94\xA5", "\xE9"}) {
        const auto encoded = encodeSource(text, latin1);
        QVERIFY(!encoded.has_value());
        QCOMPARE(encoded.error().code, Errc::InvalidInput);
    }
}

void TestText::utf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("shown"); // with U+FFFD, here "?", for what is not UTF-8
    const auto row = [](const char *name, QByteArray bytes, QByteArray shown) {
        QTest::addRow("%s", name) << bytes << shown;
    };
    row("empty", "", "");
    row("highest of each length", "\x7F\xDF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF",
        "\x7F\xDF\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF");
    row("stray tail", "a\x80z", "a?z");
    row("overlong two", "\xC0\xAF", "??");
    row("overlong three", "\xE0\x80\xAF", "???");
    row("overlong four", "\xF0\x80\x80\xAF", "????");
    row("surrogate", "\xED\xA0\x80", "???");
    row("last before the surrogates", "\xED\x9F\xBF", "\xED\x9F\xBF");
    row("above U+10FFFF", "\xF4\x90\x80\x80", "????");
    row("truncated two", "z\xC3", "z?");
    row("truncated three", "\xE2\x82", "??");
    row("truncated four", "\xF0\x9F\x94", "???");
    row("sequence broken by ascii", "\xE2\x41\xC3\xA9", "?A\xC3\xA9");
    row("never a lead", "\xFE\xFF\xF5", "???");
}

void TestText::utf8()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, shown);
    QCOMPARE(isValidUtf8(bytes.toStdString()), bytes == shown);
    shown.replace('?', "\xEF\xBF\xBD");
    const std::string valid = toValidUtf8(bytes.toStdString());
    QCOMPARE(QByteArray::fromStdString(valid), shown);
    QVERIFY(isValidUtf8(valid));
}

void TestText::lines_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("expected");
    QTest::addRow("empty") << QByteArray() << QByteArrayList{""};
    QTest::addRow("one without end") << QByteArray("a") << QByteArrayList{"a"};
    QTest::addRow("one with end") << QByteArray("a\n") << QByteArrayList{"a", ""};
    QTest::addRow("crlf is one end") << QByteArray("a\r\nb") << QByteArrayList{"a", "b"};
    QTest::addRow("lone cr") << QByteArray("a\rb") << QByteArrayList{"a", "b"};
    QTest::addRow("cr at the end") << QByteArray("a\r") << QByteArrayList{"a", ""};
    QTest::addRow("lf before cr are two") << QByteArray("a\n\rb") << QByteArrayList{"a", "", "b"};
    QTest::addRow("empty lines") << QByteArray("\n\r\n\r") << QByteArrayList{"", "", "", ""};
}

void TestText::lines()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArrayList, expected);
    const LineIndex index(text.toStdString());
    QCOMPARE(index.lineCount(), static_cast<std::size_t>(expected.size()));
    for (int line = 1; line <= expected.size(); ++line) {
        const ByteSpan span = index.spanOf(line);
        QCOMPARE(text.mid(static_cast<int>(span.begin), static_cast<int>(span.size())),
                 expected[line - 1]);
        QCOMPARE(index.lineOf(span.begin), line);
        QCOMPARE(index.lineOf(span.end), line); // the line end belongs to its line
    }
}

void TestText::linesOutOfRange()
{
    const LineIndex index("a\nbc");
    QCOMPARE(index.lineOf(1000), 2);
    for (const int line : {-1, 0, 3}) {
        QCOMPARE(index.spanOf(line).size(), std::size_t{0});
    }
}

void TestText::spans()
{
    const ByteSpan outer{2, 8};
    QVERIFY(outer.contains({2, 8}));
    QVERIFY(outer.contains({8, 8}));
    QVERIFY(!outer.contains({1, 3}));
    QVERIFY(outer.overlaps({7, 9}));
    QVERIFY(!outer.overlaps({8, 9})); // half-open: they only touch
    QVERIFY(!outer.overlaps({0, 2}));
}

void TestText::localized()
{
    const LocalizedText text{"yes", "да"};
    QCOMPARE(text.in("ru"), text.ru);
    QCOMPARE(text.in("ru_RU"), text.ru);
    QCOMPARE(text.in("en"), text.en);
    QCOMPARE(text.in("de"), text.en);
    const LocalizedText untranslated{"yes", ""};
    QCOMPARE(untranslated.in("ru"), untranslated.en);
}

QTEST_GUILESS_MAIN(TestText)
#include "tst_text.moc"
