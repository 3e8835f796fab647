#include <QTest>

#include "smalltimeline.h"
#include "timeline/packagetable.h"

using namespace TorchLift;

namespace {

std::unique_ptr<const PackageTable> smallTable()
{
    auto table = PackageTable::parse(SmallTimeline().torch.toStdString(), "torch.tsv");
    return table ? std::move(*table) : nullptr;
}

} // namespace

class TestPackageTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void indexOf_data();
    void indexOf();
    void resolve_data();
    void resolve();
    void valuesFollowTheReleases();
    void usable();
    void damaged_data();
    void damaged();
    void everyCut();
    void endlessAliases();
};

void TestPackageTable::indexOf_data()
{
    QTest::addColumn<QString>("release");
    QTest::addColumn<int>("expected");
    QTest::addRow("listed") << "1.9.0" << 1;
    QTest::addRow("1.10 is after 1.9") << "1.10.0" << 2;
    QTest::addRow("patch release") << "1.9.1" << 1;
    QTest::addRow("between") << "1.13.1" << 2;
    QTest::addRow("before the oldest") << "0.4.1" << 0;
    QTest::addRow("after the newest") << "3.0" << 3;
}

void TestPackageTable::indexOf()
{
    QFETCH(QString, release);
    QFETCH(int, expected);
    const auto table = smallTable();
    QVERIFY(table);
    const auto version = Version::parse(release.toStdString());
    QVERIFY(version);
    QCOMPARE(static_cast<int>(table->indexOf(*version)), expected);
}

void TestPackageTable::resolve_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("expected");
    QTest::addRow("itself") << "torch.away" << 0 << "torch.away";
    QTest::addRow("gone") << "torch.away" << 2 << "";
    QTest::addRow("another name of the object") << "torch.nn.move" << 0 << "torch.Base";
    QTest::addRow("member under another name") << "torch.nn.move.move" << 3 << "torch.Base.move";
    QTest::addRow("inherited") << "torch.Child.move" << 1 << "torch.Base.move";
    QTest::addRow("inherited, class not born") << "torch.Child.move" << 0 << "";
    QTest::addRow("unknown member") << "torch.Child.jump" << 1 << "";
    QTest::addRow("unknown") << "torch.nothing" << 0 << "";
    QTest::addRow("empty") << "" << 0 << "";
    QTest::addRow("dots") << "..." << 0 << "";
}

void TestPackageTable::resolve()
{
    QFETCH(QString, name);
    QFETCH(int, index);
    QFETCH(QString, expected);
    const auto table = smallTable();
    QVERIFY(table);
    const auto *entry = table->resolve(name.toStdString(), static_cast<std::size_t>(index));
    const std::string found(entry == nullptr ? std::string_view() : entry->name);
    QCOMPARE(QString::fromStdString(found), expected);
}

void TestPackageTable::valuesFollowTheReleases()
{
    using Field = PackageTable::Field;
    const auto table = smallTable();
    QVERIFY(table);
    const auto *entry = table->resolve("torch.warns", 0);
    QVERIFY(entry != nullptr);
    const std::vector<std::string_view> expected = {"", "Going.", "", "Going again."};
    for (std::size_t index = 0; index < expected.size(); ++index) {
        QCOMPARE(table->value(*entry, Field::Deprecated, index), expected[index]);
    }
    const auto *fft = table->resolve("torch.fft", 0);
    QVERIFY(fft != nullptr);
    QVERIFY(table->kind(*fft, 1) == SymbolKind::Function);
    QVERIFY(table->kind(*fft, 2) == SymbolKind::Module);
}

void TestPackageTable::usable()
{
    const auto table = smallTable();
    QVERIFY(table);
    QCOMPARE(table->usable("torch.refuses"), PackageTable::Releases(0b0111));
    QCOMPARE(table->usable("torch.back"), PackageTable::Releases(0b1101));
    QCOMPARE(table->usable("torch.Child.move"), PackageTable::Releases(0b1110));
    QCOMPARE(table->usable("torch.nothing"), PackageTable::Releases(0));
}

