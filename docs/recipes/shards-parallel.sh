#!/usr/bin/env bash
# Audits a tree in N parts with GNU parallel and merges them:
#   shards-parallel.sh TREE N OUT
# With --sshlogin, and TREE and OUT on a file system that all machines see, the parts run on many machines.
set -euo pipefail
tree=$1 n=$2 out=$3
audit=${GFP_AUDIT:-gfp-audit}
mkdir -p "$out"
part() { echo "$audit audit $tree --shard $1/$n --format json --fail-on never --jobs 1 --no-progress --cache-dir $out/cache --output $out/part-$1.json"; }
# One part fills the cache, the others read it.
eval "$(part 1)"
for ((i = 2; i <= n; i++)); do part "$i"; done | parallel --halt now,fail=1
$audit merge "$out"/part-*.json --fail-on never --output "$out/report.json"
