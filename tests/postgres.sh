#!/usr/bin/env bash
# A private PostgreSQL cluster for one test process.
#
# Starts a cluster in a new folder, prints `ready FOLDER` (the folder of its Unix socket; port 5432, user and database
# `postgres`, no password), and then waits for the end of standard input. The test process holds the other end: when it is
# gone, by kill -9 too, the system closes it, and the cluster is stopped and deleted. Nothing listens on the network, so
# there is no port to clash over, and nothing is shared with a cluster that the machine may have.
#
# Arguments are settings, such as `synchronous_commit=on`, or `port` and `listen_addresses` to listen all the same. Lines of
# the input are orders, each answered with `done`: `stop fast` and `stop immediate` as pg_ctl knows them, and `start`.
set -euo pipefail
trap '' HUP INT TERM

find_binaries() {
    if command -v initdb > /dev/null; then
        dirname "$(readlink -f "$(command -v initdb)")"
        return
    fi
    # The newest of those that Debian has installed beside each other.
    find /usr/lib/postgresql -path '*/bin/initdb' 2> /dev/null | sort -V | tail -n 1 | xargs -r dirname
}

binaries=$(find_binaries)
if [ -z "$binaries" ]; then
    echo "PostgreSQL is not installed: initdb is neither on the PATH nor in /usr/lib/postgresql." >&2
    echo "Run scripts/test, which installs it, or install your system's postgresql package." >&2
    exit 1
fi

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
    as_owner=(runuser -u postgres --)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/cpor-it.XXXXXXXX")
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
fi
cd "$folder"

clean() {
    "${as_owner[@]}" "$binaries/pg_ctl" --pgdata "$folder/data" --mode immediate --wait stop > /dev/null 2>&1 || true
    rm -rf "$folder"
}
trap clean EXIT

# Sorted as an American would sort, not by bytes as SQLite does: code that trusts in either order fails here.
"${as_owner[@]}" "$binaries/initdb" --pgdata "$folder/data" --username postgres --auth trust --encoding UTF8 \
    --locale-provider icu --icu-locale en-US --locale C --no-sync > "$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
# Nothing here has to survive a loss of power; statements are as strict as ever.
cat >> "$folder/data/postgresql.conf" << CONF
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 64MB
max_wal_size = 256MB
CONF
# Of two lines for one setting the last counts.
if [ $# -gt 0 ]; then
    printf '%s\n' "$@" >> "$folder/data/postgresql.conf"
fi

start() {
    "${as_owner[@]}" "$binaries/pg_ctl" --pgdata "$folder/data" --log "$folder/server.log" --wait start > /dev/null 2>&1 \
        < /dev/null || { cat "$folder/server.log" >&2; exit 1; }
}

stop() {
    "${as_owner[@]}" "$binaries/pg_ctl" --pgdata "$folder/data" --mode "$1" --wait stop > /dev/null 2>&1 < /dev/null
}

start
echo "ready $folder"
while read -r order mode; do
    case $order in
        start) start ;;
        stop) stop "$mode" ;;
        *) echo "unknown order: $order" >&2; exit 1 ;;
    esac
    echo done
done
