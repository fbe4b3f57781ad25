#!/usr/bin/env bash
# Builds the shim over libtorch from torch.cpp beside this script: build_torch.sh OUTPUT [FOLDER].
# FOLDER is a libtorch, or the folder "torch" of a PyTorch, CUDA builds too; without it, the system's is taken.
# Leaves with 1, and what the compiler said last on standard output, where it does not compile.
set -euo pipefail
output=$1 include=/usr/include options=()
source=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/torch.cpp
if [[ -n ${2:-} ]]; then
    folder=$(readlink -f -- "$2")
    include=$folder/include
    options=(-isystem "$include" -L"$folder/lib" -Wl,-rpath,"$folder/lib")
    # A build of before the C++11 strings.
    grep -qa '_ZN3c106detail14torchCheckFail.*__cxx11' "$folder/lib/libc10.so" || options+=(-D_GLIBCXX_USE_CXX11_ABI=0)
    # Nothing names the CUDA half of a build with CUDA: it registers itself when it is loaded.
    [[ ! -e $folder/lib/libtorch_cuda.so ]] || options+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda)
fi
for standard in c++17 c++20; do
    if log=$(g++ -std=$standard -O2 -fPIC -shared -fvisibility=hidden "$source" -o "$output.new" "${options[@]}" \
        -isystem "$include/torch/csrc/api/include" -ltorch -ltorch_cpu -lc10 2>&1); then
        mv "$output.new" "$output"
        exit
    fi
done
echo "$log"
exit 1
