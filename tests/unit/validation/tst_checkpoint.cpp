#include <QTest>

#include "validation/checkpoint.h"

using namespace TorchLift;

/// What two versions say of a saved file is compared; reading real ones needs environments and
/// stands in tests/support/check_checkpoints.py.
class TestCheckpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void compares();
};

void TestCheckpoint::compares()
{
    CheckpointLoad oldLoad;
    oldLoad.entries = {{"a", "tensor", "float32", {2, 3}, "x"},
                       {"b", "tensor", "uint8", {2}, "x"},
                       {"gone", "int", "", {}, "x"}};
    CheckpointLoad newLoad = oldLoad;
    QVERIFY(compareCheckpoints(oldLoad, newLoad, {}).empty());

    newLoad.entries = {{"a", "tensor", "float32", {2, 3}, "y"},
                       {"b", "tensor", "bool", {2}, "x"},
                       {"new", "int", "", {}, "x"}};
    const auto differences = compareCheckpoints(oldLoad, newLoad, {});
    QCOMPARE(differences.size(), std::size_t(4));
    QCOMPARE(differences[0].what, std::string("value"));
    QCOMPARE(differences[1].what, std::string("type"));
    QCOMPARE(differences[1].newValue, std::string("bool (2)"));
    QCOMPARE(differences[2].name, std::string("gone"));
    QCOMPARE(differences[3].name, std::string("new"));

    Variable output;
    output.type = "torch.Tensor";
    output.dtype = "float32";
    output.shape = {2};
    output.isComparable = true;
    output.values = {1, 2};
    oldLoad.entries = newLoad.entries;
    oldLoad.output = newLoad.output = output;
    newLoad.output->values[1] = 2.0000001;
    QVERIFY(compareCheckpoints(oldLoad, newLoad, {}).empty());
    newLoad.output->values[1] = 2.5;
    QCOMPARE(compareCheckpoints(oldLoad, newLoad, {}).size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
