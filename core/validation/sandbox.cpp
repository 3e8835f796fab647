#include "validation/sandbox.h"

#include <atomic>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"
#include "validation/seccompfilter.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr const char *kEnvironment[][2] = {
    {"PATH", "/env/bin:/usr/bin:/bin"},
    {"HOME", "/tmp"},
    {"TMPDIR", "/tmp"},
    {"USER", "user"},
    {"LOGNAME", "user"},
    {"LANG", "C.UTF-8"},
    {"TZ", "UTC"},
    {"MPLBACKEND", "Agg"},
    // One thread: the same order of additions in every run, and none spinning against another.
    {"OMP_NUM_THREADS", "1"},
    {"PYTHONHASHSEED", "0"},
    {"PYTHONDONTWRITEBYTECODE", "1"},
    {"PYTHONNOUSERSITE", "1"},
};

// User numbers nobody has, one for each sandbox: a limit on processes counts by user.
constexpr unsigned kFirstUser = 1'900'000'000;
constexpr unsigned kUserNumbers = 100'000'000;

std::string findProgram(std::string_view name)
{
    const char *path = std::getenv("PATH");
    std::string_view folders = path != nullptr ? path : "/usr/bin:/bin";
    while (!folders.empty()) {
        const std::size_t end = folders.find(':');
        const fs::path candidate = fs::path(folders.substr(0, end)) / name;
        if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) {
            return candidate.string();
        }
        folders = end == std::string_view::npos ? std::string_view() : folders.substr(end + 1);
    }
    return {};
}

Result<std::string> requireProgram(const char *name, const char *package)
{
    std::string program = findProgram(name);
    if (program.empty()) {
        return fail(Errc::MissingPart,
                    std::string("untrusted code runs only inside a sandbox, and ") + name
                        + " is not installed",
                    name, std::string("apt-get install ") + package);
    }
    return program;
}

unsigned nextUser()
{
    static std::atomic<unsigned> count{0};
    const unsigned process = static_cast<unsigned>(::getpid());
    return kFirstUser + (process * 64 + count++ % 64) % kUserNumbers;
}

// Collects bubblewrap's arguments. They travel in a file, since /proc/1/cmdline is readable
// inside and would show paths of the host.
class Arguments
{
public:
    template <typename... Texts>
    void add(const Texts &...texts)
    {
        (append(texts), ...);
    }

    // The name by which bubblewrap knows a descriptor that it is to inherit.
    std::string inherit(FileDescriptor descriptor)
    {
        m_inherited.push_back(std::move(descriptor));
        return std::to_string(Process::kFirstInherited + static_cast<int>(m_inherited.size()) - 1);
    }

    Result<void> addFile(const std::string &content, const std::string &place)
    {
        auto file = memoryFile(content);
        if (!file) {
            return tl::unexpected(file.error());
        }
        add("--perms", "0444", "--ro-bind-data", inherit(std::move(*file)), place);
        return {};
    }

    Result<ProcessOptions> finish(const std::string &bubblewrap,
                                  const std::vector<std::string> &command)
    {
        auto file = memoryFile(m_text);
        if (!file) {
            return tl::unexpected(file.error());
        }
        ProcessOptions options;
        options.arguments = {bubblewrap, "--args", inherit(std::move(*file)), "--"};
        options.arguments.insert(options.arguments.end(), command.begin(), command.end());
        options.inherited = std::move(m_inherited);
        return options;
    }

private:
    void append(const std::string &text)
    {
        m_text += text;
        m_text += '\0';
    }

    std::string m_text;
    std::vector<FileDescriptor> m_inherited;
};

bool isRoot()
{
    return ::geteuid() == 0;
}

void addNamespaces(Arguments &arguments)
{
    arguments.add("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
                  "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv",
                  "--hostname", "sandbox", "--cap-drop", "ALL");
    if (isRoot()) {
        arguments.add("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID");
    } else {
        arguments.add("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534");
    }
}

