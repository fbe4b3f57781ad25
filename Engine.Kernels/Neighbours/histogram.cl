// Pairs by species and distance. LOCAL_BINS counters are kept by each group of threads; a launch counts as many bins, from first on.

// Counts pairs of species (a, b), a <= b, closer than the maximum, in bins of equal width: bin (a * species + b) * bins + distance. histogram holds 64-bit counts, low word
// first. Integers: any order gives the same. Thread i meets the particles after it, cyclically, so that each pair is met once.
KERNEL void pair_histogram(
    GLOBAL const int4* RESTRICT positions, GLOBAL const float* RESTRICT box, GLOBAL u32* RESTRICT histogram, const float bins_per_length, const int bins,
    const int species, const int first, const int particles)
{
    LOCAL_ARRAY(u32, own_counts, LOCAL_BINS);
    for (int k = LOCAL_ID; k < LOCAL_BINS; k += GROUP_SIZE)
    {
        own_counts[k] = 0u;
    }
    SYNC_GROUP();
    const int i = GLOBAL_ID;
    if (i < particles)
    {
        const int4 own = positions[i];
        const float largest = (float)bins / bins_per_length;
        const int after = (particles - 1) / 2;
        const int partners = after + (particles % 2 == 0 && i < particles / 2 ? 1 : 0);
        for (int k = 1; k <= partners; k++)
        {
            const int j = i + k < particles ? i + k : i + k - particles;
            const int4 other = positions[j];
            const float4 d = displacement(own, other, box);
            const float r2 = d.x * d.x + d.y * d.y + d.z * d.z;
            if (r2 < largest * largest)
            {
                const int distance = (int)(SQRT(r2) * bins_per_length);
                const int a = own.w < other.w ? own.w : other.w;
                const int b = own.w < other.w ? other.w : own.w;
                const int bin = (a * species + b) * bins + distance - first;
                if (distance < bins && bin >= 0 && bin < LOCAL_BINS)
                {
                    ATOMIC_ADD(&own_counts[bin], 1u);
                }
            }
        }
    }
    SYNC_GROUP();
    for (int k = LOCAL_ID; k < LOCAL_BINS; k += GROUP_SIZE)
    {
        const u32 added = own_counts[k];
        if (added != 0u && first + k < species * species * bins)
        {
            const u32 before = ATOMIC_ADD(&histogram[2 * (first + k)], added);
            if (before + added < before)
            {
                ATOMIC_ADD(&histogram[2 * (first + k) + 1], 1u);
            }
        }
    }
}
