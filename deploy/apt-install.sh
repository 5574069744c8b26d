#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# apt-install.sh PACKAGE... - installs Debian packages, and starts or sets up no server. Runs as root, by ./dev.
#
# Two files keep apt quiet while it works, and are removed afterwards, also after a failure or Ctrl-C; what was there
# before is left alone:
#   /usr/sbin/policy-rc.d                               refuses to start services
#   /etc/postgresql-common/createcluster.d/argosy.conf  no cluster of PostgreSQL is made
# A service that came with these packages is also kept from starting at the next boot: Argosy starts servers of its own.
# ARGOSY_APT_ROOT puts the two files below another folder, for tests.
set -euo pipefail

policy=${ARGOSY_APT_ROOT:-}/usr/sbin/policy-rc.d
cluster_folder=${ARGOSY_APT_ROOT:-}/etc/postgresql-common/createcluster.d
cluster=$cluster_folder/argosy.conf
mark='# made by argosy while it installs packages'
made=()

restore()
{
    local file
    for file in "${made[@]}"; do
        rm -f "$file"
    done
    rmdir --ignore-fail-on-non-empty "$cluster_folder" 2>/dev/null || true
}

# A leftover of our own (the machine lost power) is ours to replace.
ours_or_absent()
{
    [ ! -e "$1" ] || grep -qF "$mark" "$1"
}

quieten()
{
    trap restore EXIT
    trap 'exit 130' INT TERM HUP
    if ours_or_absent "$policy"; then
        made+=("$policy")
        printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
        chmod 755 "$policy"
    fi
    if ours_or_absent "$cluster"; then
        made+=("$cluster")
        mkdir -p "$cluster_folder"
        printf '%s\ncreate_main_cluster = false\n' "$mark" >"$cluster"
    fi
}

installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

redis_was_there=no
installed redis-server && redis_was_there=yes
quieten
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
if [ "$redis_was_there" = no ] && installed redis-server; then
    update-rc.d redis-server disable
fi
