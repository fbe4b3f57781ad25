// Sums in a fixed order: by halves within a group, then over the groups of a replica (sum_partials). The seventh of eight columns is a minimum.

// The particle of a thread where every replica has whole groups of its own, or -1.
DEVICE int particle_of_replica(const int replica_size)
{
    const int groups = (replica_size + GROUP_SIZE - 1) / GROUP_SIZE;
    const int within = GROUP_ID % groups * GROUP_SIZE + LOCAL_ID;
    return within < replica_size ? GROUP_ID / groups * replica_size + within : -1;
}

// sums: eight doubles for each thread of the group; the group's go to partials[8 * GROUP_ID ...].
DEVICE void reduce_group(LOCAL double* sums, GLOBAL double* partials)
{
    SYNC_GROUP();
    for (int width = GROUP_SIZE / 2; width > 0; width /= 2)
    {
        if (LOCAL_ID < width)
        {
            LOCAL double* a = sums + 8 * LOCAL_ID;
            LOCAL double* b = sums + 8 * (LOCAL_ID + width);
            for (int c = 0; c < 7; c++)
            {
                a[c] += b[c];
            }
            a[7] = b[7] < a[7] ? b[7] : a[7];
        }
        SYNC_GROUP();
    }
    if (LOCAL_ID < 8)
    {
        partials[8 * GROUP_ID + LOCAL_ID] = sums[LOCAL_ID];
    }
}
