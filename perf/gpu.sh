#!/usr/bin/env bash
usage() {
    cat <<'TEXT'
Checks and measures everything on a GPU in one go, on a machine that needs no .NET, in less than ten minutes.

  perf/gpu.sh build FOLDER                where .NET is: makes FOLDER with one self-contained program and this script
  FOLDER/gpu.sh [--short] [DEVICE] [OUT]  on the machine with the card: DEVICE (cuda), results in OUT (gpu-results)

--short does only what shows that all is in place: devices, verify, launch.

OUT: devices.json  devices and libraries, or why they are absent
     bench.jsonl   a line for each result of ./engine bench gpu: bounds, verify (what must agree with the processor), compile, once, launch, kernels, lanes, steps, gather, gather-lines, gemm, eigen, whole runs
     log.txt       what the program said meanwhile
     summary.txt   a line for each case: whether it passed, and its time
     memcheck.txt, racecheck.txt, synccheck.txt  compute-sanitizer where it is installed: memcheck over verify, the others over once

Leaves with 0: all was done and agrees; 1: something failed, see summary.txt; 2: wrong usage; 3: DEVICE is not here.
TEXT
}
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
limit=560       # seconds for everything: a case that would begin later is left out
case_limit=150  # seconds for one case

short=0
case ${1:-} in
    -h | --help)
        usage
        exit 0
        ;;
    build)
        folder=${2:?usage: perf/gpu.sh build FOLDER}
        dotnet publish "$here/../Engine.Cli" -c Release -r linux-x64 --self-contained --nologo -v q \
            -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true -p:DebugType=none -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -o "$folder"
        cp "$here/gpu.sh" "$here/../native/torch.cpp" "$here/../native/build_torch.sh" "$folder/"
        exit
        ;;
    --short)
        short=1
        shift
        ;;
esac
if [[ ${1:-} == -* || $# -gt 2 ]]; then
    usage >&2
    exit 2
fi
device=${1:-cuda} out=${2:-gpu-results} program="$here/engine-cli" failed=0
[[ -x $program ]] || { echo "gpu.sh: no engine-cli beside this script; expected a folder that perf/gpu.sh build FOLDER has made; make one where .NET is" >&2; exit 2; }
mkdir -p "$out"
: > "$out/bench.jsonl"
: > "$out/log.txt"
: > "$out/summary.txt"
note() { echo "$*" | tee -a "$out/summary.txt"; }
why() { { grep -F "\"case\":\"$1\"" "$out/bench.jsonl" | grep -E '"failed":|"passed":false' || tail -n 1 "$out/log.txt"; } | tail -n 1; }

# CUDA's libraries may have come with a PyTorch only.
if [[ $device == cuda* ]] && "$program" devices | grep -qE '^(nvrtc|cublas|cusolver): absent' && site=$(python3 -c 'import sysconfig; print(sysconfig.get_path("purelib"))' 2> /dev/null); then
    wheels=$(compgen -G "$site/nvidia/*/lib" | paste -sd: || true)
    export ENGINE_NATIVE_PATH="${ENGINE_NATIVE_PATH:+$ENGINE_NATIVE_PATH:}$wheels"
fi
# Networks need the shim over the PyTorch that is here.
if [[ $device == cuda* && ! -e $here/libengine_torch.so ]] && torch=$(python3 -c 'import torch; print(torch.__path__[0])' 2> /dev/null); then
    "$here/build_torch.sh" "$here/libengine_torch.so" "$torch" >> "$out/log.txt" || note "the shim over $torch does not compile, see log.txt: ntk-network is left out"
fi
export ENGINE_NATIVE_PATH="$here${ENGINE_NATIVE_PATH:+:$ENGINE_NATIVE_PATH}"
"$program" devices --json > "$out/devices.json"
note "$(date -u +%FT%TZ) $device $(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2> /dev/null | paste -sd';' || true)"

if ((short)); then
    cases=(verify launch)
else
    cases=(verify compile once launch kernels wca-4k wca-64k wca-1m lj-4k lj-32k lj-1m hfo2-6144 hfo2-6144-ewald hfo2-98k-ewald gap-hfo2 gap-hfo2-large ntk-mlp-mean ntk-transformer ntk-network replicas lanes steps gather gather-lines gemm eigen)
fi
# Each case in a process of its own: what breaks one breaks no other.
for name in "${cases[@]}"; do
    start=$SECONDS code=0
    # The program leaves them out: their libraries are CUDA's.
    if [[ $device != cuda* && $name == @(gemm|eigen) ]]; then
        note "$name: left out, $device has no such library"
        continue
    fi
    if ((start + 10 > limit)); then
        note "$name: left out, the time is up"
        failed=1
        continue
    fi
    timeout "$case_limit" "$program" bench gpu --device "$device" --case "$name" --json >> "$out/bench.jsonl" 2>> "$out/log.txt" || code=$?
    case $code in
        0) note "$name: passed, $((SECONDS - start)) s" ;;
        2)
            # What is wrong with the device's name is so with each case.
            note "$name: $(why "$name")"
            exit 2
            ;;
        3)
            note "$name: $(why "$name")"
            # A library may be missing for one case; without a device there is nothing to go on with.
            [[ $name != verify ]] || exit 3
            failed=1
            ;;
        *)
            [[ $code != 124 ]] || echo "$name: stopped after $case_limit s" >> "$out/log.txt"
            note "$name: FAILED with $code, $((SECONDS - start)) s; $(why "$name" | cut -c1-300)"
            failed=1
            ;;
    esac
done

sanitizer=$(command -v compute-sanitizer || compgen -G '/usr/local/cuda*/bin/compute-sanitizer' | tail -n 1 || true)
if [[ $device == cuda* && -n $sanitizer ]] && ! ((short)); then
    for tool in memcheck racecheck synccheck; do
        watched=once code=0 left=$((limit + 30 - SECONDS))
        if ((left < 30)); then
            note "$tool: left out, the time is up"
            failed=1
            continue
        fi
        [[ $tool != memcheck ]] || watched=verify
        timeout "$((left < case_limit ? left : case_limit))" "$sanitizer" --tool "$tool" --error-exitcode 9 "$program" bench gpu --device "$device" --case "$watched" --json > "$out/$tool.txt" 2>&1 || code=$?
        if grep -qE 'Device not supported|Failed to initialize' "$out/$tool.txt"; then
            note "$tool: cannot run here, see $tool.txt"
        else
            note "$tool: $( ((code == 0)) && echo passed || echo "FAILED with $code"), $(grep -E 'ERROR SUMMARY|RACECHECK SUMMARY' "$out/$tool.txt" || tail -n 1 "$out/$tool.txt")"
            ((code == 0)) || failed=1
        fi
    done
fi
exit "$failed"