void addSystem(Arguments &arguments)
{
    arguments.add("--ro-bind", "/usr", "/usr");
    for (const char *name : {"/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"}) {
        std::error_code ignored;
        if (fs::is_symlink(name, ignored)) {
            arguments.add("--symlink", fs::read_symlink(name, ignored).string(), name);
        } else if (fs::is_directory(name, ignored)) {
            arguments.add("--ro-bind", name, name);
        }
    }
    arguments.add("--perms", "0755", "--dir", "/etc", "--ro-bind-try", "/etc/ld.so.cache",
                  "/etc/ld.so.cache", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
                  "--perms", "0755", "--dir", "/sys", "--perms", "0755", "--dir", "/sys/devices",
                  "--perms", "0755", "--dir", "/sys/devices/system", "--ro-bind-try",
                  "/sys/devices/system/cpu", "/sys/devices/system/cpu", "--proc", "/proc", "--dev",
                  "/dev");
}

void addMemoryFileSystems(Arguments &arguments, std::int64_t bytes)
{
    for (const char *place : {"/dev/shm", "/tmp", "/work"}) {
        arguments.add("--perms", "1777", "--size", std::to_string(bytes), "--tmpfs", place);
    }
}

Result<void> addFilter(Arguments &arguments)
{
    auto filter = compileSeccompFilter();
    if (!filter) {
        return tl::unexpected(filter.error());
    }
    arguments.add("--seccomp", arguments.inherit(std::move(*filter)));
    return {};
}

Result<void> addIdentity(Arguments &arguments, unsigned user)
{
    const std::string number = std::to_string(user);
    const std::string accounts =
        "root:x:0:0::/:/bin/false\nuser:x:" + number + ":" + number + "::/tmp:/bin/sh\n";
    const std::string groups = "root:x:0:\nuser:x:" + number + ":\n";
    const std::string hosts = "127.0.0.1 localhost sandbox\n::1 localhost\n";
    for (const auto &[content, place] :
         {std::pair(accounts, "/etc/passwd"), {groups, "/etc/group"}, {hosts, "/etc/hosts"}}) {
        if (auto added = arguments.addFile(content, place); !added) {
            return added;
        }
    }
    return {};
}

std::string interpreterName(const Environment &environment)
{
    std::error_code error;
    const fs::path real = fs::canonical(environment.interpreter, error);
    return (error ? environment.interpreter : real).filename().string();
}

// The worker and its parts, which lie beside it.
Result<void> addWorker(Arguments &arguments, const fs::path &worker)
{
    std::vector<fs::path> files{worker};
    std::error_code error;
    for (const fs::directory_entry &entry : fs::directory_iterator(worker.parent_path(), error)) {
        if (entry.path().extension() == ".py" && entry.path().filename() != worker.filename()) {
            files.push_back(entry.path());
        }
    }
    for (const fs::path &file : files) {
        auto text = readFile(file);
        if (!text) {
            return tl::unexpected(text.error());
        }
        if (auto added = arguments.addFile(*text, "/worker/" + file.filename().string()); !added) {
            return added;
        }
    }
    return {};
}

Result<void> addEnvironment(Arguments &arguments, const SandboxOptions &options)
{
    const Environment &environment = options.environment;
    const std::string name = interpreterName(environment);
    const std::string settings =
        "home = /python/bin\ninclude-system-site-packages = false\nversion = "
        + environment.python.toString() + "\n";
    arguments.add("--perms", "0755", "--dir", "/env", "--perms", "0755", "--dir", "/env/bin",
                  "--ro-bind", environment.base.string(), "/python", "--ro-bind",
                  (environment.folder / "lib").string(), "/env/lib", "--symlink", "lib",
                  "/env/lib64");
    for (const std::string &link : std::set<std::string>{"python", "python3", name}) {
        arguments.add("--symlink", "/python/bin/" + name, "/env/bin/" + link);
    }
    arguments.add("--perms", "0755", "--dir", "/worker");
    if (auto added = arguments.addFile(settings, "/env/pyvenv.cfg"); !added) {
        return added;
    }
    return addWorker(arguments, options.worker);
}

