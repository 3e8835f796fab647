#include <QTemporaryDir>
#include <QTest>

#include "base/files.h"
#include "settings/networksettings.h"

using namespace TorchLift;

class TestNetworkSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void damaged_data();
    void damaged();
};

void TestNetworkSettings::roundTrip()
{
    const QTemporaryDir folder;
    const std::filesystem::path config = folder.filePath("config").toStdString();
    const auto nothing = loadNetworkSettings(config);
    QVERIFY(nothing && *nothing == NetworkSettings{});
    const NetworkSettings settings{"https://index.invalid/simple", "https://hub.invalid",
                                   "socks5://127.0.0.1:1080", "/etc/ssl/own.pem"};
    QVERIFY(saveNetworkSettings(config, settings));
    const auto again = loadNetworkSettings(config);
    QVERIFY(again && *again == settings);
    QVERIFY(saveNetworkSettings(config, {}));
    QCOMPARE(*readFile(config / "network.json"), std::string("{}\n"));
}

void TestNetworkSettings::damaged_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addRow("no JSON") << QByteArray("proxy=1");
    QTest::addRow("a list") << QByteArray("[]");
    QTest::addRow("a number") << QByteArray("{\"hub\": 1}");
}

void TestNetworkSettings::damaged()
{
    QFETCH(QByteArray, text);
    const QTemporaryDir folder;
    const std::filesystem::path config = folder.path().toStdString();
    QVERIFY(writeFileAtomically(config / "network.json", text.toStdString()));
    const auto settings = loadNetworkSettings(config);
    QVERIFY(!settings);
    QCOMPARE(settings.error().code, Errc::Damaged);
}

QTEST_GUILESS_MAIN(TestNetworkSettings)
#include "tst_networksettings.moc"
