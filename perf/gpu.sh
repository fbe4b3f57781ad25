#!/usr/bin/env bash
# Everything that is measured and checked on a GPU, in one go, on a machine that needs no .NET.
#   perf/gpu.sh build FOLDER     where .NET is: one self-contained file, this script beside it
#   FOLDER/gpu.sh [DEVICE] [OUT] on the machine with the card: measures DEVICE (cuda) and leaves JSON lines and logs in OUT (gpu-results)
# OUT: devices.json, bench.jsonl (./engine bench gpu), memcheck.txt and racecheck.txt (compute-sanitizer, if it is on PATH or in a toolkit under /usr/local).
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")

if [[ ${1:-} == build ]]; then
    folder=${2:?usage: perf/gpu.sh build FOLDER}
    dotnet publish "$here/../Engine.Cli" -c Release -r linux-x64 --self-contained --nologo -v q \
        -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true -p:DebugType=none -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -o "$folder"
    cp "$here/gpu.sh" "$folder/"
    exit
fi

device=${1:-cuda} out=${2:-gpu-results} program="$here/engine-cli" failed=0
[[ -x $program ]] || { echo "gpu.sh: no engine-cli beside this script; perf/gpu.sh build FOLDER makes a folder that has both" >&2; exit 2; }
mkdir -p "$out"
"$program" devices --json > "$out/devices.json"
"$program" bench gpu --device "$device" --json | tee "$out/bench.jsonl" || failed=1

sanitizer=$(command -v compute-sanitizer || compgen -G '/usr/local/cuda*/bin/compute-sanitizer' | tail -n 1 || true)
if [[ $device == cuda* && -n $sanitizer ]]; then
    for tool in memcheck racecheck; do
        # Each launch takes a thousand times as long: small systems, every variant of the kernels.
        "$sanitizer" --tool "$tool" --error-exitcode 9 "$program" bench gpu --device "$device" --case compile --json > "$out/$tool.txt" 2>&1 || failed=1
        echo "$tool: $(grep -E 'ERROR SUMMARY|RACECHECK SUMMARY' "$out/$tool.txt" || tail -n 1 "$out/$tool.txt")"
    done
fi
exit "$failed"
