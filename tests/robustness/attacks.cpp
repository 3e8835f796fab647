#include "attacks.h"

const char *const kAttackPrelude = R"py(
import ctypes, os, sys, time, socket, threading
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[
        ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return 0 if result >= 0 else ctypes.get_errno()
def stopped(what, action, *arguments):
    try:
        result = action(*arguments)
    except (OSError, ValueError) as error:
        return
    print('BREACH', what, result)
def denied(what, number, *arguments):
    error = call(number, *arguments)
    if error not in (1, 38, 97):
        print('BREACH', what, 'errno', error)
)py";

const std::vector<Attack> &attacks()
{
    static const std::vector<Attack> all{
        {"01 fork bomb", "ok|exception|memory|signal|timeout", R"py(
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
        {"02 thread bomb", "ok|exception|memory", R"py(
count = 0
try:
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        count += 1
except RuntimeError:
    pass
print('BREACH' if count > 64 else 'done', count)
)py"},
        {"03 memory bomb", "memory|signal", R"py(
blocks = []
while True:
    blocks.append(bytearray(16 << 20))
)py"},
        {"04 memory through /dev/shm", "ok|memory", R"py(
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
        {"05 disk fill", "ok|memory", R"py(
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
        {"06 a million files", "ok|memory|timeout|exception", R"py(
for number in range(1000000):
    os.close(os.open('f%d' % number, os.O_CREAT | os.O_WRONLY))
)py"},
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
        {"16 kills everyone", "incomplete|signal|exit", R"py(
for pid in range(2, 400):
    if pid != os.getpid():
        try:
            os.kill(pid, 9)
        except OSError:
            pass
os.kill(-1, 9)
time.sleep(10)
)py"},
        {"16 kills its process group", "incomplete|signal", "os.killpg(0, 9)\n"},
        {"17 ptrace and foreign memory", "ok", R"py(
denied('ptrace', 101, 0, 0, 0, 0)
denied('process_vm_readv', 310, os.getppid(), 0, 0, 0, 0, 0)
denied('process_vm_writev', 311, os.getppid(), 0, 0, 0, 0, 0)
denied('pidfd_getfd', 438, 3, 4, 0)
stopped('memory of the supervisor', open, '/proc/%d/mem' % os.getppid(), 'r+b')
stopped('descriptors of the supervisor', os.listdir, '/proc/%d/fd' % os.getppid())
print('done')
)py"},
        {"18 reads private files", "ok", R"py(
for path in ('/etc/shadow', '/etc/sudoers', '/root/.ssh', '/root', '/home', '/var', '/boot',
             '/etc/ssh', '/proc/1/root/etc/shadow', '/run', '/mnt', '/srv'):
    stopped(path, os.listdir, path)
    stopped(path, open, path)
print('done')
)py"},
        {"19 reads our settings", "ok", R"py(
for path in (@SECRET@, @HOME@ + '/.config', @HOME@ + '/.local', @HOME@):
    stopped(path, os.stat, path)
print('done')
)py"},
        {"20 secrets in environment and command lines", "ok", R"py(
import glob
for path in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try:
        with open(path, 'rb') as file:
            content = file.read()
    except OSError:
        continue
    if b'TORCHLIFT_TEST' in content or @HOME@.encode() + b'/' in content:
        print('BREACH', path, content)
if any('TORCHLIFT' in name for name in os.environ):
    print('BREACH', os.environ)
print('done')
)py"},
        {"21 inherited descriptors", "ok", R"py(
for number in os.listdir('/proc/self/fd'):
    try:
        target = os.readlink('/proc/self/fd/' + number)
    except OSError:
        continue
    if not target.startswith(('pipe:', '/dev/null', '/proc/', '/work')):
        print('BREACH', number, target)
print('done')
)py"},
        {"22 TCP outward and the host's loopback", "ok", R"py(
def connect(host, port):
    with socket.socket() as s:
        s.settimeout(0.3)
        s.connect((host, port))
for host, port in (('127.0.0.1', @PORT@), ('169.254.169.254', 80), ('1.1.1.1', 53),
                   ('10.0.0.1', 80), ('192.168.0.1', 80)):
    stopped(host, connect, host, port)
print('done')
)py"},
        {"23 UDP and names", "ok", R"py(
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    stopped('udp', s.sendto, b'x', ('8.8.8.8', 53))
stopped('dns', socket.getaddrinfo, 'example.org', 80)
print('done')
)py"},
        {"24 IPv6", "ok", R"py(
def connect(address):
    with socket.socket(socket.AF_INET6) as s:
        s.settimeout(0.3)
        s.connect((address, 80))
stopped('ipv6', connect, '2001:4860:4860::8888')
stopped('ipv6 link', connect, 'fe80::1')
print('done')
)py"},
        {"25 the host's UNIX sockets", "ok", R"py(
def connect(address):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(address)
for address in ('\0' + @ABSTRACT@, '/tmp/.X11-unix/X0', '\0/tmp/.X11-unix/X0',
                '/run/dbus/system_bus_socket', '/var/run/docker.sock'):
    stopped(address, connect, address)
print('done')
)py"},
        {"26 VSOCK, PACKET, foreign NETLINK, raw", "ok", R"py(
for family, kind, protocol in ((40, 1, 0), (17, 3, 768), (16, 3, 15), (16, 3, 9), (16, 3, 12),
                               (2, 3, 1), (38, 5, 0), (31, 3, 1), (0x100000000 + 40, 1, 0)):
    error = call(41, family, kind, protocol)
    if error == 0:
        print('BREACH', family, kind, protocol)
if call(41, 16, 3, 0) != 0:
    print('BREACH route netlink is missing')
print('done')
)py"},
        {"27 io_uring", "ok", R"py(
buffer = ctypes.create_string_buffer(256)
denied('io_uring_setup', 425, 4, buffer)
print('done')
)py"},
        {"28 keyctl", "ok", R"py(
denied('add_key', 248, b'user', b'torchlift', b'x', 1, -4)
denied('request_key', 249, b'user', b'torchlift', 0, -4)
denied('keyctl', 250, 0, -4, 0)
print('done')
)py"},
        {"29 nested namespaces", "ok", R"py(
for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000):
    denied('unshare', 272, flag)
    denied('clone', 56, flag | 17, 0, 0, 0, 0)
denied('clone3', 435, 0, 0)
denied('setns', 308, 0, 0)
print('done')
)py"},
        {"30 mounts, chroot, pivot_root", "ok", R"py(
for name, number in (('mount', 165), ('umount2', 166), ('pivot_root', 155), ('chroot', 161),
                     ('open_tree', 428), ('move_mount', 429), ('fsopen', 430), ('fsmount', 432),
                     ('mount_setattr', 442)):
    denied(name, number, b'/work', b'/work', b'tmpfs', 0, 0)
print('done')
)py"},
        {"31 to 34 links, FIFO and swaps in place of the script", "ok", R"py(
os.unlink('main.py')
os.symlink('/etc/hostname', 'main.py')
os.symlink('/', 'root')
os.mkfifo('result')
stopped('hard link', os.link, '/usr/bin/env', 'hard')
def swap():
    while True:
        os.rename('result', 'other')
        os.rename('other', 'result')
threading.Thread(target=swap, daemon=True).start()
print('done')
)py"},
        {"35 setuid programs", "ok", R"py(
import stat
status = open('/proc/self/status').read()
print('done' if 'NoNewPrivs:\t1' in status else 'BREACH')
if 0 in (os.getuid(), os.geteuid(), os.getgid()) or 'CapEff:\t0000000000000000' not in status:
    print('BREACH', status)
stopped('setuid', os.setuid, 0)
)py"},
        {"36 TIOCSTI", "ok", R"py(
import fcntl
def inject():
    master, slave = os.openpty()
    return fcntl.ioctl(slave, 0x5412, b'x')
stopped('TIOCSTI', inject)
print('done')
)py"},
        {"37 calls of 32 bits", "signal", R"py(
import mmap
code = mmap.mmap(-1, 4096, prot=7)
code.write(b'\xb8\x14\x00\x00\x00\xcd\x80\xc3')
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
print('BREACH', ctypes.CFUNCTYPE(ctypes.c_int)(address)())
)py"},
        {"37 x32 calls", "signal", "print('BREACH', call(0x40000000 | 39))\n"},
        {"38 writes to the environment", "ok", R"py(
import site
packages = [p for p in sys.path if p.endswith('site-packages')][0]
for path in (packages + '/evil.pth', packages + '/sitecustomize.py', os.__file__, '/env/x',
             '/python/x', '/worker/worker.py', '/usr/x', '/etc/x', '/x', '/dev/x', '/sys/x'):
    stopped(path, open, path, 'a')
stopped('cache', os.makedirs, packages + '/__pycache__')
print('done')
)py"},
        {"39 PYTHONPATH and LD_PRELOAD of the host", "ok", R"py(
if 'PYTHONPATH' in os.environ or 'LD_PRELOAD' in os.environ:
    print('BREACH')
print('done')
)py"},
        {"40 segfault", "signal", "ctypes.string_at(0)\n"},
        {"40 abort", "signal", "os.abort()\n"},
        {"40 stack overflow", "signal|exception|timeout|memory", R"py(
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
        {"40 patched standard functions", "exception|exit|signal", R"py(
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
    return all;
}
