#include "attacks.h"

// What eats resources, does not end or will not be ended: 1 to 16.
std::vector<Attack> resourceAttacks()
{
    return {
        {"01 fork bomb", "ok", R"py(
import resource
assert resource.getrlimit(resource.RLIMIT_NPROC)[1] <= 64
count = 0
try:
    for _ in range(1000):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        count += 1
except OSError:
    pass
print('BREACH' if count > 64 else 'done', count)
)py"},
        {"02 thread bomb", "ok", R"py(
count = 0
try:
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        count += 1
except RuntimeError:
    pass
print('BREACH' if count > 64 else 'done', count)
)py"},
        {"03 memory bomb", "memory", R"py(
blocks = []
while True:
    blocks.append(bytearray(16 << 20))
)py"},
        {"04 memory through /dev/shm", "ok", R"py(
def fill(path):
    with open(path, 'wb') as file:
        for _ in range(4096):
            file.write(b'x' * (1 << 20))
for path in ('/dev/shm/a', '/dev/shm/b', '/tmp/c'):
    stopped('no bound on ' + path, fill, path)
print('done')
)py"},
        {"04 memory through memfd", "ok", R"py(
denied('memfd_create', 319, b'x', 0)
denied('shmget', 29, 0, 1 << 20, 0o1600)
print('done')
)py"},
        {"05 disk fill", "ok", R"py(
written = 0
try:
    for name in range(10):
        with open('fill%d' % name, 'wb') as file:
            for _ in range(1024):
                file.write(b'x' * (1 << 20))
                written += 1
except OSError:
    pass
print('BREACH' if written > 64 else 'done', written)
)py"},
        {"06 a million files", "memory", R"py(
for number in range(1000000):
    os.close(os.open('f%d' % number, os.O_CREAT | os.O_WRONLY))
)py",
         60},
        {"07 sparse file of a terabyte", "ok", R"py(
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open('sparse', 'wb') as file:
    stopped('sparse', file.truncate, 1 << 40)
print('done')
)py"},
        {"08 endless stdout", "output-limit", R"py(
while True:
    print('x' * 1000)
)py"},
        {"08 floods the channel of the report", "timeout", R"py(
noise = b'U' * 100000
while True:
    for number in range(3, 64):
        try:
            os.set_blocking(number, False)
            os.write(number, noise)
        except OSError:
            pass
)py"},
        {"09 endless stderr without newline", "output-limit", R"py(
while True:
    os.write(2, b'y' * 10000)
)py"},
        {"10 binary and terminal output", "ok", R"py(
os.write(1, bytes(range(256)) + b'\x1b]0;title\x07\x1b[2J\xff\xfe\xc3')
print('done')
)py"},
        {"11 busy loop", "timeout", "while True: pass\n"},
        {"12 endless sleep", "timeout", "time.sleep(1000)\n"},
        {"13 reads stdin", "exception", "input('? ')\n"},
        {"14 ignores signals", "timeout", R"py(
import signal
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    time.sleep(1)
)py"},
        {"15 daemon by double fork", "ok", R"py(
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
os.wait()
print('done')
)py"},
        {"16 kills everyone", "incomplete", R"py(
for pid in range(2, 400):
    if pid != os.getpid():
        try:
            os.kill(pid, 9)
        except OSError:
            pass
os.kill(-1, 9)
time.sleep(10)
)py"},
        {"16 kills its process group", "incomplete", "os.killpg(0, 9)\n"},
        {"16 stops its supervisor", "timeout", R"py(
import signal
os.kill(os.getppid(), signal.SIGSTOP)
time.sleep(1000)
)py"},
    };
}
