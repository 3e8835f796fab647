#include <QtTest>

#include "base/text.h"
#include "llm/chatstream.h"

using namespace TorchLift;

namespace {

struct Outcome
{
    std::string shown; // what onText got, joined
    std::string text;
    std::string finishReason;
    bool isValidUtf8 = true; // each piece by itself
};

Result<Outcome> readInPieces(const std::vector<std::string_view> &pieces)
{
    Outcome outcome;
    ChatStream stream([&](std::string_view text) {
        outcome.shown += text;
        outcome.isValidUtf8 = outcome.isValidUtf8 && isValidUtf8(text);
    });
    for (const std::string_view piece : pieces) {
        if (const Result<void> fed = stream.feed(piece); !fed) {
            return tl::unexpected(fed.error());
        }
    }
    const Result<ChatAnswer> answer = stream.finish();
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    outcome.text = answer->text;
    outcome.finishReason = answer->finishReason;
    return outcome;
}

std::string delta(const std::string &fields, const std::string &more = {})
{
    return "data: {\"choices\":[{\"index\":0,\"delta\":{" + fields + "}" + more + "}]}\n\n";
}

} // namespace

class TestChatStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void failures_data();
    void failures();
    void boundsTheText();
    void boundsAJsonAnswer();
    void serverWords_data();
    void serverWords();
};

void TestChatStream::answers_data()
{
    QTest::addColumn<std::string>("body");
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("finishReason");
    const std::string done = "data: [DONE]\n\n";
    const std::string hello = delta("\"role\":\"assistant\"") + delta("\"content\":\"Hel\"")
                              + delta("\"content\":\"lo\"")
                              + delta("", ",\"finish_reason\":\"stop\"");

    QTest::newRow("stream") << hello + done << std::string("Hello") << std::string("stop");
    QTest::newRow("57 no [DONE]") << hello << std::string("Hello") << std::string("stop");
    QTest::newRow("57 no [DONE], no reason")
        << delta("\"content\":\"x\"") << std::string("x") << std::string();
    QTest::newRow("cut off by length")
        << delta("\"content\":\"x\"") + delta("", ",\"finish_reason\":\"length\"") + done
        << std::string("x") << std::string("length");
    QTest::newRow("after [DONE] nothing counts") << hello + done + delta("\"content\":\"more\"")
                                                 << std::string("Hello") << std::string("stop");
    QTest::newRow("reasoning is not text")
        << delta("\"reasoning_content\":\"hm\",\"content\":null") + hello + done
        << std::string("Hello") << std::string("stop");
    QTest::newRow("usage without choices")
        << hello + "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n" + done
        << std::string("Hello") << std::string("stop");
    QTest::newRow("57 comments and blank data") << ": keep-alive\n\ndata:\n\n" + hello + done
                                                << std::string("Hello") << std::string("stop");
    QTest::newRow("57 byte order mark")
        << "\xEF\xBB\xBF" + hello + done << std::string("Hello") << std::string("stop");
    QTest::newRow("57 invalid UTF-8") << delta("\"content\":\"a\xD0\"") + delta("\"content\":\"b\"")
                                      << std::string("a\uFFFDb") << std::string();
    QTest::newRow("characters of several bytes")
        << delta("\"content\":\"Я🔥\"") + delta("\"content\":\"\\ud83d\\udd25\"") + done
        << std::string("Я🔥🔥") << std::string();
    QTest::newRow("whole JSON answer")
        << std::string(" {\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},"
                       "\"finish_reason\":\"stop\"}]}\n")
        << std::string("Hello") << std::string("stop");
    QTest::newRow("JSON answer in parts") << std::string(
        "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
        "{\"type\":\"text\",\"text\":\"b\"}]}}]}")
                                          << std::string("ab") << std::string();
    QTest::newRow("an empty answer is one")
        << delta("\"content\":\"\"") + done << std::string() << std::string();
}

void TestChatStream::answers()
{
    QFETCH(std::string, body);
    QFETCH(std::string, text);
    QFETCH(std::string, finishReason);
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        const std::string_view whole = body;
        const Result<Outcome> outcome = readInPieces({whole.substr(0, cut), whole.substr(cut)});
        QVERIFY2(outcome.has_value(), outcome ? "" : outcome.error().detail.c_str());
        QCOMPARE(outcome->text, text);
        QCOMPARE(outcome->shown, text);
        QCOMPARE(outcome->finishReason, finishReason);
        QVERIFY(outcome->isValidUtf8);
    }
}

