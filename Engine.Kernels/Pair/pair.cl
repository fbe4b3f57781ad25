// Forces of pair interactions, and their energy and virial.

#define PAIR_GROUP 128

KERNEL void GROUP_OF(FORCE_GROUP) pair_forces(
    GLOBAL const int4* positions, GLOBAL const int* counts, GLOBAL const int* list, const int row_pitch, const int four_pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables,
    GLOBAL float4* forces, GLOBAL const int* ring, const int graph_step, const int particles)
{
#if LANES > 1
    LOCAL_ARRAY(float4, partial, FORCE_GROUP);
#endif
    STAGE_TABLES(coefficients)
    AWAIT_LAST();
    const int lane = LOCAL_ID % LANES;
    const int i = GROUP_ID * (FORCE_GROUP / LANES) + LOCAL_ID / LANES;
    // On their way before it is known whether they are needed.
    const int4 own = positions[i < particles ? i : 0];
    const int count = counts[i < particles ? i : 0];
    const int due = IS_DUE(graph_step) && i < particles;
    AWAIT_TABLES();
    float4 force = MAKE_FLOAT4(0.0f, 0.0f, 0.0f, 0.0f);
    if (due)
    {
        force = pair_force(i, lane, own, count, positions, list, row_pitch, four_pitch, box, parameters, coefficients);
    }
#if LANES > 1
    force = sum_side_by_side(force, LANES, partial);
#endif
    if (due && lane == 0)
    {
        forces[i] = force;
    }
}

// Energy, virial -sum over pairs of r (x) dU/dr (xx yy zz xy xz yz) and smallest squared distance; each pair counts half from either side. Writes no forces: what is
// sampled never changes the trajectory. Eight doubles for each group; LANES threads side by side share a particle.
KERNEL void pair_sums(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int row_pitch, const int four_pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables,
    GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * PAIR_GROUP);
    const int thread = particle_of_replica(LANES * replica_size);
    float e = 0.0f;
    float xx = 0.0f, yy = 0.0f, zz = 0.0f, xy = 0.0f, xz = 0.0f, yz = 0.0f;
    float closest = 3.0e38f;
    if (thread >= 0)
    {
        const int i = thread / LANES;
        const int4 own = positions[i];
        const int count = counts[i];
        LOAD_ROWS(own.w)
        for (int k = thread % LANES; k < count; k += LANES)
        {
            const int4 other = positions[list[LIST_PLACE(row_pitch, four_pitch, i, k)]];
            const float4 d = displacement(own, other, box);
            const float r2 = FMA(d.x, d.x, FMA(d.y, d.y, d.z * d.z));
            PICK_ROW(other.w)
            if (r2 < row[0])
            {
                const float2 value = pair_value(r2, row, tables);
                e += value.x;
                xx = FMA(value.y * d.x, d.x, xx);
                yy = FMA(value.y * d.y, d.y, yy);
                zz = FMA(value.y * d.z, d.z, zz);
                xy = FMA(value.y * d.x, d.y, xy);
                xz = FMA(value.y * d.x, d.z, xz);
                yz = FMA(value.y * d.y, d.z, yz);
                closest = MIN(closest, r2);
            }
        }
    }
    LOCAL double* own_sums = sums + LOCAL_ID;
    own_sums[0] = 0.5 * (double)e;
    own_sums[GROUP_SIZE] = 0.5 * (double)xx;
    own_sums[2 * GROUP_SIZE] = 0.5 * (double)yy;
    own_sums[3 * GROUP_SIZE] = 0.5 * (double)zz;
    own_sums[4 * GROUP_SIZE] = 0.5 * (double)xy;
    own_sums[5 * GROUP_SIZE] = 0.5 * (double)xz;
    own_sums[6 * GROUP_SIZE] = 0.5 * (double)yz;
    own_sums[7 * GROUP_SIZE] = (double)closest;
    reduce_group(sums, partials);
}
