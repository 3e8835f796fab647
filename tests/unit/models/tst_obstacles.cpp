#include <QTest>

#include "models/embeddingchoice.h"

using namespace TorchLift;

/// What errors of opening a model mean for the user.
class TestObstacles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names();
    void obstacles_data();
    void obstacles();
};

void TestObstacles::names()
{
    for (const Precision precision : kPrecisions) {
        QVERIFY(precisionOf(precisionName(precision)) == precision);
    }
    for (const Device device : {Device::Cpu, Device::Cuda}) {
        QVERIFY(deviceOf(deviceName(device)) == device);
    }
    QVERIFY(!precisionOf("fp8") && !precisionOf("") && !deviceOf("tpu"));
    QCOMPARE(describe({"e5-large", Precision::Bf16, Device::Cuda}),
             std::string("e5-large (bf16, cuda)"));
}

void TestObstacles::obstacles_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("subject");
    QTest::addColumn<int>("precision");
    QTest::addColumn<int>("device");
    QTest::addColumn<int>("obstacle");
    const auto row = [](const char *name, Errc code, const char *subject, Precision precision,
                        Device device, EmbeddingObstacle obstacle) {
        QTest::addRow("%s", name) << int(code) << QByteArray(subject) << int(precision)
                                  << int(device) << int(obstacle);
    };
    using O = EmbeddingObstacle;
    constexpr auto fp32 = Precision::Fp32;
    constexpr auto cpu = Device::Cpu;
    row("no folder", Errc::MissingPart, "/m/e5/config.json", fp32, cpu, O::NotInstalled);
    row("no weights", Errc::MissingPart, "/m/e5/model.safetensors", fp32, Device::Cuda,
        O::NotInstalled);
    row("damaged", Errc::Damaged, "/m/e5/model.safetensors", fp32, cpu, O::Damaged);
    row("no libtorch", Errc::MissingPart, "/l/torch/lib/libc10.so", fp32, cpu, O::NoLibtorch);
    row("no runtime", Errc::MissingPart, "/l/nvidia/cuda_runtime/lib/libcudart.so.12", fp32, cpu,
        O::NoLibtorch);
    row("damaged libtorch", Errc::Damaged, "/l/torch/lib/libtorch_cpu.so", fp32, cpu,
        O::NoLibtorch);
    row("another module", Errc::Incompatible, "/b/libtorchlift-encoder.so", Precision::Bf16, cpu,
        O::NoLibtorch);
    row("no library of CUDA", Errc::MissingPart, "libcudnn.so.9", fp32, Device::Cuda,
        O::NoCudaLibraries);
    row("no library of CUDA, whatever version", Errc::MissingPart, "libcudnn", fp32, Device::Cuda,
        O::NoCudaLibraries);
    row("no torch_cuda", Errc::MissingPart, "/l/torch/lib/libtorch_cuda.so", fp32, Device::Cuda,
        O::NoCudaLibraries);
    row("int8 on a card", Errc::Incompatible, "/m/e5", Precision::Int8, Device::Cuda,
        O::PrecisionNotOnDevice);
    row("architecture", Errc::Incompatible, "/m/e5/config.json", Precision::Fp16, cpu, O::Other);
    row("cancelled", Errc::Cancelled, "", fp32, cpu, O::Other);
}

void TestObstacles::obstacles()
{
    QFETCH(int, code);
    QFETCH(QByteArray, subject);
    QFETCH(int, precision);
    QFETCH(int, device);
    QFETCH(int, obstacle);
    const Error error{static_cast<Errc>(code), "why", subject.toStdString(), {}};
    QCOMPARE(int(obstacleOf(
                 error, {"e5", static_cast<Precision>(precision), static_cast<Device>(device)})),
             obstacle);
}

QTEST_GUILESS_MAIN(TestObstacles)
#include "tst_obstacles.moc"
