#!/bin/sh
# build.sh OUTPUT [LIBTORCH]: compiles the files beside it against Debian's libtorch, or against the one in the folder LIBTORCH
# (an unpacked libtorch, or the torch folder of a Python wheel, with or without CUDA). Takes seconds.
set -e
output=$1 torch=$2 sources=$(dirname "$0")
fail() { echo "error : $*"; exit 1; }

command -v g++ >/dev/null || fail "g++ is missing. On Debian: apt-get install g++ libtorch-dev libopenblas0-openmp"
flags="-std=c++20 -O3 -fno-math-errno -fno-trapping-math -fPIC -fopenmp -fvisibility=hidden -Wall"
if [ -n "$torch" ]; then
    [ -f "$torch/include/ATen/ATen.h" ] && [ -f "$torch/lib/libtorch_cpu.so" ] ||
        fail "LIBTORCH=$torch holds no libtorch: expected include/ATen/ATen.h and lib/libtorch_cpu.so there"
    include="-isystem $torch/include -isystem $torch/include/torch/csrc/api/include"
    libraries="-L$torch/lib -Wl,-rpath,$torch/lib -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10"
    [ -f "$torch/lib/libtorch_cuda.so" ] && libraries="$libraries -ltorch_cuda -lc10_cuda"
    # Wheels bring their own OpenMP runtime; a second one in the process would start a second set of threads.
    for openmp in "$torch"/lib/libgomp*.so* "$torch"/../torch.libs/libgomp*.so*; do
        [ -f "$openmp" ] && { openmp_library=$openmp; break; }
    done
    # Wheels up to 2.5 were built with the C++ library's old string layout.
    grep -qF __cxx11 "$torch/lib/libc10.so" || flags="$flags -D_GLIBCXX_USE_CXX11_ABI=0"
else
    include="-isystem /usr/include/torch/csrc/api/include"
    [ -f /usr/include/ATen/ATen.h ] ||
        fail "libtorch's headers are missing. On Debian: apt-get install libtorch-dev libopenblas0-openmp. Elsewhere: set LIBTORCH to a folder that holds a libtorch"
    libraries="-Wl,--no-as-needed -ltorch -ltorch_cpu -lc10"
    for dnnl in "/usr/lib/$(g++ -print-multiarch)"/libdnnl.so.?; do
        [ -f "$dnnl" ] && { gemm="gemm bmm group_norm silu dropout" libraries="$libraries -l:$(basename "$dnnl") -ldl"; break; }
    done
fi
mkdir -p "$(dirname "$output")"
parts="operators runtime convolution recurrence $gemm" objects=
for part in $parts; do
    g++ $flags $include -c "$sources/$part.cpp" -o "$output.$part.o" &
    jobs="$jobs $!" objects="$objects $output.$part.o"
done
for job in $jobs; do wait "$job"; done
g++ -shared $objects -o "$output" $libraries ${openmp_library:--lgomp}
rm $objects