Result<void> addData(Arguments &arguments, const std::vector<fs::path> &data)
{
    std::set<std::string> names;
    for (const fs::path &path : data) {
        std::error_code error;
        const fs::path real = fs::canonical(path, error);
        if (error) {
            return fail(Errc::NotFound, "the data does not exist: " + error.message(),
                        path.string());
        }
        if (!fs::is_directory(real) && !fs::is_regular_file(real)) {
            return fail(Errc::InvalidArgument, "data can be files and folders only", path.string());
        }
        const std::string name =
            path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
        if (name.empty() || name == "." || name == ".." || !names.insert(name).second) {
            return fail(Errc::InvalidArgument, "two parts of the data have one name",
                        path.string());
        }
        arguments.add("--ro-bind", real.string(), "/work/" + name);
    }
    return {};
}

Result<void> addPackages(Arguments &arguments, const std::vector<fs::path> &packages)
{
    const std::vector<std::string> places = packageFolders(packages, true);
    if (!packages.empty()) {
        arguments.add("--perms", "0755", "--dir", "/packages");
    }
    for (std::size_t i = 0; i < packages.size(); ++i) {
        std::error_code error;
        const fs::path real = fs::canonical(packages[i], error);
        if (error || !fs::is_directory(real, error)) {
            return fail(Errc::InvalidArgument, "there is no such folder of packages",
                        packages[i].string());
        }
        arguments.add("--ro-bind", real.string(), places[i]);
    }
    return {};
}

void addVariables(Arguments &arguments)
{
    for (const auto &[name, value] : kEnvironment) {
        arguments.add("--setenv", name, value);
    }
    arguments.add("--setenv", "LD_LIBRARY_PATH", "/python/lib");
}

struct Programs
{
    std::string bubblewrap;
    std::string setpriv; // only where we are root
};

Result<Programs> findPrograms()
{
    Programs programs;
    auto bubblewrap = requireProgram("bwrap", "bubblewrap");
    if (!bubblewrap) {
        return tl::unexpected(bubblewrap.error());
    }
    programs.bubblewrap = *bubblewrap;
    if (isRoot()) {
        auto setpriv = requireProgram("setpriv", "util-linux");
        if (!setpriv) {
            return tl::unexpected(setpriv.error());
        }
        programs.setpriv = *setpriv;
    }
    return programs;
}

