#include "validation/seccompfilter.h"

#include <cerrno>
#include <memory>

#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace TorchLift {

namespace {

struct Release
{
    void operator()(void *filter) const noexcept { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// Never needed by training code; a program that tries sees "not permitted".
constexpr const char *kForbidden[] = {
    "unshare",
    "setns",
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "pidfd_getfd",
    "kcmp",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "add_key",
    "keyctl",
    "request_key",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "reboot",
    "swapon",
    "swapoff",
    "acct",
    "quotactl",
    "syslog",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "iopl",
    "ioperm",
    "modify_ldt",
    "name_to_handle_at",
    "open_by_handle_at",
    "lookup_dcookie",
    "personality",
    "vhangup",
    "nfsservctl",
    "fanotify_init",
    "sethostname",
    "setdomainname",
    "mbind",
    "migrate_pages",
    "move_pages",
    "vmsplice",
};

// Libraries fall back to something older when the kernel seems not to have these. clone3 hides
// its flags from the filter; memfd and System V memory have no size that a mount could bound.
constexpr const char *kAbsent[] = {
    "clone3",       "io_uring_setup", "io_uring_enter", "io_uring_register",
    "memfd_create", "memfd_secret",   "shmget",         "shmat",
    "msgget",       "semget",
};

constexpr unsigned long kNewNamespaces[] = {
    CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
    CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP,
};

class Rules
{
public:
    explicit Rules(scmp_filter_ctx filter)
        : m_filter(filter)
    {}

    // A call this library or kernel does not know cannot be made either.
    template <typename... Conditions>
    void deny(int error, const char *name, Conditions... conditions)
    {
        const int number = seccomp_syscall_resolve_name(name);
        if (number < 0) {
            return;
        }
        const int result = seccomp_rule_add(m_filter, SCMP_ACT_ERRNO(static_cast<unsigned>(error)),
                                            number, sizeof...(conditions), conditions...);
        m_isComplete = m_isComplete && result == 0;
    }

    [[nodiscard]] bool isComplete() const noexcept { return m_isComplete; }

private:
    scmp_filter_ctx m_filter;
    bool m_isComplete = true;
};

void denySockets(Rules &rules)
{
    constexpr unsigned long lastWanted = AF_INET;
    static_assert(AF_UNIX == 1 && AF_INET == 2);
    rules.deny(EAFNOSUPPORT, "socket", SCMP_A0(SCMP_CMP_EQ, AF_UNSPEC));
    for (unsigned long family = lastWanted + 1; family < 64; ++family) {
        if (family != AF_INET6 && family != AF_NETLINK) {
            rules.deny(EAFNOSUPPORT, "socket", SCMP_A0(SCMP_CMP_EQ, family));
        }
    }
    rules.deny(EAFNOSUPPORT, "socket", SCMP_A0(SCMP_CMP_GE, 64));
    rules.deny(EAFNOSUPPORT, "socket", SCMP_A0(SCMP_CMP_EQ, AF_NETLINK),
               SCMP_A2(SCMP_CMP_NE, NETLINK_ROUTE));
    // Raw sockets need a capability nobody has here; the filter does not rely on that.
    rules.deny(EPERM, "socket", SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_RAW),
               SCMP_A0(SCMP_CMP_NE, AF_NETLINK));
}

} // namespace

Result<FileDescriptor> compileSeccompFilter()
{
    // Calls of other architectures (i386, x32) meet libseccomp's default: the process is killed.
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter) {
        return fail(Errc::Internal, "libseccomp gave no filter");
    }
    Rules rules(filter.get());
    for (const char *name : kForbidden) {
        rules.deny(EPERM, name);
    }
    for (const char *name : kAbsent) {
        rules.deny(ENOSYS, name);
    }
    for (const unsigned long flag : kNewNamespaces) {
        rules.deny(EPERM, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
    }
    denySockets(rules);
    // The kernel looks at the lower 32 bits of a request only.
    constexpr unsigned long kRequestBits = 0xffffffffUL;
    rules.deny(EPERM, "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, kRequestBits, TIOCSTI));
    constexpr unsigned long kTiocLinux = 0x541c; // pastes into a console
    rules.deny(EPERM, "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, kRequestBits, kTiocLinux));

    FileDescriptor file(::memfd_create("filter", MFD_CLOEXEC));
    if (!rules.isComplete() || !file.isOpen()
        || seccomp_export_bpf(filter.get(), file.get()) != 0) {
        return fail(Errc::Internal, "the system call filter could not be built");
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

} // namespace TorchLift
