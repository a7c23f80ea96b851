#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""As embed.c, in Python: events of the log on standard input; the argument is a configuration.

ctypes lets go of Python's lock during a call, so several threads may feed a monitor, each with a
feed of its own.
"""
import ctypes
import sys

ERRLEN = 1024
REPLAY = 1

lib = ctypes.CDLL("libdnsmon.so.0")
P = ctypes.c_void_p
for name, result, arguments in [
        ("config_load", ctypes.c_int, [ctypes.c_char_p, ctypes.POINTER(P), P, ctypes.c_size_t]),
        ("config_free", None, [P]),
        ("monitor_new", ctypes.c_int, [P, ctypes.c_uint, ctypes.POINTER(P)]),
        ("monitor_finish", ctypes.c_int, [P, ctypes.c_int]),
        ("monitor_next_event", P, [P]),
        ("monitor_free", None, [P]),
        ("feed_new", ctypes.c_int, [P, ctypes.POINTER(P)]),
        ("feed_line", ctypes.c_int, [P, ctypes.c_char_p, ctypes.c_size_t]),
        ("feed_free", None, [P]),
        ("event_json", ctypes.c_char_p, [P]),
        ("event_free", None, [P]),
        ("strerror", ctypes.c_char_p, [ctypes.c_int])]:
    function = getattr(lib, "dnsmon_" + name)
    function.restype, function.argtypes = result, arguments


def check(result):
    """A negative result is an error."""
    if result < 0:
        raise RuntimeError(lib.dnsmon_strerror(result).decode())


def events(mon):
    """The events that wait, as texts of JSON."""
    while True:
        ev = lib.dnsmon_monitor_next_event(mon)
        if not ev:
            return
        try:
            yield lib.dnsmon_event_json(ev).decode()
        finally:
            lib.dnsmon_event_free(ev)


def main(path=None):
    cfg, mon, feed = P(), P(), P()
    why = ctypes.create_string_buffer(ERRLEN)
    if lib.dnsmon_config_load(path.encode() if path else None, cfg, why, ERRLEN) < 0:
        sys.exit(why.value.decode())
    check(lib.dnsmon_monitor_new(cfg, REPLAY, mon))
    check(lib.dnsmon_feed_new(mon, feed))
    for line in sys.stdin.buffer:
        line = line.rstrip(b"\n")
        lib.dnsmon_feed_line(feed, line, len(line))
        for text in events(mon):
            print(text)
    lib.dnsmon_feed_free(feed)
    lib.dnsmon_monitor_finish(mon, 1)
    for text in events(mon):
        print(text)
    lib.dnsmon_monitor_free(mon)
    lib.dnsmon_config_free(cfg)


main(*sys.argv[1:2])
