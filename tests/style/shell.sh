#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every shell script passes shellcheck, which itself is first seen to complain.
set -euo pipefail
cd "${ARGOSY_SOURCE:-.}"

# shellcheck disable=SC2016
planted='#!/bin/bash
rm -rf $1/*'
if shellcheck - <<<"$planted" >/dev/null; then
    echo "shellcheck finds nothing wrong with: $planted"
    exit 1
fi

mapfile -d '' -t scripts < <(
    find . \( -name .git -o -name build -o -name target \) -prune -o -type f -print0 |
        xargs -0 grep -lZ --max-count=1 -E '^#!(/usr/bin/env |/bin/)(ba)?sh'
)
[ ${#scripts[@]} -ge 3 ] || { echo "only ${#scripts[@]} scripts found"; exit 1; }
shellcheck "${scripts[@]}"
