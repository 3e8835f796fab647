#include <QtTest/QTest>

#include "embedding/encoderloader.h"
#include "embedding/encodermodule.h"
#include "settings/paths.h"

using namespace TorchLift;

/// In a program of its own: a module is opened once in a process.
class TestEncoderAbi : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void refusesAnotherAbi();
};

void TestEncoderAbi::refusesAnotherAbi()
{
    const Paths paths = Paths::standard();
    if (!std::filesystem::exists(paths.libtorch() / "torch/lib/libtorch_cpu.so")) {
        QSKIP("libtorch is not installed");
    }
    const auto model = loadEncoder({paths.libtorch(), FAKE_ENCODER, "model", {}});
    QVERIFY(!model);
    QCOMPARE(model.error().code, Errc::Incompatible);
    QVERIFY(model.error().detail.find(std::to_string(kEncoderAbi + 41)) != std::string::npos);
}

QTEST_GUILESS_MAIN(TestEncoderAbi)
#include "tst_encoderabi.moc"
