#include "validation/process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace TorchLift {

namespace {

std::vector<char *> pointersTo(const std::vector<std::string> &texts)
{
    std::vector<char *> pointers;
    pointers.reserve(texts.size() + 1);
    for (const std::string &text : texts) {
        pointers.push_back(const_cast<char *>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

// Everything the child needs between fork and exec, where memory may not be allocated.
struct ChildPlan
{
    std::vector<int> descriptors; // become 0, 1, 2 ...
    char **arguments = nullptr;
    char **environment = nullptr;
    const char *workingFolder = nullptr;
    int cgroupProcesses = -1;
    int failure = -1;  // errno of a failed exec is written here
    int lifeline = -1; // ends with the parent
    int parent = -1;
};

// A sandbox being built has processes that nothing would ever end: bubblewrap's first child waits
// for a word of bubblewrap's, for good when that was killed meanwhile (seen in 5 of 100 kills in
// those milliseconds). So until the program runs, a process of the same group watches over it.
void forkGuard(const ChildPlan &plan)
{
    if (::_Fork() != 0) { // without one, as good as before
        return;
    }
    ::dup2(plan.lifeline, 0);
    ::syscall(SYS_close_range, 1U, ~0U, 0U);
    char word = 0;
    ssize_t count = 0;
    do {
        count = ::read(0, &word, 1);
    } while (count < 0 && errno == EINTR);
    if (count == 0) {
        ::kill(0, SIGKILL);
    }
    ::_exit(0);
}

[[noreturn]] void becomeChild(const ChildPlan &plan)
{
    const auto giveUp = [&plan] {
        const int reason = errno;
        [[maybe_unused]] const auto written = ::write(plan.failure, &reason, sizeof reason);
        ::_exit(127);
    };
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent) {
        ::_exit(127); // the parent was gone before the line above
    }
    forkGuard(plan);
    if (plan.cgroupProcesses >= 0 && ::write(plan.cgroupProcesses, "0", 1) != 1) {
        giveUp();
    }
    const rlimit noCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &noCore);
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);

    const int count = static_cast<int>(plan.descriptors.size());
    for (int number = 0; number < count; ++number) {
        ::dup2(plan.descriptors[static_cast<std::size_t>(number)], number);
    }
    // All that is left open closes on exec: also what other threads opened without the flag.
    ::syscall(SYS_close_range, static_cast<unsigned>(count), ~0U, 1U << 2);
    if (::chdir(plan.workingFolder) != 0) {
        giveUp();
    }
    ::execve(plan.arguments[0], plan.arguments, plan.environment);
    giveUp();
    ::_exit(127);
}

// Above all numbers that dup2() will overwrite in the child.
Result<FileDescriptor> moveUp(int descriptor)
{
    FileDescriptor moved(::fcntl(descriptor, F_DUPFD_CLOEXEC, 64));
    if (!moved.isOpen()) {
        return fail(Errc::Internal, std::string("no descriptor: ") + std::strerror(errno));
    }
    return moved;
}

// As a pipe, but writing to a child that is gone raises no signal in us.
Result<Pipe> makeChannel()
{
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail(Errc::Internal, std::string("no channel: ") + std::strerror(errno));
    }
    return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

} // namespace

Result<std::unique_ptr<Process>> Process::start(ProcessOptions options)
{
    auto output = makePipe();
    auto errorOutput = makePipe();
    auto job = makeChannel();
    auto report = makePipe();
    auto failure = makePipe();
    auto lifeline = makeChannel();
    if (!output || !errorOutput || !job || !report || !failure || !lifeline) {
        return fail(Errc::Internal, "no pipes left for a run");
    }
    const FileDescriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));

    std::vector<int> wanted{nothing.get(), output->writeEnd.get(), errorOutput->writeEnd.get(),
                            job->readEnd.get(), report->writeEnd.get()};
    for (const FileDescriptor &descriptor : options.inherited) {
        wanted.push_back(descriptor.get());
    }
    std::vector<FileDescriptor> moved;
    ChildPlan plan;
    for (const int descriptor : wanted) {
        auto copy = moveUp(descriptor);
        if (!copy) {
            return tl::unexpected(copy.error());
        }
        plan.descriptors.push_back(copy->get());
        moved.push_back(std::move(*copy));
    }
    auto movedFailure = moveUp(failure->writeEnd.get());
    auto movedLifeline = moveUp(lifeline->readEnd.get());
    if (!movedFailure || !movedLifeline) {
        return tl::unexpected(movedFailure ? movedLifeline.error() : movedFailure.error());
    }
    const std::vector<char *> arguments = pointersTo(options.arguments);
    const std::vector<char *> environment = pointersTo(options.environment);
    const std::string folder = options.workingFolder.empty() ? "/" : options.workingFolder.string();
    plan.arguments = const_cast<char **>(arguments.data());
    plan.environment = const_cast<char **>(environment.data());
    plan.workingFolder = folder.c_str();
    plan.cgroupProcesses = options.cgroupProcesses;
    plan.failure = movedFailure->get();
    plan.lifeline = movedLifeline->get();
    plan.parent = ::getpid();

    std::unique_ptr<Process> process(new Process);
    const pid_t pid = ::fork();
    if (pid == 0) {
        becomeChild(plan);
    }
    if (pid < 0) {
        return fail(Errc::Internal, std::string("cannot fork: ") + std::strerror(errno));
    }
    process->m_pid = pid;
    process->m_lifeline = std::move(lifeline->writeEnd);
    failure->writeEnd.reset();
    movedFailure->reset();
    int reason = 0;
    if (::read(failure->readEnd.get(), &reason, sizeof reason) == sizeof reason) {
        return fail(Errc::MissingPart,
                    options.arguments[0] + " cannot be started: " + std::strerror(reason),
                    options.arguments[0]);
    }
    process->output = std::move(output->readEnd);
    process->errorOutput = std::move(errorOutput->readEnd);
    process->report = std::move(report->readEnd);
    process->job = std::move(job->writeEnd);
    for (const FileDescriptor *end :
         {&process->output, &process->errorOutput, &process->report, &process->job}) {
        setNonBlocking(*end);
    }
    return process;
}

void Process::settle() noexcept
{
    if (m_lifeline.isOpen()) {
        [[maybe_unused]] const auto sent = ::send(m_lifeline.get(), ".", 1, MSG_NOSIGNAL);
        m_lifeline.reset();
    }
}

Process::~Process()
{
    kill();
    wait();
}

void Process::kill() noexcept
{
    if (m_pid > 0 && !m_isReaped) {
        ::kill(-m_pid, SIGKILL);
        ::kill(m_pid, SIGKILL);
    }
}

int Process::wait() noexcept
{
    while (m_pid > 0 && !m_isReaped) {
        if (::waitpid(m_pid, &m_status, 0) == m_pid || errno != EINTR) {
            m_isReaped = true;
        }
    }
    return m_status;
}

} // namespace TorchLift
