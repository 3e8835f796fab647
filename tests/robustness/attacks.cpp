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

std::vector<Attack> attacks()
{
    std::vector<Attack> all = resourceAttacks();
    for (const auto &part : {isolationAttacks(), endingAttacks()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}
