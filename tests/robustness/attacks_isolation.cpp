#include "attacks.h"

// What reaches for something outside: 17 to 39.
std::vector<Attack> isolationAttacks()
{
    return {
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
for path in (@SECRET@, @SETTINGS@, @DATA@, @CACHE@, @HOME@ + '/.config', @HOME@ + '/.local',
             @HOME@):
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
        {"31 symbolic links out of the work folder and in place of the script", "ok", R"py(
os.unlink('main.py')
os.symlink(@SECRET@, 'main.py')
os.symlink('/', 'root')
os.symlink('/proc/self/fd', 'descriptors')
stopped('through a link', open, 'root/etc/passwd', 'a')
stopped('secret through a link', open, 'main.py', 'a')
print('done')
)py"},
        {"32 hard links", "ok", R"py(
packages = [p for p in sys.path if p.endswith('site-packages')][0]
for number, path in enumerate(('/usr/bin/env', '/etc/passwd', '/worker/worker.py', os.__file__,
                               packages)):
    stopped(path, os.link, path, 'hard%d' % number)
print('done')
)py"},
        {"33 FIFO, socket and folder as a result", "ok", R"py(
os.unlink('main.py')
os.mkfifo('main.py')
os.mkfifo('result.json')
server = socket.socket(socket.AF_UNIX)
server.bind('result')
os.makedirs('main.pyc/' + 'x/' * 100)
print('done')
)py"},
        {"34 results swapped while they are read", "ok", R"py(
os.rename('main.py', 'result')
os.symlink('/', 'other')
def swap():
    while True:
        for old, new in (('result', 'main.py'), ('other', 'result'), ('result', 'other'),
                         ('main.py', 'result')):
            os.rename(old, new)
threading.Thread(target=swap, daemon=True).start()
time.sleep(0.2)
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
for name in ('PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONINSPECT', 'LD_PRELOAD'):
    if name in os.environ:
        print('BREACH', name)
if '/torchlift-evil' in sys.path:
    print('BREACH', sys.path)
print('done')
)py"},
    };
}