std::vector<std::string> asUnprivileged(const Programs &programs, unsigned user,
                                        std::vector<std::string> command)
{
    if (programs.setpriv.empty()) {
        return command;
    }
    const std::string number = std::to_string(user);
    std::vector<std::string> all{"/usr/bin/setpriv", "--reuid",       number, "--regid", number,
                                 "--clear-groups",   "--no-new-privs"};
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

std::string readUntilClosed(const FileDescriptor &descriptor, int timeoutMs)
{
    std::string text;
    pollfd waiting{descriptor.get(), POLLIN, 0};
    char buffer[4096];
    while (::poll(&waiting, 1, timeoutMs) > 0) {
        const ssize_t count = ::read(descriptor.get(), buffer, sizeof buffer);
        if (count <= 0) {
            break;
        }
        text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
}

Result<void> probe()
{
    const auto programs = findPrograms();
    if (!programs) {
        return tl::unexpected(programs.error());
    }
    Arguments arguments;
    addNamespaces(arguments);
    addSystem(arguments);
    addMemoryFileSystems(arguments, 1024 * 1024);
    if (auto added = addFilter(arguments); !added) {
        return added;
    }
    auto options = arguments.finish(programs->bubblewrap,
                                    asUnprivileged(*programs, nextUser(), {"/usr/bin/true"}));
    if (!options) {
        return tl::unexpected(options.error());
    }
    auto process = Process::start(std::move(*options));
    if (!process) {
        return tl::unexpected(process.error());
    }
    constexpr int timeoutMs = 10'000;
    const std::string message = readUntilClosed((*process)->errorOutput, timeoutMs);
    const int status = (*process)->wait();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return {};
    }
    return tl::unexpected(explainRefusal(message, "/"));
}

std::string setting(const fs::path &root, const char *name)
{
    const auto text = readFile(root / "proc/sys" / name);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

} // namespace

Error explainRefusal(const std::string &bubblewrapMessage, const fs::path &root)
{
    std::string reason = toValidUtf8(bubblewrapMessage.substr(0, bubblewrapMessage.find('\n')));
    const auto refused = [&reason](std::string detail, std::string remedy) {
        return Error{Errc::Refused, std::move(detail) + (reason.empty() ? "" : " (" + reason + ")"),
                     "bwrap", std::move(remedy)};
    };
    if (setting(root, "kernel/apparmor_restrict_unprivileged_userns") == "1") {
        return refused("AppArmor forbids the namespaces that the sandbox is made of",
                       "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    }
    if (setting(root, "kernel/unprivileged_userns_clone") == "0") {
        return refused(
            "the kernel forbids ordinary users the namespaces that the sandbox is made of",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1");
    }
    if (setting(root, "user/max_user_namespaces") == "0") {
        return refused("the kernel allows no user namespaces, of which the sandbox is made",
                       "sudo sysctl -w user.max_user_namespaces=10000");
    }
    std::error_code ignored;
    if (fs::exists(root / ".dockerenv", ignored)
        || fs::exists(root / "run/.containerenv", ignored)) {
        return refused("this container forbids the namespaces that the sandbox is made of",
                       "docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt "
                       "seccomp=unconfined --security-opt apparmor=unconfined --security-opt "
                       "systempaths=unconfined ...");
    }
    return refused("the sandbox cannot be built on this system",
                   "bwrap --unshare-all --ro-bind / / true");
}

Result<void> findSandbox()
{
    static std::atomic<bool> isKnownToWork{false};
    if (isKnownToWork) {
        const auto programs = findPrograms(); // they may have been removed since
        return programs ? Result<void>() : tl::unexpected(programs.error());
    }
    const auto result = probe();
    isKnownToWork = result.has_value();
    return result;
}

std::vector<std::string> packageFolders(const std::vector<fs::path> &packages, bool isSandboxed)
{
    std::vector<std::string> folders;
    for (const fs::path &path : packages) {
        std::error_code ignored;
        folders.push_back(isSandboxed ? "/packages/" + std::to_string(folders.size())
                                      : fs::absolute(path, ignored).string());
    }
    return folders;
}

Result<ProcessOptions> sandboxedWorker(const SandboxOptions &options)
{
    const auto programs = findPrograms();
    if (!programs) {
        return tl::unexpected(programs.error());
    }
    const unsigned user = isRoot() ? nextUser() : 65534;
    Arguments arguments;
    addNamespaces(arguments);
    addSystem(arguments);
    addMemoryFileSystems(arguments, options.diskBytes);
    for (auto &&added : {addIdentity(arguments, user), addEnvironment(arguments, options),
                         addData(arguments, options.data), addPackages(arguments, options.packages),
                         addFilter(arguments)}) {
        if (!added) {
            return tl::unexpected(added.error());
        }
    }
    addVariables(arguments);
    arguments.add("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/work");
    return arguments.finish(
        programs->bubblewrap,
        asUnprivileged(*programs, user, {"/env/bin/python", "-s", "/worker/worker.py"}));
}

ProcessOptions plainWorker(const SandboxOptions &options, const fs::path &workFolder)
{
    ProcessOptions process;
    std::error_code ignored;
    process.arguments = {options.environment.interpreter.string(), "-s",
                         fs::absolute(options.worker, ignored).string()};
    for (const auto &[name, value] : kEnvironment) {
        const std::string text =
            std::string_view(name) == "HOME" || std::string_view(name) == "TMPDIR"
                ? workFolder.string()
                : value;
        process.environment.push_back(std::string(name) + "=" + text);
    }
    process.workingFolder = workFolder;
    return process;
}

} // namespace TorchLift
