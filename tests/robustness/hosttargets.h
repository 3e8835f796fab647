#pragma once

#include <string>

#include <sys/types.h>

/// What attacks try to reach on the host: a TCP port, an abstract socket, a secret file, an
/// inherited descriptor, variables of the environment and a process of the same user.
class HostTargets
{
public:
    HostTargets();
    ~HostTargets();
    HostTargets(const HostTargets &) = delete;
    HostTargets &operator=(const HostTargets &) = delete;

    /// `script` with the targets' names in place of @PORT@, @ABSTRACT@, @SECRET@, @HOME@,
    /// @SETTINGS@, @DATA@ and @CACHE@.
    [[nodiscard]] std::string aim(std::string script) const;
    /// Whether all of them are as they were.
    [[nodiscard]] bool areUnharmed() const;

private:
    int m_listener = -1;
    int m_abstract = -1;
    int m_leak = -1;
    pid_t m_process = -1;
    int m_port = 0;
    std::string m_abstractName;
    std::string m_secret;
};
