// The language of the kernels: a subset of C99 that is valid as OpenCL C 1.2 and, with these definitions, as CUDA C++.
//
//  1. No templates, references, overloads, 'auto', variable-length arrays, vector operators or swizzles. Members .x .y .z .w only.
//  2. Buffers hold int, u32, float, double, i64, u64 and vectors of two or four floats or ints; never of three (12 bytes here, 16 there).
//     REAL is float or double, as a definition says.
//  3. Every pointer says GLOBAL or LOCAL, also in helpers, unless it points to what a thread has in registers. Local arrays stand at the top of a kernel: LOCAL_ARRAY(float, name, 256).
//  4. Literals of floats end in f. Functions are the macros below, of floats; those that end in _OF take the type of their argument.
//  5. SYNC_GROUP() in uniform control flow only: no return before a barrier.
//  6. No atomics on floats: sums are made in a fixed order, so that a run repeats bit for bit.
//     Fixed point has no order, and may be added by atomics.
//  7. What is faster on one device only stands between #ifdef DIALECT_CUDA (or TENSOR_CORES) and its portable twin, with the same results. Assembly stands in this file only.
//     UNROLL before a loop of constant length keeps the arrays that its index picks from in registers, which have no index.
//  8. A kernel that says AWAIT_LAST() may be started before the one before it has ended, so that neither its start nor what it does until then costs time. Until then it
//     writes no global memory, reads of it only what no kernel writes, and does not return; pointers to what kernels write are not RESTRICT: what is RESTRICT and const a compiler may read ahead of the wait.
//  9. KERNEL void GROUP_OF(threads) name(...) has groups of that size, for which a compiler then has the registers.

#ifdef __OPENCL_VERSION__

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#define DIALECT_OPENCL
#define KERNEL __kernel
#define DEVICE
#define GLOBAL __global
#define LOCAL __local
#define RESTRICT restrict
#define LOCAL_ARRAY(type, name, length) __local type name[length]
#define UNROLL
#define GROUP_OF(threads) __attribute__((reqd_work_group_size(threads, 1, 1)))
#define AWAIT_LAST()

typedef long i64;
typedef ulong u64;
typedef uint u32;

#define GLOBAL_ID ((int)get_global_id(0))
#define GLOBAL_SIZE ((int)get_global_size(0))
#define LOCAL_ID ((int)get_local_id(0))
#define GROUP_ID ((int)get_group_id(0))
#define GROUP_SIZE ((int)get_local_size(0))
#define GROUP_COUNT ((int)get_num_groups(0))
#define SYNC_GROUP() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)

#define ATOMIC_ADD(pointer, value) atomic_add(pointer, value)
#define ATOMIC_ADD_I64(pointer, value) atom_add(pointer, value)
#define ATOMIC_MAX(pointer, value) atomic_max(pointer, value)
#define ATOMIC_OR(pointer, value) atomic_or(pointer, value)

#define MAKE_FLOAT2(a, b) ((float2)((a), (b)))
#define MAKE_FLOAT4(a, b, c, d) ((float4)((a), (b), (c), (d)))
#define MAKE_INT4(a, b, c, d) ((int4)((a), (b), (c), (d)))
#define ROUND_TO_INT(x) convert_int_rte(x)
#define ROUND_TO_I64(x) convert_long_rte(x)
#define HIGH_WORD(a, b) mul_hi((u32)(a), (u32)(b))
#define LOWEST_BIT(x) (31 - (int)clz((x) & (0u - (x))))
#define COUNT_BITS(x) ((int)popcount(x))

#define FMA(a, b, c) fma(a, b, c)
#define SQRT(x) sqrt(x)
#define RSQRT(x) rsqrt(x)
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define SINPI(x) sinpi(x)
#define COSPI(x) cospi(x)
#define ABS(x) fabs(x)
#define MIN(a, b) fmin(a, b)
#define MAX(a, b) fmax(a, b)
#define IS_FINITE(x) isfinite(x)
#define SQRT_OF(x) sqrt(x)
#define POW_OF(x, y) pow(x, y)

#else

