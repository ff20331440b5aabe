#!/bin/sh
# For a kernel build's check target:
#   make C=1 CHECK=/path/to/kbuild-check.sh          (C=2: files that are built already, too)
# kbuild passes the compiler's flags and, last, one source file. The flags are not needed: all arms of the code are read.
# A file is judged with its own folder around it, which takes a second or two; GFP_AUDIT_TREE=1 judges it within the whole tree.
# Findings go to stderr as a compiler's do and never stop the build.
file=
for file; do :; done
case $file in
*.c) ;;
*) exit 0 ;;
esac
if [ -n "${GFP_AUDIT_TREE:-}" ]; then set -- --tree "${srctree:-.}"; else set -- --tree "${file%/*}" --kernel "${KERNELVERSION:-auto}"; fi
${GFP_AUDIT:-gfp-audit} audit "$file" "$@" --format kernel --fail-on never --jobs 1 --no-progress --quiet >&2 || :
