// Pairs by species and distance. LOCAL_BINS counters are kept by each group of threads; a launch counts as many bins, from first on.

// Cells to look at along an axis of n cells: so many to either side, or each of them once.
DEVICE int cells_along(const int side, const int n)
{
    return 2 * side + 1 < n ? 2 * side + 1 : n;
}

DEVICE int cell_along(const int k, const int own, const int side, const int n)
{
    return 2 * side + 1 < n ? (own + k - side + n) % n : k;
}

// Counts pairs of species (a, b), a <= b, closer than the maximum, in bins of equal width: bin (a * species + b) * bins + distance. histogram holds 64-bit counts, low word
// first. Integers: any order gives the same. Particles lie in the cells of the list's reference positions; a pair is met by the one that lies before the other, in cells up to
// side_x, side_y, side_z away.
KERNEL void pair_histogram(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int4* RESTRICT reference, GLOBAL const int* RESTRICT starts, GLOBAL const float* RESTRICT box,
    GLOBAL u32* RESTRICT histogram, const float bins_per_length, const int bins, const int species, const int first, const int nx, const int ny, const int nz,
    const int side_x, const int side_y, const int side_z, const int particles)
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
        const int4 home = reference[i];
        const int cx = (int)HIGH_WORD(home.x, nx);
        const int cy = (int)HIGH_WORD(home.y, ny);
        const int cz = (int)HIGH_WORD(home.z, nz);
        const int along_y = cells_along(side_y, ny);
        const int along_z = cells_along(side_z, nz);
        const int rows = cells_along(side_x, nx) * along_y;
        // The cells of a row along z are one stretch of particles, or two where they wrap around.
        const int z = cell_along(0, cz, side_z, nz);
        const int z_end = z + along_z;
        const float largest = (float)bins / bins_per_length;
        for (int k = 0; k < (z_end > nz ? 2 : 1) * rows; k++)
        {
            const int row = (cell_along(k % rows / along_y, cx, side_x, nx) * ny + cell_along(k % along_y, cy, side_y, ny)) * nz;
            const int start = starts[row + (k < rows ? z : 0)];
            const int end = starts[row + (k >= rows ? z_end - nz : z_end < nz ? z_end : nz)];
            for (int j = start > i ? start : i + 1; j < end; j++)
            {
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