void TestPackageTable::damaged_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<bool>("isNewer");
    QTest::addRow("another kind of file")
        << QByteArray("torchlift-timeline") << QByteArray("PNG") << false;
    QTest::addRow("newer schema") << QByteArray("timeline\t1") << QByteArray("timeline\t2") << true;
    QTest::addRow("no schema") << QByteArray("timeline\t1") << QByteArray("timeline\tx") << false;
    QTest::addRow("release is no number") << QByteArray("1.9.0") << QByteArray("1.x.0") << false;
    QTest::addRow("releases out of order") << QByteArray("1.9.0") << QByteArray("2.9.0") << false;
    QTest::addRow("wrong count") << QByteArray("names\t13") << QByteArray("names\t14") << false;
    QTest::addRow("no count") << QByteArray("names\t13\n") << QByteArray("") << false;
    QTest::addRow("huge count") << QByteArray("names\t13") << QByteArray("names\t99999999999")
                                << false;
    QTest::addRow("unknown kind") << QByteArray("torch.nn\tmodule") << QByteArray("torch.nn\tthing")
                                  << false;
    QTest::addRow("unknown release") << QByteArray("1.0-1.9") << QByteArray("1.0-1.8") << false;
    QTest::addRow("ends before it begins")
        << QByteArray("1.0-1.9") << QByteArray("1.9-1.0") << false;
    QTest::addRow("no presence") << QByteArray("1.0-1.9") << QByteArray("") << false;
    QTest::addRow("unknown field")
        << QByteArray("c 1.0 closed") << QByteArray("z 1.0 closed") << false;
    QTest::addRow("empty field") << QByteArray("c 1.0 closed") << QByteArray("\t") << false;
    QTest::addRow("field without release")
        << QByteArray("c 1.0 closed") << QByteArray("c closed") << false;
    QTest::addRow("kind of a field")
        << QByteArray("k 1.10 module") << QByteArray("k 1.10 thing") << false;
    QTest::addRow("not sorted") << QByteArray("torch.away") << QByteArray("torch.zzz") << false;
    QTest::addRow("twice") << QByteArray("torch.back") << QByteArray("torch.away") << false;
    QTest::addRow("no name") << QByteArray("torch.hidden") << QByteArray("") << false;
}

void TestPackageTable::damaged()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(bool, isNewer);
    QByteArray text = SmallTimeline().torch;
    QVERIFY(text.contains(before));
    text.replace(text.indexOf(before), before.size(), after);
    const auto table = PackageTable::parse(text.toStdString(), "torch.tsv");
    QVERIFY(!table);
    QVERIFY(table.error().code == (isNewer ? Errc::Incompatible : Errc::Damaged));
    QCOMPARE(QString::fromStdString(table.error().subject), QStringLiteral("torch.tsv"));
}

void TestPackageTable::everyCut()
{
    const std::string whole = SmallTimeline().torch.toStdString();
    QVERIFY(PackageTable::parse(whole, "torch.tsv"));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        QVERIFY(!PackageTable::parse(whole.substr(0, length), "torch.tsv"));
    }
}

void TestPackageTable::endlessAliases()
{
    const std::string text =
        "torchlift-timeline\t1\ttorch\nreleases\t1.0.0\nnames\t4\n"
        "torch.A\tclass\t1.0-\tb 1.0 torch.B\ntorch.B\tclass\t1.0-\tb 1.0 torch.A\n"
        "torch.c\tfunction\t1.0-\ta 1.0 torch.d\ntorch.d\tfunction\t1.0-\ta 1.0 torch.c\n";
    const auto table = PackageTable::parse(text, "torch.tsv");
    QVERIFY(table);
    QVERIFY((*table)->resolve("torch.A.x", 0) == nullptr);
    QVERIFY((*table)->resolve("torch.c", 0) != nullptr);
    QVERIFY((*table)->resolve("torch.c.x", 0) == nullptr);
}

QTEST_GUILESS_MAIN(TestPackageTable)
#include "tst_packagetable.moc"
