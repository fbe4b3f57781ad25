// What a device can do at best, for the rooflines of the benchmarks.

KERNEL void nothing(GLOBAL float *a)
{
    if (GLOBAL_ID < 0) {
        a[0] = 0.0f;
    }
}

// Multiply-adds that stay in registers: eight chains in each thread hide their latency; 16 operations an iteration.
KERNEL void multiply_adds(GLOBAL float *a, int iterations)
{
    const float x = 0.999f, y = a[0];
    float s0 = y, s1 = y + 1.0f, s2 = y + 2.0f, s3 = y + 3.0f, s4 = y + 4.0f, s5 = y + 5.0f, s6 = y + 6.0f, s7 = y + 7.0f;
    for (int i = 0; i < iterations; i++) {
        s0 = FMA(s0, x, y);
        s1 = FMA(s1, x, y);
        s2 = FMA(s2, x, y);
        s3 = FMA(s3, x, y);
        s4 = FMA(s4, x, y);
        s5 = FMA(s5, x, y);
        s6 = FMA(s6, x, y);
        s7 = FMA(s7, x, y);
    }
    const float sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    if (sum == 12345.0f) {
        a[GLOBAL_ID] = sum;
    }
}

// The same in double.
KERNEL void multiply_adds_double(GLOBAL double *a, int iterations)
{
    const double x = (double)0.999f, y = a[0];
    double s0 = y, s1 = y + 1, s2 = y + 2, s3 = y + 3, s4 = y + 4, s5 = y + 5, s6 = y + 6, s7 = y + 7;
    for (int i = 0; i < iterations; i++) {
        s0 = s0 * x + y;
        s1 = s1 * x + y;
        s2 = s2 * x + y;
        s3 = s3 * x + y;
        s4 = s4 * x + y;
        s5 = s5 * x + y;
        s6 = s6 * x + y;
        s7 = s7 * x + y;
    }
    const double sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    if (sum == 12345) {
        a[GLOBAL_ID] = sum;
    }
}

// One 16-byte element for each entry of a list whose entries of a thread lie a pitch apart.
KERNEL void gather(GLOBAL const float4 *RESTRICT from, GLOBAL const int *RESTRICT entries, int length, int n, GLOBAL float *RESTRICT sums)
{
    const int i = GLOBAL_ID;
    if (i < n) {
        float sum = 0.0f;
        for (int k = 0; k < length; k++) {
            const float4 element = from[entries[k * n + i]];
            sum += element.x + element.y + element.z + element.w;
        }
        sums[i] = sum;
    }
}
