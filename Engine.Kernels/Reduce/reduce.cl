// Sums in a fixed order: by halves within a group, then over the groups of a replica (sum_partials). The last of eight columns is a minimum.

// The particle of a thread where every replica has whole groups of its own, or -1.
DEVICE int particle_of_replica(const int replica_size)
{
    const int groups = (replica_size + GROUP_SIZE - 1) / GROUP_SIZE;
    const int within = GROUP_ID % groups * GROUP_SIZE + LOCAL_ID;
    return within < replica_size ? GROUP_ID / groups * replica_size + within : -1;
}

// What threads side by side have that share a particle, added up by halves; the sum is the first one's. partial: one for each thread of the group; lanes: a power of two up to 32.
DEVICE float4 sum_side_by_side(const float4 own, const int lanes, LOCAL float4* partial)
{
    float4 sum = own;
    for (int width = lanes / 2; width > 0; width /= 2)
    {
#ifdef DIALECT_CUDA
        sum = MAKE_FLOAT4(sum.x + OF_LANE_BEHIND(sum.x, width), sum.y + OF_LANE_BEHIND(sum.y, width), sum.z + OF_LANE_BEHIND(sum.z, width), 0.0f);
#else
        partial[LOCAL_ID] = sum;
        SYNC_GROUP();
        if (LOCAL_ID % lanes < width)
        {
            const float4 other = partial[LOCAL_ID + width];
            sum = MAKE_FLOAT4(sum.x + other.x, sum.y + other.y, sum.z + other.z, 0.0f);
        }
        SYNC_GROUP();
#endif
    }
    return sum;
}

// The same of threads that lie apart: the first part of a group, as long as there are particles for it, is their first lane, the next part the second. partial: one for each thread
// of the group; lanes: a power of two.
DEVICE float4 sum_lanes(const float4 own, const int lanes, LOCAL float4* partial)
{
    float4 sum = own;
    const int side = GROUP_SIZE / lanes;
    for (int width = lanes / 2; width > 0; width /= 2)
    {
        partial[LOCAL_ID] = sum;
        SYNC_GROUP();
        if (LOCAL_ID < width * side)
        {
            const float4 other = partial[LOCAL_ID + width * side];
            sum = MAKE_FLOAT4(sum.x + other.x, sum.y + other.y, sum.z + other.z, 0.0f);
        }
        SYNC_GROUP();
    }
    return sum;
}

// sums: eight doubles for each thread of the group, number c at [c * GROUP_SIZE + LOCAL_ID], where threads side by side are in banks of their own; the group's go to
// partials[8 * GROUP_ID ...].
DEVICE void reduce_group(LOCAL double* sums, GLOBAL double* partials)
{
    SYNC_GROUP();
    for (int width = GROUP_SIZE / 2; width > 0; width /= 2)
    {
        if (LOCAL_ID < width)
        {
            LOCAL double* a = sums + LOCAL_ID;
            LOCAL double* b = a + width;
            for (int c = 0; c < 7; c++)
            {
                a[c * GROUP_SIZE] += b[c * GROUP_SIZE];
            }
            a[7 * GROUP_SIZE] = b[7 * GROUP_SIZE] < a[7 * GROUP_SIZE] ? b[7 * GROUP_SIZE] : a[7 * GROUP_SIZE];
        }
        SYNC_GROUP();
    }
    if (LOCAL_ID < 8)
    {
        partials[8 * GROUP_ID + LOCAL_ID] = sums[LOCAL_ID * GROUP_SIZE];
    }
}
