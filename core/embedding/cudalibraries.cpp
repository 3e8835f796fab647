#include "embedding/cudalibraries.h"

#include <mutex>
#include <optional>
#include <string>

#include <dlfcn.h>

#include "embedding/sharedlibrary.h"

namespace TorchLift {

namespace {

constexpr const char *kCudaSetUp = "installer/setup.sh --only cuda";

// Whether the driver is there and sees a card; torch would only say so much later, or crash.
Result<void> checkDriver()
{
    void *driver = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr) {
        return fail(Errc::MissingPart, "there is no NVIDIA driver on this machine", "libcuda.so.1",
                    "install the driver, or use --device cpu");
    }
    const auto initialise = reinterpret_cast<int (*)(unsigned)>(::dlsym(driver, "cuInit"));
    const auto countDevices = reinterpret_cast<int (*)(int *)>(::dlsym(driver, "cuDeviceGetCount"));
    int devices = 0;
    const int status = initialise == nullptr || countDevices == nullptr ? -1 : initialise(0);
    if (status != 0 || countDevices(&devices) != 0 || devices == 0) {
        return fail(Errc::MissingPart,
                    "the NVIDIA driver finds no card (its status is " + std::to_string(status)
                        + ")",
                    "libcuda.so.1", "use --device cpu");
    }
    return {};
}

// The wheel of each library has a folder of its own below nvidia/.
std::optional<std::filesystem::path> findLibrary(const std::filesystem::path &libtorch,
                                                 const char *name)
{
    std::error_code ignored;
    for (const auto &package : std::filesystem::directory_iterator(libtorch / "nvidia", ignored)) {
        const std::filesystem::path file = package.path() / "lib" / name;
        if (std::filesystem::exists(file, ignored)) {
            return file;
        }
    }
    return std::nullopt;
}

Result<void> openAll(const std::filesystem::path &libtorch)
{
    if (auto checked = checkDriver(); !checked) {
        return checked;
    }
    // Each before those that need it.
    for (const char *name :
         {"libcudart.so.12", "libcupti.so.12", "libnvJitLink.so.12", "libcublasLt.so.12",
          "libcublas.so.12", "libcufft.so.11", "libcurand.so.10", "libcusparse.so.12",
          "libcusparseLt.so.0", "libcudnn.so.9", "libnccl.so.2", "libcufile.so.0"}) {
        const auto file = findLibrary(libtorch, name);
        if (!file) {
            return fail(Errc::MissingPart, "a library that computing on a GPU needs is not there",
                        name, kCudaSetUp);
        }
        if (auto opened = openLibrary(*file, RTLD_GLOBAL); !opened) {
            return tl::unexpected(opened.error());
        }
    }
    for (const char *name : {"libc10_cuda.so", "libtorch_cuda.so"}) {
        if (auto opened = openLibrary(libtorch / "torch" / "lib" / name, RTLD_GLOBAL); !opened) {
            return tl::unexpected(opened.error());
        }
    }
    return {};
}

} // namespace

Result<void> openCuda(const std::filesystem::path &libtorch)
{
    static std::mutex mutex;
    static bool isOpen = false;
    const std::lock_guard lock(mutex);
    if (!isOpen) {
        if (auto opened = openAll(libtorch); !opened) {
            return opened;
        }
        isOpen = true;
    }
    return {};
}

} // namespace TorchLift