#define DIALECT_CUDA
#define KERNEL extern "C" __global__
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define RESTRICT __restrict__
#define LOCAL_ARRAY(type, name, length) __shared__ type name[length]
// As long as whoever launches the kernel says; CUDA only (rule 7).
#define LOCAL_ROOM(type, name) extern __shared__ type name[]
#define UNROLL _Pragma("unroll")
#define GROUP_OF(threads) __launch_bounds__(threads)
#if __CUDA_ARCH__ >= 900
// The next may only then take places on the multiprocessors: one that waits behind another that waits would be in the way of both.
#define AWAIT_LAST() asm volatile("griddepcontrol.wait; griddepcontrol.launch_dependents;" : : : "memory")
#else
#define AWAIT_LAST()
#endif

typedef long long i64;
typedef unsigned long long u64;
typedef unsigned int u32;

#define GLOBAL_ID ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#define GLOBAL_SIZE ((int)(gridDim.x * blockDim.x))
#define LOCAL_ID ((int)threadIdx.x)
#define GROUP_ID ((int)blockIdx.x)
#define GROUP_SIZE ((int)blockDim.x)
#define GROUP_COUNT ((int)gridDim.x)
#define SYNC_GROUP() __syncthreads()

#define ATOMIC_ADD(pointer, value) atomicAdd(pointer, value)
#define ATOMIC_ADD_I64(pointer, value) atomicAdd((u64*)(pointer), (u64)(value))
#define ATOMIC_MAX(pointer, value) atomicMax(pointer, value)
#define ATOMIC_OR(pointer, value) atomicOr(pointer, value)

#define MAKE_FLOAT2(a, b) make_float2((a), (b))
#define MAKE_FLOAT4(a, b, c, d) make_float4((a), (b), (c), (d))
#define MAKE_INT4(a, b, c, d) make_int4((a), (b), (c), (d))
#define ROUND_TO_INT(x) __float2int_rn(x)
#define ROUND_TO_I64(x) __double2ll_rn(x)
#define HIGH_WORD(a, b) __umulhi((u32)(a), (u32)(b))
#define LOWEST_BIT(x) (__ffs((int)(x)) - 1)
#define COUNT_BITS(x) __popc(x)

#define FMA(a, b, c) fmaf(a, b, c)
#define SQRT(x) sqrtf(x)
#define RSQRT(x) rsqrtf(x)
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define SINPI(x) sinpif(x)
#define COSPI(x) cospif(x)
#define ABS(x) fabsf(x)
#define MIN(a, b) fminf(a, b)
#define MAX(a, b) fmaxf(a, b)
#define IS_FINITE(x) isfinite(x)
#define SQRT_OF(x) sqrt(x)
#define POW_OF(x, y) pow(x, y)

// What the thread has that is so many lanes behind this one in its warp, of 32 that all run (rule 7: elsewhere it goes through local memory).
#define OF_LANE_BEHIND(x, by) __shfl_down_sync(0xFFFFFFFFu, x, by)

// Tensor cores for doubles, and copies of a pair of them from global to local memory that arrive while others go on (rule 7: where TENSOR_CORES is defined).
// TENSOR_PRODUCT, by all lanes of a warp: C += A B, 16 x 8 by 16 x 8 by 8 x 8. With g = lane / 4 and t = lane % 4, a lane has C[g][2t], C[g][2t + 1], C[g + 8][2t], C[g + 8][2t + 1];
// A[g][t], A[g + 8][t], A[g][t + 4], A[g + 8][t + 4]; B[t][g], B[t + 4][g] (PTX ISA, "Matrix Fragments for mma.m16n8k8", .f64).
// COPY_WAIT(n): all that a thread copied before its n last COPY_COMMIT is there, for itself; SYNC_GROUP for the others.
#if __CUDA_ARCH__ >= 900

#define TENSOR_CORES
#define MAKE_DOUBLE2(a, b) make_double2((a), (b))
#define TENSOR_PRODUCT(c0, c1, c2, c3, a0, a1, a2, a3, b0, b1) \
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
                 : "+d"(c0), "+d"(c1), "+d"(c2), "+d"(c3) \
                 : "d"(a0), "d"(a1), "d"(a2), "d"(a3), "d"(b0), "d"(b1))
#define COPY_PAIR(to, from) \
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" : : "r"((u32)__cvta_generic_to_shared(to)), "l"(from) : "memory")
#define COPY_COMMIT() asm volatile("cp.async.commit_group;" : : : "memory")
#define COPY_WAIT(last) asm volatile("cp.async.wait_group %0;" : : "n"(last) : "memory")

#endif

#endif
