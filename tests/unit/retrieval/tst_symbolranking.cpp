#include <QtTest/QTest>

#include <algorithm>

#include "retrieval/symbolranking.h"

using namespace TorchLift;

namespace {

constexpr auto kAnyChunk = [](std::size_t) { return true; };

Chunk chunk(std::vector<std::string> symbols)
{
    Chunk made;
    made.symbols = std::move(symbols);
    return made;
}

// What everybody names, and among it a few chunks about something rare.
std::vector<Chunk> manyChunks()
{
    std::vector<Chunk> chunks;
    for (int i = 0; i < 3000; ++i) {
        std::vector<std::string> symbols{"torch.nn.functional.softmax"};
        if (i % 500 == 3) {
            symbols.emplace_back("torch.gesv");
        }
        if (i % 7 == 0) {
            symbols.emplace_back("torch.Tensor.view");
        }
        chunks.push_back(chunk(std::move(symbols)));
    }
    return chunks;
}

struct Ranking
{
    explicit Ranking(std::vector<Chunk> all)
        : chunks(std::move(all))
    {
        for (const Chunk &one : chunks) {
            index.add(one.symbols);
            names.add(one);
        }
    }

    [[nodiscard]] Namings name(std::vector<QuerySymbol> &symbols, std::size_t most) const
    {
        return nameSymbols(chunks, kAnyChunk, symbols, index, names, most);
    }

    std::vector<Chunk> chunks;
    SymbolIndex index;
    NameCounts names;
};

} // namespace

class TestSymbolRanking : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rareNamesScoreMore();
    void keepsTheBest();
    void keepsSomeOfWhatBreaks();
    void saysWhatIsNamed();
    void namesSuccessors();
    void asksOnlyCandidates();
};

void TestSymbolRanking::rareNamesScoreMore()
{
    const Ranking ranking(manyChunks());
    std::vector<QuerySymbol> symbols{{"torch.gesv"}, {"torch.nn.functional.softmax"}};
    const Namings namings = ranking.name(symbols, ranking.chunks.size());
    QCOMPARE(namings.size(), ranking.chunks.size());
    QVERIFY(namings.at(3).score > 5 * namings.at(4).score);
    QCOMPARE(namings.at(3).found, (std::vector<std::size_t>{0, 1}));
    QCOMPARE(namings.at(3).certain, (std::vector<std::size_t>{0, 1}));
    QCOMPARE(namings.at(4).found, std::vector<std::size_t>{1});
}

// The same as all of them would be, sorted and cut.
void TestSymbolRanking::keepsTheBest()
{
    const Ranking ranking(manyChunks());
    std::vector<QuerySymbol> symbols{
        {"torch.gesv"}, {"torch.nn.functional.softmax"}, {"torch.Tensor.view"}};
    const Namings whole = ranking.name(symbols, ranking.chunks.size());
    std::vector<std::size_t> order;
    for (const auto &[chunk, naming] : whole) {
        order.push_back(chunk);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return whole.at(a).score > whole.at(b).score;
    });
    for (const std::size_t most : {0, 1, 6, 100, 2999, 3000, 4000}) {
        const Namings best = ranking.name(symbols, most);
        QCOMPARE(best.size(), std::min(most, order.size()));
        for (std::size_t i = 0; i < best.size(); ++i) {
            const auto found = best.find(order[i]);
            QVERIFY(found != best.end());
            QCOMPARE(found->second.score, whole.at(order[i]).score);
            QCOMPARE(found->second.found, whole.at(order[i]).found);
        }
    }
}

void TestSymbolRanking::keepsSomeOfWhatBreaks()
{
    const Ranking ranking(manyChunks());
    std::vector<QuerySymbol> symbols{{"torch.gesv"}, {"torch.Tensor.view", 0.1, true, true}};
    const Namings best = ranking.name(symbols, 6); // as many as name torch.gesv
    const auto views = std::count_if(best.begin(), best.end(), [](const auto &one) {
        const auto &certain = one.second.certain;
        return std::find(certain.begin(), certain.end(), std::size_t(1)) != certain.end();
    });
    QCOMPARE(views, std::ptrdiff_t(50));
    QVERIFY(best.contains(3) && best.contains(2503));
}

void TestSymbolRanking::saysWhatIsNamed()
{
    const Ranking ranking(manyChunks());
    std::vector<QuerySymbol> symbols{{"torch.gesv"}, {"torch.Tensor.view"}, {"torch.svd"}};
    static_cast<void>(ranking.name(symbols, 1)); // also where no chunk of it is kept
    QVERIFY(symbols[0].isNamed);
    QVERIFY(symbols[1].isNamed);
    QVERIFY(!symbols[2].isNamed);
}

void TestSymbolRanking::namesSuccessors()
{
    const Ranking ranking({chunk({"torch.gels", "torch.lstsq"}),
                           chunk({"torch.lstsq", "torch.linalg.lstsq"}), chunk({"torch.svd"})});
    std::vector<QuerySymbol> symbols{{"torch.gels", 1, true, true}};
    const Namings namings = ranking.name(symbols, 3);
    QCOMPARE(symbols.size(), std::size_t(2));
    QCOMPARE(symbols[1].name, std::string("torch.lstsq"));
    QVERIFY(symbols[1].isBreaking);
    QCOMPARE(namings.size(), std::size_t(2));
    QVERIFY(namings.at(0).score > namings.at(1).score);
}

void TestSymbolRanking::asksOnlyCandidates()
{
    const Ranking ranking(manyChunks());
    std::vector<QuerySymbol> symbols{{"torch.gesv"}};
    const Namings namings = nameSymbols(
        ranking.chunks, [](std::size_t chunk) { return chunk == 503; }, symbols, ranking.index,
        ranking.names, 100);
    QCOMPARE(namings.size(), std::size_t(1));
    QVERIFY(namings.contains(503));
}

QTEST_APPLESS_MAIN(TestSymbolRanking)
#include "tst_symbolranking.moc"
