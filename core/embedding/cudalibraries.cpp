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

Result<void> openAll(const std::filesystem::path &libtorch)
{
    if (auto checked = checkDriver(); !checked) {
        return checked;
    }
    // Each before those that need it.
    for (const char *name :
         {"libcudart", "libcupti", "libnvJitLink", "libcublasLt", "libcublas", "libcufft",
          "libcurand", "libcusparse", "libcusparseLt", "libcudnn", "libnccl", "libcufile"}) {
        const auto file = findNvidiaLibrary(libtorch, name);
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

std::optional<std::filesystem::path> findNvidiaLibrary(const std::filesystem::path &libtorch,
                                                       const std::string &name)
{
    std::error_code ignored;
    for (const auto &package : std::filesystem::directory_iterator(libtorch / "nvidia", ignored)) {
        for (const auto &file :
             std::filesystem::directory_iterator(package.path() / "lib", ignored)) {
            if (file.path().filename().string().starts_with(name + ".so")) {
                return file.path();
            }
        }
    }
    return std::nullopt;
}

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
