// What NVRTC knows without any header, as far as kernel texts use it: enough for another compiler of CUDA C++ to check them, and for one of C++ to run them on the processor, group by
// group and in each group thread by thread from one barrier to the next, in an order that who launches them chooses.

#ifdef __CUDA__
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(threads) __attribute__((launch_bounds(threads)))
#define __forceinline__ __inline__ __attribute__((always_inline))
#else
#define __global__
#define __device__
// All threads of a group are one thread of the processor.
#define __shared__ thread_local
#define __launch_bounds__(threads)
#define __forceinline__ inline
#endif

struct __attribute__((aligned(8))) float2 { float x, y; };
struct __attribute__((aligned(16))) double2 { double x, y; };
struct __attribute__((aligned(8))) int2 { int x, y; };
struct __attribute__((aligned(16))) float4 { float x, y, z, w; };
struct __attribute__((aligned(16))) int4 { int x, y, z, w; };
struct uint3 { unsigned x, y, z; };

__device__ inline float2 make_float2(float x, float y) { float2 v = {x, y}; return v; }
__device__ inline float4 make_float4(float x, float y, float z, float w) { float4 v = {x, y, z, w}; return v; }
__device__ inline int4 make_int4(int x, int y, int z, int w) { int4 v = {x, y, z, w}; return v; }

extern "C" {
__device__ float fmaf(float, float, float);
__device__ float sqrtf(float);
__device__ float expf(float);
__device__ float logf(float);
__device__ float floorf(float);
__device__ float fabsf(float);
__device__ float fminf(float, float);
__device__ float fmaxf(float, float);
__device__ double sqrt(double);
__device__ double pow(double, double);
}

#ifdef __CUDA__

extern const __device__ uint3 threadIdx, blockIdx, blockDim, gridDim;

extern "C" {
__device__ float rsqrtf(float);
__device__ float sinpif(float);
__device__ float cospif(float);
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

#else

uint3 threadIdx, blockIdx, blockDim, gridDim;

extern "C" {
double sin(double);
double cos(double);
long lrintf(float);
long long llrint(double);
}

// What a compiler calls that watches accesses to memory.
extern "C" {
int fault;
void __ubsan_handle_type_mismatch_minimal() { fault = 1; }
void __ubsan_handle_out_of_bounds_minimal() { fault = 1; }
void __ubsan_handle_alignment_assumption_minimal() { fault = 1; }
}

inline float sqrt(float x) { return sqrtf(x); }
inline float rsqrtf(float x) { return (float)(1 / sqrt((double)x)); }
inline float sinpif(float x) { return (float)sin(3.14159265358979323846 * (double)x); }
inline float cospif(float x) { return (float)cos(3.14159265358979323846 * (double)x); }
inline int isfinite(float x) { return __builtin_isfinite(x); }
inline int __float2int_rn(float x) { return (int)lrintf(x); }
inline long long __double2ll_rn(double x) { return llrint(x); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }

template <typename T> T atomicAdd(T* p, T value) { T before = *p; *p = before + value; return before; }
template <typename T> T atomicMax(T* p, T value) { T before = *p; *p = before > value ? before : value; return before; }
template <typename T> T atomicOr(T* p, T value) { T before = *p; *p = before | value; return before; }

// A thread of a group runs on a stack of its own until it ends or waits.
enum { READY, WAITS_FOR_WARP, WAITS_FOR_GROUP, ENDED };
enum { MOST_THREADS = 1024, WARP = 32, STACK_BYTES = 1 << 16 };
struct { int state; void* stack; } threads[MOST_THREADS];
alignas(16) char stacks[MOST_THREADS][STACK_BYTES];
float exchanged[2][MOST_THREADS];
unsigned exchanges[MOST_THREADS];
void* launcher;
void (*kernel)(void**);
void** arguments;

extern "C" void switch_stack(void** from, void* to);
asm(".text\n.globl switch_stack\nswitch_stack:\n"
    "push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\nmov %rsp, (%rdi)\n"
    "mov %rsi, %rsp\npop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n");

__attribute__((noinline)) void wait_as(int state)
{
    threads[threadIdx.x].state = state;
    switch_stack(&threads[threadIdx.x].stack, launcher);
}

void run_thread()
{
    kernel(arguments);
    wait_as(ENDED);
}

inline void __syncthreads() { wait_as(WAITS_FOR_GROUP); }

inline float __shfl_down_sync(unsigned, float x, unsigned by)
{
    const unsigned thread = threadIdx.x;
    const unsigned side = exchanges[thread]++ % 2;
    exchanged[side][thread] = x;
    wait_as(WAITS_FOR_WARP);
    return thread % WARP + by < WARP ? exchanged[side][thread + by] : x;
}

// Sets those free that all wait for the same; whether there were any.
bool release(int first, int end, int state)
{
    for (int t = first; t < end; t++)
    {
        if (threads[t].state != state)
        {
            return false;
        }
    }
    for (int t = first; t < end; t++)
    {
        threads[t].state = READY;
    }
    return true;
}

// All groups of a launch. order: 0 from the first to the last, 1 from the last to the first, 2 mixed. 0, or one more than the group whose threads wait for each other in vain.
extern "C" int run_groups(void (*body)(void**), void** values, int groups, int size, int order)
{
    kernel = body;
    arguments = values;
    blockDim.x = size;
    gridDim.x = groups;
    for (int g = 0; g < groups; g++)
    {
        blockIdx.x = order == 1 ? groups - 1 - g : g;
        for (int t = 0; t < size; t++)
        {
            void** top = (void**)(stacks[t] + STACK_BYTES);
            // As a call leaves the stack: sixteen bytes and a return address.
            top[-2] = (void*)run_thread;
            threads[t].stack = top - 8;
            threads[t].state = READY;
            exchanges[t] = 0;
        }
        for (int ended = 0; ended < size;)
        {
            bool ran = false;
            for (int n = 0; n < size; n++)
            {
                // Every 511th is every one of up to 1024 that are no multiple of 7 or 73; others skip and repeat none, they come in order.
                const int t = order == 1 ? size - 1 - n : order == 2 && size % 7 && size % 73 ? (int)(511LL * n % size) : n;
                if (threads[t].state == READY)
                {
                    ran = true;
                    threadIdx.x = t;
                    switch_stack(&launcher, threads[t].stack);
                    ended += threads[t].state == ENDED;
                }
            }
            if (!ran)
            {
                bool released = release(0, size, WAITS_FOR_GROUP);
                for (int first = 0; first < size; first += WARP)
                {
                    released = release(first, first + WARP < size ? first + WARP : size, WAITS_FOR_WARP) || released;
                }
                if (!released)
                {
                    return 1 + blockIdx.x;
                }
            }
        }
    }
    return 0;
}

#endif
