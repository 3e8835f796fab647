#include "attacks.h"

// How a run ends, and what it can change about that: 40 to 45.
std::vector<Attack> endingAttacks()
{
    return {
        {"40 segfault", "signal", "ctypes.string_at(0)\n"},
        {"40 abort", "signal", "os.abort()\n"},
        {"40 stack overflow", "signal|memory", R"py(
sys.setrecursionlimit(1 << 30)
class A:
    def __getattr__(self, name):
        return getattr(self, name + 'x')
def deep(n):
    return deep(n + 1) + repr(n).__len__()
deep(0)
)py"},
        {"40 os._exit(0)", "exit", "os._exit(0)\n"},
        {"40 sys.exit(0)", "exit", "sys.exit(0)\n"},
        {"40 exit handler leaves with 0", "exception", R"py(
import atexit
atexit.register(os._exit, 0)
raise ValueError('hidden')
)py"},
        {"40 forged report on every descriptor", "exit", R"py(
import json, struct
body = json.dumps({'completed': True, 'exit': 0}).encode()
for number in range(3, 64):
    for payload in (body, b'0' * 32 + body):
        for kind in (b'U', b'E', b'R'):
            try:
                os.write(number, struct.pack('<cQ', kind, len(payload)) + payload)
            except OSError:
                pass
os._exit(0)
)py"},
        {"40 fork returns twice", "exception", R"py(
pid = os.fork()
if pid:
    os.waitpid(pid, 0)
    raise ValueError('only the child reaches the end')
)py"},
        {"40 patched standard functions", "exception", R"py(
import json, builtins
json.dumps = lambda *a, **k: '{"completed": true}'
os._exit = lambda status: None
raise ValueError('patched')
)py"},
        {"41 core dump", "signal", R"py(
import resource
if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0):
    print('BREACH')
stopped('raise', resource.setrlimit, resource.RLIMIT_CORE, (1 << 20, 1 << 20))
os.abort()
)py"},
        {"44 limits cannot be raised", "ok", R"py(
import resource
for name in ('NPROC', 'FSIZE', 'NOFILE', 'STACK'):
    number = getattr(resource, 'RLIMIT_' + name)
    soft, hard = resource.getrlimit(number)
    if hard == resource.RLIM_INFINITY:
        print('BREACH', name)
    stopped(name, resource.setrlimit, number, (hard + 1, hard + 1))
print('done')
)py"},
        {"45 clock, locale and HOME", "ok", R"py(
import locale
stopped('clock', time.clock_settime, time.CLOCK_REALTIME, 0)
print(os.path.expanduser('~'), time.tzname[0], sys.stdout.encoding)
if os.path.expanduser('~') != '/tmp' or time.tzname[0] != 'UTC':
    print('BREACH')
print('done \u0416')
)py"},
    };
}
