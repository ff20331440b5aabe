#!/usr/bin/env bash
# Judges each patch of a series, as 0-day robots do, and writes a reply for each that brings or mends something:
#   reply-robot.sh TREE SERIES.mbox OUT
# OUT/0001, OUT/0002, ... are mails without a sender, each finding under the quoted line of the patch; look at them, then
#   git send-email --to=LIST --suppress-cc=all OUT/0*
# Status: 0 nothing against the series, 1 a patch brings an error, 2 it could not be judged: OUT/why says why, and there is no reply.
# The tree is only read: many series can be judged against one checkout at once.
set -uo pipefail
tree=$1 series=$2 out=$3
mkdir -p "$out"
rm -f "$out"/0* "$out/replies.mbox"
status=0
${GFP_AUDIT:-gfp-audit} audit --tree "$tree" --patch "$series" --each --format markdown --fail-on error --no-progress \
  ${GFP_AUDIT_FLAGS:-} --output "$out/replies.mbox" 2>"$out/why" || status=$?
if [ "$status" -gt 1 ]; then
  rm -f "$out/replies.mbox"
  cat "$out/why" >&2
  exit 2
fi
if [ -s "$out/replies.mbox" ]; then git mailsplit -o"$out" "$out/replies.mbox" >/dev/null || exit 2; fi
exit "$status"