void TestChatStream::failures_data()
{
    QTest::addColumn<std::string>("body");
    QTest::addColumn<Errc>("code");
    QTest::addColumn<std::string>("words"); // part of the detail
    const std::string hello = delta("\"content\":\"Hello\"");

    QTest::newRow("57 error mid-stream")
        << hello + "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"
        << Errc::Network << std::string("out of memory");
    QTest::newRow("error as a string") << std::string("{\"error\":\"model not loaded\"}")
                                       << Errc::Network << std::string("model not loaded");
    QTest::newRow("error without words")
        << std::string("{\"error\":{\"code\":7}}") << Errc::Network << std::string("{\"code\":7}");
    QTest::newRow("58 HTML page with status 200")
        << std::string("<!doctype html><html><head><TITLE>Sign in</TITLE>") << Errc::InvalidInput
        << std::string("Sign in");
    QTest::newRow("57 broken JSON in an event") << hello + "data: {\"choices\":[\n\n"
                                                << Errc::InvalidInput << std::string("choices");
    QTest::newRow("plain text") << std::string("It works!") << Errc::InvalidInput << std::string();
    QTest::newRow("nothing at all") << std::string() << Errc::Network << std::string();
    QTest::newRow("white space only")
        << std::string(" \n\n") << Errc::InvalidInput << std::string();
    QTest::newRow("only [DONE]") << std::string("data: [DONE]\n\n") << Errc::InvalidInput
                                 << std::string();
    QTest::newRow("JSON without choices")
        << std::string("{\"models\":[]}") << Errc::InvalidInput << std::string();
    QTest::newRow("half of a JSON answer")
        << std::string("{\"choices\":[{\"mess") << Errc::InvalidInput << std::string();
    QTest::newRow("choices of the wrong kind")
        << std::string("{\"choices\":[7]}") << Errc::InvalidInput << std::string();
}

void TestChatStream::failures()
{
    QFETCH(std::string, body);
    QFETCH(Errc, code);
    QFETCH(std::string, words);
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        const std::string_view whole = body;
        const Result<Outcome> outcome = readInPieces({whole.substr(0, cut), whole.substr(cut)});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().code, code);
        if (cut == body.size()) { // an HTML page may be refused before its title came
            QVERIFY2(outcome.error().detail.find(words) != std::string::npos,
                     outcome.error().detail.c_str());
        }
    }
}

void TestChatStream::boundsTheText()
{
    ChatStream stream({});
    const std::string event = delta("\"content\":\"" + std::string(1024U * 1024U, 'x') + "\"");
    for (int i = 0; i < 16; ++i) {
        QVERIFY(stream.feed(event).has_value());
    }
    const Result<void> fed = stream.feed(event);
    QVERIFY(!fed);
    QCOMPARE(fed.error().code, Errc::TooLarge);
}

void TestChatStream::boundsAJsonAnswer()
{
    ChatStream stream({});
    QVERIFY(stream.feed("{\"choices\":\"").has_value());
    const std::string piece(1024U * 1024U, 'x');
    Result<void> fed;
    for (int i = 0; i < 16 && fed; ++i) {
        fed = stream.feed(piece);
    }
    QVERIFY(!fed);
    QCOMPARE(fed.error().code, Errc::TooLarge);
}

void TestChatStream::serverWords_data()
{
    QTest::addColumn<std::string>("body");
    QTest::addColumn<std::string>("expected");
    QTest::newRow("nothing") << std::string(" \n") << std::string();
    QTest::newRow("object") << std::string("{\"error\":{\"message\":\"no\\ncredit\"}}")
                            << std::string("no credit");
    QTest::newRow("detail") << std::string("{\"detail\":\"Not Found\"}")
                            << std::string("Not Found");
    QTest::newRow("HTML") << std::string("<html><title>502 Bad Gateway</title></html>")
                          << std::string("an HTML page: 502 Bad Gateway");
    QTest::newRow("HTML without a title") << std::string("<html>") << std::string("an HTML page");
    QTest::newRow("terminal escapes")
        << std::string("a\x1B[31mb\x07\x7F") << std::string("a [31mb");
    QTest::newRow("not UTF-8") << std::string("a\xFF") << std::string("a\uFFFD");
    QTest::newRow("long") << std::string(3000, 'x') << std::string(500, 'x') + " ...";
    QTest::newRow("broken JSON") << std::string("{\"error\"") << std::string("{\"error\"");
}

void TestChatStream::serverWords()
{
    QFETCH(std::string, body);
    QFETCH(std::string, expected);
    QCOMPARE(TorchLift::serverWords(body), expected);
}

QTEST_GUILESS_MAIN(TestChatStream)
#include "tst_chatstream.moc"
