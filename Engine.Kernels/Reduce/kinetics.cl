// Sums over velocities and what acts on all of them at once. velocities: x, y, z, 1/mass (in the unit that turns force x time into velocity).

#define KINETICS_GROUP 128
#define KINETICS_ITEMS 4
#define SUM_GROUP 256

// Threads that have the particles of a replica, in whole groups.
DEVICE int threads_of_replica(const int replica_size)
{
    const int threads = (replica_size + KINETICS_ITEMS - 1) / KINETICS_ITEMS;
    return (threads + GROUP_SIZE - 1) / GROUP_SIZE * GROUP_SIZE;
}

// Twice the kinetic energy tensor sum m v (x) v (xx yy zz xy xz yz) as of the positions' own time: velocities lag behind by a kick of that length. Column 0 stays zero. A
// thread adds up KINETICS_ITEMS particles before its group does.
KERNEL void kinetic_sums(
    GLOBAL const float4* RESTRICT velocities, GLOBAL const float4* RESTRICT forces, const float lag, GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * KINETICS_GROUP);
    const int threads = threads_of_replica(replica_size);
    const int first = GLOBAL_ID / threads * replica_size;
    double xx = 0.0, yy = 0.0, zz = 0.0, xy = 0.0, xz = 0.0, yz = 0.0;
    for (int k = GLOBAL_ID % threads; k < replica_size; k += threads)
    {
        const float4 v = velocities[first + k];
        const float4 f = forces[first + k];
        const double m = 1.0 / (double)v.w;
        const double x = (double)v.x + (double)(lag * v.w) * (double)f.x;
        const double y = (double)v.y + (double)(lag * v.w) * (double)f.y;
        const double z = (double)v.z + (double)(lag * v.w) * (double)f.z;
        xx += m * x * x;
        yy += m * y * y;
        zz += m * z * z;
        xy += m * x * y;
        xz += m * x * z;
        yz += m * y * z;
    }
    LOCAL double* own = sums + LOCAL_ID;
    own[0] = 0.0;
    own[GROUP_SIZE] = xx;
    own[2 * GROUP_SIZE] = yy;
    own[3 * GROUP_SIZE] = zz;
    own[4 * GROUP_SIZE] = xy;
    own[5 * GROUP_SIZE] = xz;
    own[6 * GROUP_SIZE] = yz;
    own[7 * GROUP_SIZE] = 0.0;
    reduce_group(sums, partials);
}

// Momentum (columns 1 to 3) and mass (column 0).
KERNEL void momentum_sums(GLOBAL const float4* RESTRICT velocities, GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * KINETICS_GROUP);
    const int threads = threads_of_replica(replica_size);
    const int first = GLOBAL_ID / threads * replica_size;
    double mass = 0.0, x = 0.0, y = 0.0, z = 0.0;
    for (int k = GLOBAL_ID % threads; k < replica_size; k += threads)
    {
        const float4 v = velocities[first + k];
        const double m = 1.0 / (double)v.w;
        mass += m;
        x += m * (double)v.x;
        y += m * (double)v.y;
        z += m * (double)v.z;
    }
    LOCAL double* own = sums + LOCAL_ID;
    own[0] = mass;
    own[GROUP_SIZE] = x;
    own[2 * GROUP_SIZE] = y;
    own[3 * GROUP_SIZE] = z;
    for (int c = 4; c < 8; c++)
    {
        own[c * GROUP_SIZE] = 0.0;
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
