// The motion of particles from one force evaluation to the next: everything but the forces. INTEGRATOR is one of:
//   VELOCITY_VERLET  kick and drift (W. C. Swope et al., J. Chem. Phys. 76, 637 (1982)), both half kicks of a step in one
//   BAOAB            the same with an Ornstein-Uhlenbeck step in the middle of the drift (B. Leimkuhler and C. Matthews, J. Chem. Phys. 138, 174102 (2013))
//   BROWNIAN         x += mobility F + noise
//
// schedule: per step of the segment, and for one more that is not done and holds nothing, kick or mobility, drift (half of it for BAOAB), decay, noise; each but drift to be multiplied with the power of
// 1/mass that it needs.
// velocities: x, y, z, 1/mass. reference: the positions of which the list was built. key: seed low, seed high, step of the run at the segment's start, low and high.

#define VELOCITY_VERLET 0
#define BAOAB 1
#define BROWNIAN 2

// Reads the clock at the start of a step and, by one thread of all, sets it for the next one; whether there is nothing to do.
DEVICE int begin_step(GLOBAL int* ring, GLOBAL const int* control, const int graph_step)
{
    const int done = STEPS_DONE(RING_IN(graph_step));
    const int stale = IS_STALE(RING_IN(graph_step));
    const int idle = (stale != 0) | (done >= control[SEGMENT_LENGTH]);
    if (GLOBAL_ID == 0)
    {
        STEPS_DONE(RING_OUT(graph_step)) = idle ? done : done + 1;
        if (stale != 0)
        {
            IS_STALE(RING_OUT(graph_step)) = 1;
        }
        // What the next step will write, and nobody reads now.
        IS_STALE(RING_OUT((graph_step + 1) % STEPS_PER_GRAPH)) = 0;
    }
    return idle;
}

// Moves particle i on by the force f, from where it is in positions to its place in moved, unless there is nothing to do: then it stays where it is.
DEVICE void move_particle(
    const int i, const float4 f, const int idle, GLOBAL const int4* positions, GLOBAL int4* moved, GLOBAL float4* velocities, GLOBAL int4* images, GLOBAL const int4* reference,
    GLOBAL const float4* schedule, GLOBAL const float* box, GLOBAL const u32* key, GLOBAL const float* limits, GLOBAL int* ring, GLOBAL int* control, const int graph_step,
    const u32 stream, const int replica_size)
{
    // All that a step needs is read, and computed, before it matters whether there is one: a wait for one load less.
    const int done = STEPS_DONE(RING_IN(graph_step));
    const int4 before = positions[i];
    const int4 image = images[i];
    const int4 listed = reference[i];
    const float out_of_date = limits[OUT_OF_DATE];
    const float runaway = limits[RUNAWAY];
    const float4 s = schedule[done];
    float4 v = velocities[i];
#if INTEGRATOR != VELOCITY_VERLET
    const u32 low = key[2] + (u32)done;
    const u32 high = key[3] + (low < key[2] ? 1u : 0u);
    const float4 xi = normal_noise((u32)image.w, low, high, stream, key[0], key[1] + (u32)(i / replica_size));
    const float amplitude = s.w * SQRT(v.w);
#endif
#if INTEGRATOR == BROWNIAN
    const float mobility = s.x * v.w;
    const float dx = FMA(mobility, f.x, amplitude * xi.x);
    const float dy = FMA(mobility, f.y, amplitude * xi.y);
    const float dz = FMA(mobility, f.z, amplitude * xi.z);
#else
    const float kick = s.x * v.w;
    v.x = FMA(kick, f.x, v.x);
    v.y = FMA(kick, f.y, v.y);
    v.z = FMA(kick, f.z, v.z);
    float dx = s.y * v.x;
    float dy = s.y * v.y;
    float dz = s.y * v.z;
#if INTEGRATOR == BAOAB
    v.x = FMA(s.z, v.x, amplitude * xi.x);
    v.y = FMA(s.z, v.y, amplitude * xi.y);
    v.z = FMA(s.z, v.z, amplitude * xi.z);
    dx = FMA(s.y, v.x, dx);
    dy = FMA(s.y, v.y, dy);
    dz = FMA(s.y, v.z, dz);
#endif
    if (!idle)
    {
        velocities[i] = v;
    }
#endif
    const int4 delta = to_units(dx, dy, dz, box);
    int4 after = before;
    after.x = (int)((u32)before.x + (u32)delta.x);
    after.y = (int)((u32)before.y + (u32)delta.y);
    after.z = (int)((u32)before.z + (u32)delta.z);
    moved[i] = MAKE_INT4(idle ? before.x : after.x, idle ? before.y : after.y, idle ? before.z : after.z, before.w);
    const int cx = crossing(before.x, delta.x, after.x);
    const int cy = crossing(before.y, delta.y, after.y);
    const int cz = crossing(before.z, delta.z, after.z);
    if (!idle & ((cx | cy | cz) != 0))
    {
        images[i] = MAKE_INT4(image.x + cx, image.y + cy, image.z + cz, image.w);
    }
    // Along an open axis nothing may reach around: the host finds a larger cell, and a new list.
    if (!idle & (((OPEN_X & near_end(after.x)) | (OPEN_Y & near_end(after.y)) | (OPEN_Z & near_end(after.z))) != 0))
    {
        ATOMIC_OR(&IS_STALE(RING_OUT(graph_step)), 1);
        ATOMIC_MAX(&control[NEAR_OPEN_END], 1);
    }
    const float4 d = displacement(listed, after, box);
    const float squared = FMA(d.x, d.x, FMA(d.y, d.y, d.z * d.z));
    // Not "greater": what is not a number must count as too far.
    if (!idle & !(squared <= out_of_date))
    {
        ATOMIC_OR(&IS_STALE(RING_OUT(graph_step)), 1);
    }
    if (!idle & (!(FMA(dx, dx, FMA(dy, dy, dz * dz)) <= runaway) | !(squared <= runaway)))
    {
        ATOMIC_MAX(&control[BROKEN_PARTICLE], i - i % replica_size + image.w + 1);
    }
}
