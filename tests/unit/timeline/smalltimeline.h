#pragma once

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

/// A folder with a timeline small enough to see what follows from it.
struct SmallTimeline
{
    QTemporaryDir folder;
    QByteArray torch = "torchlift-timeline\t1\ttorch\n"
                       "releases\t1.0.0\t1.9.0\t1.10.0\t2.0.0\n"
                       "names\t13\n"
                       "torch\tmodule\t1.0-\n"
                       "torch.Base\tclass\t1.0-\ts 1.0 i (a)\n"
                       "torch.Base.move\tmethod\t1.0-\ts 1.0 i (x)\ts 2.0 i (y=0)\n"
                       "torch.Child\tclass\t1.9-\tb 1.9 torch.Base\n"
                       "torch.away\tfunction\t1.0-1.9\ts 1.0 d (B, A)\n"
                       "torch.back\tfunction\t1.0-1.0,1.10-\n"
                       "torch.fft\tfunction\t1.0-\tk 1.10 module\n"
                       "torch.hidden\tmodule\t1.0-\tc 1.0 closed\n"
                       "torch.late\tfunction\t1.10-\ts 1.10 s (input)\n"
                       "torch.nn\tmodule\t1.0-\n"
                       "torch.nn.move\tclass\t1.0-\ta 1.0 torch.Base\n"
                       "torch.refuses\tfunction\t1.0-\ts 1.0 s (input, some=True)\t"
                       "s 2.0 i (*args, **kwargs)\td 1.9 Going.\tr 2.0 RuntimeError: gone\n"
                       "torch.warns\tfunction\t1.0-\td 1.9 Going.\td 1.10\td 2.0 Going again.\n";
    QByteArray torchvision = "torchlift-timeline\t1\ttorchvision\n"
                             "releases\t1.0.0\t1.9.0\t1.10.0\t2.0.0\n"
                             "versions\t0.2.2\t0.10.0\t0.11.1\t0.15.1\n"
                             "names\t2\n"
                             "torchvision\tmodule\t1.0-\n"
                             "torchvision.Scale\tclass\t1.0-1.10\n";
    QByteArray python =
        "{\"schema\": 1, \"facts\": ["
        "{\"name\": \"numpy.bool\", \"kind\": \"attribute\", \"deprecated\": \"1.20\","
        " \"gone\": \"1.24\", \"back\": \"2.0\", \"use\": \"bool\"},"
        "{\"name\": \"time.clock\", \"kind\": \"function\", \"deprecated\": \"3.3\","
        " \"gone\": \"3.8\", \"use\": \"time.perf_counter\"},"
        "{\"name\": \"python.integer-division\", \"kind\": \"behaviour\","
        " \"changed\": \"3.0\", \"use\": \"//\"}]}";

    void write(const char *name, const QByteArray &bytes) const
    {
        QFile file(QDir(folder.path()).filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly)) {
            file.write(bytes);
        }
    }

    /// Writes the three files and returns the folder.
    [[nodiscard]] std::string path() const
    {
        write("torch.tsv", torch);
        write("torchvision.tsv", torchvision);
        write("python.json", python);
        return folder.path().toStdString();
    }
};
