#include "hosttargets.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "settings/paths.h"

namespace fs = std::filesystem;

namespace {

const std::string kSecretText = "secret";

void replaceAll(std::string &text, const std::string &what, const std::string &by)
{
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
}

} // namespace

HostTargets::HostTargets()
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(m_listener, reinterpret_cast<sockaddr *>(&address), length);
    ::listen(m_listener, 8);
    ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &length);
    m_port = ntohs(address.sin_port);

    m_abstract = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    m_abstractName = "torchlift-test-" + std::to_string(::getpid());
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    std::copy(m_abstractName.begin(), m_abstractName.end(), name.sun_path + 1);
    const auto size = static_cast<socklen_t>(sizeof name.sun_family + 1 + m_abstractName.size());
    ::bind(m_abstract, reinterpret_cast<sockaddr *>(&name), size);
    ::listen(m_abstract, 8);

    m_secret = (fs::temp_directory_path() / "secret").string();
    std::ofstream(m_secret) << kSecretText;
    m_leak = ::open(m_secret.c_str(), O_RDONLY); // on purpose without close-on-exec
    ::setenv("TORCHLIFT_TEST_SECRET", "secret", 1);
    ::setenv("PYTHONPATH", "/torchlift-evil", 1);
    ::setenv("PYTHONSTARTUP", m_secret.c_str(), 1);
    m_process = ::fork();
    if (m_process == 0) {
        ::pause();
        ::_exit(0);
    }
}

HostTargets::~HostTargets()
{
    ::kill(m_process, SIGKILL);
    ::waitpid(m_process, nullptr, 0);
    for (const int descriptor : {m_listener, m_abstract, m_leak}) {
        ::close(descriptor);
    }
}

std::string HostTargets::aim(std::string script) const
{
    const TorchLift::Paths paths = TorchLift::Paths::standard();
    const char *home = std::getenv("HOME");
    const auto quoted = [](const std::string &text) { return "'" + text + "'"; };
    replaceAll(script, "@PORT@", std::to_string(m_port));
    replaceAll(script, "@ABSTRACT@", quoted(m_abstractName));
    replaceAll(script, "@SECRET@", quoted(m_secret));
    replaceAll(script, "@HOME@", quoted(home != nullptr ? home : "/root"));
    replaceAll(script, "@SETTINGS@", quoted(paths.config.string()));
    replaceAll(script, "@DATA@", quoted(paths.data.string()));
    replaceAll(script, "@CACHE@", quoted(paths.cache.string()));
    return script;
}

bool HostTargets::areUnharmed() const
{
    int status = 0;
    const auto secret = TorchLift::readFile(m_secret);
    return ::waitpid(m_process, &status, WNOHANG) == 0 && secret && *secret == kSecretText;
}
