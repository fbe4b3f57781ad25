// Sums over velocities and what acts on all of them at once. velocities: x, y, z, 1/mass (in the unit that turns force x time into velocity).

#define KINETICS_GROUP 128
#define SUM_GROUP 256

// Twice the kinetic energy tensor sum m v (x) v (xx yy zz xy xz yz) as of the positions' own time: velocities lag behind by a kick of that length. Column 0 stays zero.
KERNEL void kinetic_sums(
    GLOBAL const float4* RESTRICT velocities, GLOBAL const float4* RESTRICT forces, const float lag, GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * KINETICS_GROUP);
    const int i = particle_of_replica(replica_size);
    LOCAL double* own = sums + 8 * LOCAL_ID;
    for (int c = 0; c < 8; c++)
    {
        own[c] = 0.0;
    }
    if (i >= 0)
    {
        const float4 v = velocities[i];
        const float4 f = forces[i];
        const double m = 1.0 / (double)v.w;
        const double x = (double)v.x + (double)(lag * v.w) * (double)f.x;
        const double y = (double)v.y + (double)(lag * v.w) * (double)f.y;
        const double z = (double)v.z + (double)(lag * v.w) * (double)f.z;
        own[1] = m * x * x;
        own[2] = m * y * y;
        own[3] = m * z * z;
        own[4] = m * x * y;
        own[5] = m * x * z;
        own[6] = m * y * z;
    }
    reduce_group(sums, partials);
}

// Momentum (columns 1 to 3) and mass (column 0).
KERNEL void momentum_sums(GLOBAL const float4* RESTRICT velocities, GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * KINETICS_GROUP);
    const int i = particle_of_replica(replica_size);
    LOCAL double* own = sums + 8 * LOCAL_ID;
    for (int c = 0; c < 8; c++)
    {
        own[c] = 0.0;
    }
    if (i >= 0)
    {
        const float4 v = velocities[i];
        const double m = 1.0 / (double)v.w;
        own[0] = m;
        own[1] = m * (double)v.x;
        own[2] = m * (double)v.y;
        own[3] = m * (double)v.z;
    }
    reduce_group(sums, partials);
}

// One group of SUM_GROUP threads for each replica: the partial sums of its groups, column by column. Thread t takes column t % 8 of every (SUM_GROUP / 8)th group in order,
// then halves are added: always the same order.
KERNEL void sum_partials(GLOBAL const double* RESTRICT partials, const int groups, GLOBAL double* RESTRICT result)
{
    LOCAL_ARRAY(double, sums, SUM_GROUP);
    const int c = LOCAL_ID % 8;
    double sum = c == 7 ? 3.0e38 : 0.0;
    for (int g = LOCAL_ID / 8; g < groups; g += SUM_GROUP / 8)
    {
        const double p = partials[8 * (GROUP_ID * groups + g) + c];
        sum = c < 7 ? sum + p : (p < sum ? p : sum);
    }
    sums[LOCAL_ID] = sum;
    SYNC_GROUP();
    for (int width = SUM_GROUP / 2; width >= 8; width /= 2)
    {
        if (LOCAL_ID < width)
        {
            const double p = sums[LOCAL_ID + width];
            sums[LOCAL_ID] = c < 7 ? sums[LOCAL_ID] + p : (p < sums[LOCAL_ID] ? p : sums[LOCAL_ID]);
        }
        SYNC_GROUP();
    }
    if (LOCAL_ID < 8)
    {
        result[8 * GROUP_ID + LOCAL_ID] = sums[LOCAL_ID];
    }
}

// Gives the kick that velocities owe, then v -> A v + b, A lower-triangular by rows xx, yx, yy, zx, zy, zz.
KERNEL void map_velocities(
    GLOBAL float4* RESTRICT velocities, GLOBAL const float4* RESTRICT forces, const float lag, const float xx, const float yx, const float yy,
    const float zx, const float zy, const float zz, const float bx, const float by, const float bz, const int particles)
{
    const int i = GLOBAL_ID;
    if (i < particles)
    {
        float4 v = velocities[i];
        const float4 f = forces[i];
        const float kick = lag * v.w;
        v.x = FMA(kick, f.x, v.x);
        v.y = FMA(kick, f.y, v.y);
        v.z = FMA(kick, f.z, v.z);
        const float x = FMA(xx, v.x, bx);
        const float y = FMA(yx, v.x, FMA(yy, v.y, by));
        const float z = FMA(zx, v.x, FMA(zy, v.y, FMA(zz, v.z, bz)));
        velocities[i] = MAKE_FLOAT4(x, y, z, v.w);
    }
}
