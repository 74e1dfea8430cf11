#!/usr/bin/env bash
# Runs the shell commands of a tutorial, as they stand, in an empty folder, and looks for a text in what they
# say: run_tutorial.sh FILE.md SPINULE TEXT
set -euo pipefail
commands=$(awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1")
[ -n "$commands" ] || { echo "$1 has no shell commands"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$2" "$folder/spinule"
cd "$folder"
export PATH=$folder:$PATH
bash -euo pipefail -c "$commands" | tee said
grep -qF -- "$3" said || { echo "nothing says \"$3\""; exit 1; }
