#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "models/changesmodel.h"
#include "models/chunksmodel.h"
#include "models/residuesmodel.h"
#include "models/resultsmodel.h"
#include "models/texts.h"

using namespace TorchLift;

namespace {

std::shared_ptr<const Migration> migration()
{
    Migration made;
    made.oldCode = "import torch\nx = torch.gesv(b, A)\n";
    Edit edit;
    edit.id = "gesv-1";
    edit.ruleId = "gesv";
    edit.title = {"gesv → linalg.solve", "gesv → linalg.solve, по-русски"};
    edit.replacements = {{{17, 33}, {{"torch.linalg.solve(A, b)", {}, false}}}};
    edit.isAccepted = true;
    made.edits = {edit};
    Residue residue;
    residue.symbol = "torch.pstrf";
    residue.line = 2;
    residue.detail = {"Write it by hand.", "Напишите вручную."};
    made.residues = {residue};
    return std::make_shared<const Migration>(made);
}

Run run(Outcome outcome, const std::string &output)
{
    Run made;
    made.outcome = outcome;
    made.output = output;
    if (outcome == Outcome::Exception) {
        made.errorType = "AttributeError";
        made.errorMessage = "no gesv";
        made.errorLine = 2;
    }
    return made;
}

RankedChunk chunk(const std::string &slug, std::size_t rank)
{
    RankedChunk made;
    made.chunk.changeSlug = slug;
    made.chunk.chunkId = "v1.13.0-6";
    made.chunk.text = "English";
    made.chunk.textRu = "По-русски";
    made.rank = rank;
    return made;
}

} // namespace

class TestModels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { Texts::setLanguage(QStringLiteral("en")); }

    void changesAskBeforeTheyChange()
    {
        ChangesModel model;
        const QAbstractItemModelTester invariants(&model);
        model.setState(AcceptanceState(migration()));
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.lineOf(0), 2);
        QSignalSpy asked(&model, &ChangesModel::acceptanceRequested);
        QVERIFY(model.setData(model.index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(asked.size(), 1);
        QVERIFY(model.isAccepted(0)); // the document decides
        model.setState(model.state().with({0}, false));
        QCOMPARE(model.acceptedCount(), 0);
    }

    void changesTakeProofs()
    {
        ChangesModel model;
        model.setState(AcceptanceState(migration()));
        std::vector<Edit> proven = model.state().edits();
        proven[0].proof = EditProof::Proven;
        model.setProofs(proven);
        QCOMPARE(model.index(0, ChangesModel::Proof).data().toString(), QStringLiteral("proven"));
    }

    void changesSpeakTheLanguage()
    {
        ChangesModel model;
        model.setState(AcceptanceState(migration()));
        Texts::setLanguage(QStringLiteral("ru"));
        QVERIFY(model.index(0, ChangesModel::Title).data().toString().contains(u"по-русски"));
    }

    void residuesSayWhy()
    {
        ResiduesModel model;
        const QAbstractItemModelTester invariants(&model);
        model.setMigration(migration());
        QCOMPARE(model.index(0, ResiduesModel::Reason).data().toString(),
                 QStringLiteral("no replacement"));
        model.setMigration(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void resultsFillRunByRun()
    {
        ResultsModel model;
        const QAbstractItemModelTester invariants(&model);
        ResultRow row;
        row.file = "a.py";
        row.api = "torch.gesv";
        const auto state = [&model](int column) {
            return model.index(0, column).data(ResultsModel::StateRole).toString();
        };
        model.setRow(row);
        QCOMPARE(state(ResultsModel::WorksOldAtSource), QStringLiteral("running"));
        QCOMPARE(state(ResultsModel::WorksOldAtTarget), QStringLiteral("unknown"));
        row.oldAtSource = run(Outcome::Ok, "1\n");
        model.setRow(row);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(state(ResultsModel::WorksOldAtSource), QStringLiteral("yes"));
        row.oldAtTarget = run(Outcome::Exception, "");
        model.setRow(row);
        QCOMPARE(state(ResultsModel::WorksOldAtTarget), QStringLiteral("no"));
        QCOMPARE(model.index(0, ResultsModel::ErrOldAtTarget).data().toString(),
                 QStringLiteral("line 2: AttributeError: no gesv"));
        model.finishRow("a.py"); // cancelled here
        QCOMPARE(state(ResultsModel::WorksNewAtTarget), QStringLiteral("unknown"));
        row.verdict.emplace().kind = VerdictKind::Differs;
        model.setRow(row);
        QCOMPARE(state(ResultsModel::VerdictColumn), QStringLiteral("differs"));
        row.verdict->explainedBy = {"random-seed-streams"};
        model.setRow(row);
        QCOMPARE(state(ResultsModel::VerdictColumn), QStringLiteral("explained"));
        QCOMPARE(model.index(0, ResultsModel::VerdictColumn).data().toString(),
                 QStringLiteral("differs, explained"));
    }

    void resultsShowImportedRows()
    {
        ResultsModel model;
        const QAbstractItemModelTester invariants(&model);
        ImportedRow imported;
        imported.api = "torch.svd";
        imported.worksOldAtTarget = false;
        model.setImported({imported});
        QCOMPARE(model.index(0, ResultsModel::WorksOldAtTarget).data().toString(),
                 QStringLiteral("no"));
        QCOMPARE(model.index(0, ResultsModel::WorksOldAtSource).data().toString(), QString());
    }

    void longOutputIsCutInTheCellOnly()
    {
        ResultsModel model;
        ResultRow row;
        row.oldAtSource = run(Outcome::Ok, std::string(5000, 'x'));
        model.setRow(row);
        const QModelIndex cell = model.index(0, ResultsModel::OutOldAtSource);
        QVERIFY(cell.data().toString().size() < 200);
        QCOMPARE(cell.data(ResultsModel::FullTextRole).toString().size(), 5000);
    }

    void chunksStandAboveAndBelowTheLine()
    {
        ChunksModel model;
        const QAbstractItemModelTester invariants(&model);
        Retrieval retrieval;
        retrieval.ranked = {chunk("a", 1), chunk("b", 2)};
        retrieval.citedOnly = {chunk("c", 17)};
        model.setRetrieval(retrieval);
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(model.index(2).data(ChunksModel::KindRole).toInt(), int(ChunksModel::Separator));
        QCOMPARE(model.index(3).data(ChunksModel::RankRole).toString(), QStringLiteral("#17"));
        QVERIFY(model.flags(model.index(2)) == Qt::NoItemFlags);
        QCOMPARE(model.highlight({"c"}), 3);
        QCOMPARE(model.highlight({"nothing"}), -1);
        Texts::setLanguage(QStringLiteral("ru"));
        QCOMPARE(model.index(0).data(ChunksModel::TextRole).toString(),
                 QStringLiteral("По-русски"));
    }
};

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
