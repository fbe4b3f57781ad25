// What NVRTC knows without any header, as far as kernel texts use it: enough for another compiler of CUDA C++ to check them.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(threads) __attribute__((launch_bounds(threads)))
#define __forceinline__ __inline__ __attribute__((always_inline))

struct __attribute__((aligned(8))) float2 { float x, y; };
struct __attribute__((aligned(16))) double2 { double x, y; };
struct __attribute__((aligned(8))) int2 { int x, y; };
struct __attribute__((aligned(16))) float4 { float x, y, z, w; };
struct __attribute__((aligned(16))) int4 { int x, y, z, w; };
struct uint3 { unsigned x, y, z; };
extern const __device__ uint3 threadIdx, blockIdx, blockDim, gridDim;

__device__ inline float2 make_float2(float x, float y) { float2 v = {x, y}; return v; }
__device__ inline float4 make_float4(float x, float y, float z, float w) { float4 v = {x, y, z, w}; return v; }
__device__ inline int4 make_int4(int x, int y, int z, int w) { int4 v = {x, y, z, w}; return v; }

extern "C" {
__device__ float fmaf(float, float, float);
__device__ float sqrtf(float);
__device__ float rsqrtf(float);
__device__ float expf(float);
__device__ float logf(float);
__device__ float sinpif(float);
__device__ float cospif(float);
__device__ float floorf(float);
__device__ float fabsf(float);
__device__ float fminf(float, float);
__device__ float fmaxf(float, float);
__device__ double sqrt(double);
__device__ double pow(double, double);
__device__ int __float2int_rn(float);
__device__ long long __double2ll_rn(double);
__device__ unsigned __umulhi(unsigned, unsigned);
__device__ int __ffs(int);
__device__ int __popc(unsigned int);
__device__ void __syncthreads();
}

__device__ float sqrt(float);
__device__ float __shfl_down_sync(unsigned, float, unsigned);
__device__ int isfinite(float);
__device__ int atomicAdd(int*, int);
__device__ unsigned atomicAdd(unsigned*, unsigned);
__device__ unsigned long long atomicAdd(unsigned long long*, unsigned long long);
__device__ int atomicMax(int*, int);
__device__ unsigned atomicMax(unsigned*, unsigned);
__device__ int atomicOr(int*, int);
__device__ unsigned atomicOr(unsigned*, unsigned);
