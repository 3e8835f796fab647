#pragma once

#include "base/result.h"
#include "validation/filedescriptor.h"

namespace TorchLift {

/// The filter of system calls for untrusted code, compiled for bubblewrap's --seccomp, in a file
/// to be read from its beginning. It forbids what namespaces leave open: new namespaces, mounts,
/// tracing, keys, io_uring, BPF, sockets other than IP, UNIX and route netlink, terminal input
/// injection, memory outside the sized file systems, and calls of other architectures.
/// Errors: Internal.
[[nodiscard]] Result<FileDescriptor> compileSeccompFilter();

} // namespace TorchLift
