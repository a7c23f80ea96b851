#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library never ends its host for want of memory: of GLib it calls only what is in the table below,
# in the sources and, where it is built, in its objects (macros hide calls). A call that may abort
# needs a file and a reason.
. "$(dirname "$0")/lib.sh"

# NAME (a pattern) [FILE]: why it may be called.
allowed() {
    cat <<'TABLE'
g_try_.*             says when there is none
g_free               takes none
g_autofree           calls g_free
g_atomic_.*          takes none
g_mutex_.*           a futex; takes none on Linux
g_ascii_(is.*|tolower|toupper|table|strcasecmp|strncasecmp)   takes none
g_ascii_(strtod|dtostr|formatd)   into the caller's room; the C locale is libc's and made once
g_utf8_.*            looks at text (validate, get_char_validated)
g_snprintf           into the caller's room
g_strl(cpy|cat)      into the caller's room
g_(str_has_prefix|strcmp0)   takes none
g_time_zone_(find_interval|get_offset|get_identifier|unref)   takes none
g_time_zone_new.*    util/localtime   ends the process; dm_zone_has_room() asks for four times as much before
TABLE
}

# g_utf8_strdown() and its like are not among what g_utf8_.* stands for.
aborting='^g_utf8_(str|normalize|casefold|collate|substring|make_valid|to_)'

# may FILE NAME: whether a file (without .c) may call it.
may() {
    local pattern rest
    grep -qE "$aborting" <<<"$2" && return 1
    while read -r pattern rest; do
        if grep -qxE "$pattern" <<<"$2"; then
            case $rest in
            */*" "*) [ "${rest%% *}" = "$1" ] && return 0 ;;
            *) return 0 ;;
            esac
        fi
    done < <(allowed)
    return 1
}

complain() {
    found "$1" "$2 may end the host without memory: use g_try_malloc(), lib/util/copy.h, buf.h, ptrs.h or set.h"
}

# Each pair of a file and a name once.
for f in $(sources_in lib); do
    case $f in lib/include/*) continue ;; esac
    code "$f" | grep -oE '\bg_[a-z0-9_]+ *\(|\bg_autofree\b|\bG(String|PtrArray|Array|HashTable|List|SList|Queue|Tree|KeyFile|ByteArray)\b' |
        tr -d ' (' | sort -u
done | sort -u >"$found_file.names"
calls=$(cat "$found_file.names")
rm -f "$found_file.names"
bad=
for name in $calls; do
    case $name in
    G*) bad="$bad $name" ;;
    *) may - "$name" || bad="$bad $name" ;;
    esac
done
for name in $bad; do
    for f in $(grep -lE "\b$name\b" $(sources_in lib)); do
        code "$f" | grep -qE "\b$name\b" || continue
        base=${f#lib/}
        may "${base%.[ch]}" "$name" || complain "$f" "$name"
    done
done

command -v nm >/dev/null || finish
for object in "$DNSMON_BUILD"/lib/*/.libs/*.o; do
    [ -e "$object" ] || continue
    base=${object#"$DNSMON_BUILD/lib/"}
    base=${base%%/*}/$(basename "$object" .o | sed 's/^libdnsmon_core_la-//')
    [ -e "lib/$base.c" ] || continue # of a file that is gone
    for name in $(nm -u "$object" | awk '$2 ~ /^g_/ { print $2 }'); do
        echo "$base $name"
    done
done | sort -u | while read -r base name; do
    case $name in g_free | g_try_* | g_mutex_* | g_ascii_table | g_snprintf | g_strlcpy) continue ;; esac
    may "$base" "$name" || complain "lib/$base.c" "$name"
done
finish
