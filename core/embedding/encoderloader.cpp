#include "embedding/encoderloader.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include <dlfcn.h>

#include "embedding/cudalibraries.h"
#include "embedding/encodermodule.h"
#include "embedding/sharedlibrary.h"

namespace TorchLift {

namespace {

// What libtorch_cpu.so itself needs and finds beside it by its own relative search path.
std::vector<std::filesystem::path> companions(const std::filesystem::path &libtorch)
{
    std::vector<std::filesystem::path> found;
    for (const char *name : {"libcudart", "libcupti"}) {
        found.push_back(findNvidiaLibrary(libtorch, name).value_or(libtorch / "nvidia" / name));
    }
    std::error_code ignored;
    std::filesystem::path openMp = libtorch / "torch" / "lib" / "libgomp.so.1";
    for (const auto &entry :
         std::filesystem::directory_iterator(libtorch / "torch" / "lib", ignored)) {
        if (entry.path().filename().string().starts_with("libgomp")) {
            openMp = entry.path(); // the wheel puts a hash into the name
        }
    }
    found.push_back(openMp);
    return found;
}

Result<EncoderFactory> openModule(const EncoderPaths &paths)
{
    const std::filesystem::path torch = paths.libtorch / "torch" / "lib";
    for (const auto &file : companions(paths.libtorch)) {
        if (auto checked = checkLibrary(file); !checked) {
            return tl::unexpected(checked.error());
        }
    }
    for (const auto &file : {torch / "libc10.so", torch / "libtorch_cpu.so"}) {
        if (auto opened = openLibrary(file, RTLD_GLOBAL); !opened) {
            return tl::unexpected(opened.error());
        }
    }
    const auto module = openLibrary(paths.module, RTLD_LOCAL);
    if (!module) {
        return tl::unexpected(module.error());
    }
    void *symbol = ::dlsym(*module, kEncoderFactoryName);
    if (symbol == nullptr) {
        return fail(Errc::Incompatible, "it is no encoder module", paths.module.string(), kSetUp);
    }
    return reinterpret_cast<EncoderFactory>(symbol);
}

// Opened once in a process; a failure is not kept, so that set-up can repair it meanwhile.
Result<EncoderFactory> factory(const EncoderPaths &paths)
{
    static std::mutex mutex;
    static EncoderFactory opened = nullptr;
    const std::lock_guard lock(mutex);
    if (opened == nullptr) {
        auto found = openModule(paths);
        if (!found) {
            return found;
        }
        opened = *found;
    }
    return opened;
}

} // namespace

const char *precisionName(Precision precision) noexcept
{
    switch (precision) {
    case Precision::Fp32:
        return "fp32";
    case Precision::Bf16:
        return "bf16";
    case Precision::Fp16:
        return "fp16";
    case Precision::Int16:
        return "int16";
    case Precision::Int8:
        return "int8";
    }
    return "fp32";
}

Result<std::unique_ptr<EmbeddingModel>>
loadEncoder(const EncoderPaths &paths, const EncoderOptions &options, const std::stop_token &stop)
{
    const auto create = factory(paths);
    if (!create) {
        return tl::unexpected(create.error());
    }
    if (options.device == Device::Cuda) {
        if (auto opened = openCuda(paths.libtorch); !opened) {
            return tl::unexpected(opened.error());
        }
    }
    int moduleAbi = 0;
    Error error;
    std::unique_ptr<EmbeddingModel> model(
        (*create)(kEncoderAbi, &moduleAbi, &paths, &options, &stop, &error));
    if (moduleAbi != kEncoderAbi) {
        return fail(Errc::Incompatible,
                    "the encoder module has ABI " + std::to_string(moduleAbi) + ", not "
                        + std::to_string(kEncoderAbi),
                    paths.module.string(), kSetUp);
    }
    if (!model) {
        return tl::unexpected(std::move(error));
    }
    return model;
}

} // namespace TorchLift
