#include <QtTest>

#include "llm/sseparser.h"

using namespace TorchLift;

namespace {

using Events = std::vector<SseEvent>;

Events parseInPieces(const std::vector<std::string_view> &pieces)
{
    SseParser parser;
    Events all;
    for (const std::string_view piece : pieces) {
        Result<Events> events = parser.feed(piece);
        if (!events) {
            qFatal("%s", events.error().detail.c_str());
        }
        all.insert(all.end(), events->begin(), events->end());
    }
    const Events last = parser.finish();
    all.insert(all.end(), last.begin(), last.end());
    return all;
}

} // namespace

Q_DECLARE_METATYPE(Events)

/// Robustness 57: streams as servers and networks make them.
class TestSseParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void events_data();
    void events();
    void givesAnEventAsSoonAsItsBlankLineIsThere();
    void refusesAnEventAboveTenMebibytes_data();
    void refusesAnEventAboveTenMebibytes();
    void takesAnEventOfNineMebibytes();
};

void TestSseParser::events_data()
{
    QTest::addColumn<std::string>("stream");
    QTest::addColumn<Events>("expected");
    const Events two = {{"", "one"}, {"", "two"}};

    QTest::newRow("line feeds") << std::string("data: one\n\ndata: two\n\n") << two;
    QTest::newRow("carriage returns") << std::string("data: one\r\rdata: two\r\r") << two;
    QTest::newRow("both") << std::string("data: one\r\n\r\ndata: two\r\n\r\n") << two;
    QTest::newRow("mixed") << std::string("data: one\r\n\ndata: two\n\r\n") << two;
    QTest::newRow("mixed the other way") << std::string("data: one\n\rdata: two\r\r\n") << two;
    QTest::newRow("byte order mark") << std::string("\xEF\xBB\xBF"
                                                    "data: one\n\ndata: two\n\n")
                                     << two;
    QTest::newRow("comments") << std::string(": hi\ndata: one\n:\n\n: ping\n\ndata: two\n\n")
                              << two;
    QTest::newRow("no final blank line") << std::string("data: one\n\ndata: two\n") << two;
    QTest::newRow("no final line end") << std::string("data: one\n\ndata: two") << two;
    QTest::newRow("no space after the colon") << std::string("data:one\n\ndata:two\n\n") << two;
    QTest::newRow("only one space is dropped")
        << std::string("data:  one\n\n") << Events{{"", " one"}};
    QTest::newRow("several data lines")
        << std::string("data: a\ndata:\ndata: b\n\n") << Events{{"", "a\n\nb"}};
    QTest::newRow("data without a colon") << std::string("data\n\n") << Events{{"", ""}};
    QTest::newRow("type, id and retry")
        << std::string("event: error\nid: 7\nretry: 3\ndata: x\n\n") << Events{{"error", "x"}};
    QTest::newRow("type without data")
        << std::string("event: ping\n\ndata: x\n\n") << Events{{"", "x"}};
    QTest::newRow("unknown field") << std::string("dataset: no\ndata: x\n\n") << Events{{"", "x"}};
    QTest::newRow("characters of several bytes")
        << std::string("data: \xD0\xAF \xF0\x9F\x94\xA5\n\n")
        << Events{{"", "\xD0\xAF \xF0\x9F\x94\xA5"}};
    QTest::newRow("invalid UTF-8 is passed on")
        << std::string("data: \xD0\xFF\n\n") << Events{{"", "\xD0\xFF"}};
    QTest::newRow("nothing") << std::string() << Events{};
    QTest::newRow("blank lines only") << std::string("\n\r\n\r\r\n") << Events{};
}

void TestSseParser::events()
{
    QFETCH(std::string, stream);
    QFETCH(Events, expected);
    QCOMPARE(parseInPieces({stream}), expected);

    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        bytes.push_back(std::string_view(stream).substr(i, 1));
    }
    QCOMPARE(parseInPieces(bytes), expected);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        const std::string_view text = stream;
        QCOMPARE(parseInPieces({text.substr(0, cut), text.substr(cut)}), expected);
    }
}

void TestSseParser::givesAnEventAsSoonAsItsBlankLineIsThere()
{
    SseParser parser;
    QCOMPARE(parser.feed("data: x\r\n").value(), Events{});
    QCOMPARE(parser.feed("\r").value(), (Events{{"", "x"}})); // the LF may be long in coming
    QCOMPARE(parser.feed("\n").value(), Events{});
    QCOMPARE(parser.finish(), Events{});
}

void TestSseParser::refusesAnEventAboveTenMebibytes_data()
{
    QTest::addColumn<std::string>("piece");
    QTest::newRow("one endless line") << std::string(65536, 'x');
    QTest::newRow("many data lines") << "data: " + std::string(65530, 'x') + "\n";
}

void TestSseParser::refusesAnEventAboveTenMebibytes()
{
    QFETCH(std::string, piece);
    SseParser parser;
    QVERIFY(parser.feed("data: ").has_value());
    std::size_t fed = 0;
    while (fed < 2 * SseParser::kMaxEventBytes) {
        const Result<Events> events = parser.feed(piece);
        fed += piece.size();
        if (!events) {
            QCOMPARE(events.error().code, Errc::TooLarge);
            QVERIFY(fed + 6 > SseParser::kMaxEventBytes);
            return;
        }
    }
    QFAIL("no limit");
}

void TestSseParser::takesAnEventOfNineMebibytes()
{
    SseParser parser;
    const std::string data(9U * 1024U * 1024U, 'x');
    QCOMPARE(parser.feed("data: " + data + "\n\n").value(), (Events{{"", data}}));
}

QTEST_GUILESS_MAIN(TestSseParser)
#include "tst_sseparser.moc"
