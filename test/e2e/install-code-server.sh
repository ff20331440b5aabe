#!/usr/bin/env bash
# Installs code-server into a folder from the npm registry alone, without any package's install script: those download from elsewhere.
# What must be native is built here, against the headers of the Node that runs this.
#   install-code-server.sh FOLDER
set -euo pipefail
version=4.100.3 # VS Code 1.100.3, the newest for Node 20
mkdir -p "$1"
cd "$1"
stamp=".done-$version"
[ -e "$stamp" ] && exit 0
echo "{\"name\":\"tools\",\"private\":true,\"version\":\"0.0.0\",\"dependencies\":{\"code-server\":\"$version\"}}" >package.json
quiet=(--no-audit --no-fund --loglevel=error)
npm install --ignore-scripts "${quiet[@]}"
npm rebuild argon2 --ignore-scripts=false --loglevel=error >/dev/null # its login code imports it
cd node_modules/code-server/lib/vscode
npm install --ignore-scripts --omit=dev "${quiet[@]}" # its package comes without the editor's dependencies
npm rebuild native-watchdog --ignore-scripts=false --loglevel=error >/dev/null # the extension host imports it
# The package's own copy would be downloaded.
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
cd - >/dev/null
touch "$stamp"
