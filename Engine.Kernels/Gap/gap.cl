// What a Gaussian approximation potential has beside its descriptors: sums over pairs, and the forces of all its parts put together.

#define GAP_GROUP 128
#define TERMS 8

// Pair energies u(r) as polynomials of degree TERMS - 1 between points of each pair's own. ranges, three for each ordered pair of species: the first of its polynomials, one behind
// the last, and the first of its points, of which it has one more. Nearer than the first point u goes on as a straight line.
KERNEL void gap_pairs(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int4* RESTRICT images, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int row_pitch, const int four_pitch,
    GLOBAL const double* RESTRICT box, GLOBAL const int* RESTRICT ranges, GLOBAL const double* RESTRICT ends, GLOBAL const double* RESTRICT table, const int species,
    GLOBAL i64* RESTRICT fixed_forces, GLOBAL double* RESTRICT pair_sums, GLOBAL int* RESTRICT control, const int particles, const int replica_size,
    GLOBAL const int* RESTRICT ring, const int graph_step)
{
    const int i = GLOBAL_ID;
    const int due = IS_DUE(graph_step);
    if (i >= particles || !due)
    {
        return;
    }
    const int4 own = positions[i];
    const int count = counts[i];
    i64 fx = 0;
    i64 fy = 0;
    i64 fz = 0;
    double e = 0.0;
    double xx = 0.0;
    double yy = 0.0;
    double zz = 0.0;
    double xy = 0.0;
    double xz = 0.0;
    double yz = 0.0;
    double closest = (double)3.0e38f;
    int overloaded = 0;
    for (int k = 0; k < count; k++)
    {
        const int4 other = positions[list[LIST_PLACE(row_pitch, four_pitch, i, k)]];
        GLOBAL const int* range = ranges + 3 * (own.w * species + other.w);
        if (range[0] == range[1])
        {
            continue;
        }
        const double sx = (double)(int)((u32)other.x - (u32)own.x);
        const double sy = (double)(int)((u32)other.y - (u32)own.y);
        const double sz = (double)(int)((u32)other.z - (u32)own.z);
#ifdef TRICLINIC
        const double dx = BOX_XX * sx + BOX_XY * sy + BOX_XZ * sz;
        const double dy = BOX_YY * sy + BOX_YZ * sz;
#else
        const double dx = BOX_XX * sx;
        const double dy = BOX_YY * sy;
#endif
        const double dz = BOX_ZZ * sz;
        const double r2 = dx * dx + dy * dy + dz * dz;
        GLOBAL const double* points = ends + range[2];
        const int intervals = range[1] - range[0];
        const double r = SQRT_OF(r2);
        if (!(r < points[intervals]))
        {
            continue;
        }
        int low = 0;
        int high = intervals;
        while (high - low > 1)
        {
            const int middle = (low + high) / 2;
            if (r < points[middle])
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
        const double within = r < points[0] ? points[0] : r;
        const double per_length = 2 / (points[low + 1] - points[low]);
        const double t = (within - points[low]) * per_length - 1;
        GLOBAL const double* polynomial = table + (range[0] + low) * TERMS;
        double value = polynomial[TERMS - 1];
        double slope = 0.0;
        for (int power = TERMS - 2; power >= 0; power--)
        {
            slope = slope * t + value;
            value = value * t + polynomial[power];
        }
        slope *= per_length;
        value += (r - within) * slope;
        const double f = slope / r;
        overloaded |= !(r > 0 && slope < LARGEST_FORCE && slope > -LARGEST_FORCE);
        fx += to_fixed(f * dx);
        fy += to_fixed(f * dy);
        fz += to_fixed(f * dz);
        e += value;
        xx -= f * dx * dx;
        yy -= f * dy * dy;
        zz -= f * dz * dz;
        xy -= f * dx * dy;
        xz -= f * dx * dz;
        yz -= f * dy * dz;
        closest = r2 < closest ? r2 : closest;
    }
    // Nobody else adds to this particle in this kernel.
    fixed_forces[3 * (i64)i] += fx;
    fixed_forces[3 * (i64)i + 1] += fy;
    fixed_forces[3 * (i64)i + 2] += fz;
    GLOBAL double* own_sums = pair_sums + 8 * (i64)i;
    own_sums[0] = 0.5 * e;
    own_sums[1] = 0.5 * xx;
    own_sums[2] = 0.5 * yy;
    own_sums[3] = 0.5 * zz;
    own_sums[4] = 0.5 * xy;
    own_sums[5] = 0.5 * xz;
    own_sums[6] = 0.5 * yz;
    own_sums[7] = closest;
    if (overloaded)
    {
        ATOMIC_MAX(&control[OVERLOADED_PARTICLE], i - i % replica_size + images[i].w + 1);
    }
}

// Adds what was gathered to the forces, and leaves nothing behind.
KERNEL void gap_forces(GLOBAL i64* RESTRICT fixed_forces, GLOBAL float4* RESTRICT forces, const int particles, GLOBAL const int* RESTRICT ring, const int graph_step)
{
    const int i = GLOBAL_ID;
    const int due = IS_DUE(graph_step);
    if (i < particles && due)
    {
        const float4 f = forces[i];
        GLOBAL i64* own = fixed_forces + 3 * (i64)i;
        forces[i] = MAKE_FLOAT4(
            f.x + (float)((double)own[0] / FIXED_POINT), f.y + (float)((double)own[1] / FIXED_POINT), f.z + (float)((double)own[2] / FIXED_POINT), f.w);
        own[0] = 0;
        own[1] = 0;
        own[2] = 0;
    }
}

// Eight numbers for each particle or centre, those of a replica together: the sums of each group.
KERNEL void gap_sums(GLOBAL const double* RESTRICT values, GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * GAP_GROUP);
    const int i = particle_of_replica(replica_size);
    for (int c = 0; c < 8; c++)
    {
        sums[c * GROUP_SIZE + LOCAL_ID] = i >= 0 ? values[8 * (i64)i + c] : c < 7 ? (double)0 : (double)3.0e38f;
    }
    reduce_group(sums, partials);
}
