// The way back from the derivative of an energy with respect to the descriptors of soap.cl to the forces, which forms no derivative of a descriptor. A group for each centre, in
// double, as there; LARGEST_FORCE as in fixed.cl.

#define SHARE (SOAP_GROUP / TILE)

// Number of the pair of functions i and j <= i.
DEVICE int pair_number(const int i, const int j)
{
#ifdef DIAGONAL
    const int a = i / NMAX;
    return NMAX * a * (a + 1) / 2 + i % NMAX * (a + 1) + j / NMAX;
#else
    return i * (i + 1) / 2 + j;
#endif
}

// From slopes = dE/dp (overwritten) to forces, added to fixed_forces; centre_sums: energy, virial (xx yy zz xy xz yz) and smallest distance squared of each centre.
KERNEL void soap_backward(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int4* RESTRICT images, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int pitch,
    GLOBAL const double* RESTRICT box, GLOBAL const int* RESTRICT channels, GLOBAL const int* RESTRICT centres, const int first, GLOBAL const double* RESTRICT table,
    GLOBAL const double* RESTRICT scale, GLOBAL const double* RESTRICT normalisation, GLOBAL const int* RESTRICT pairs, const int flags,
    GLOBAL const double* RESTRICT coefficients, GLOBAL const double* RESTRICT descriptors, GLOBAL double* RESTRICT slopes, const int descriptor_pitch,
    GLOBAL const double* RESTRICT norms, GLOBAL double* RESTRICT derivatives, GLOBAL const double* RESTRICT energies, const int energy_tiles, GLOBAL i64* RESTRICT fixed_forces,
    GLOBAL double* RESTRICT centre_sums, GLOBAL int* RESTRICT control, const int replica_size, GLOBAL const int* RESTRICT ring, const int graph_step)
{
    LOCAL_ARRAY(int, seen, SOAP_GROUP);
    LOCAL_ARRAY(int, who, SOAP_GROUP);
    LOCAL_ARRAY(int, degrees, HARMONICS);
    LOCAL_ARRAY(double, q, TILE * LEGENDRES);
    LOCAL_ARRAY(double, powers, TILE * 2 * DEGREES);
    LOCAL_ARRAY(double, radial, TILE * RADIALS);
    LOCAL_ARRAY(double, radial_slopes, TILE * RADIALS);
    // At the end the sums of the group take the place of the neighbours.
    LOCAL_ARRAY(double, sums, 8 * SOAP_GROUP);
    LOCAL double* near = sums;
    LOCAL double* partial = sums + 4 * SOAP_GROUP;
    const int row = GROUP_ID;
    const int due = IS_DUE(graph_step);
    const int i = due ? centres[first + row] : 0;
    const double norm = due ? norms[row] : 0;
    const int count = norm > 0 ? counts[i] : 0;
    GLOBAL const double* c = coefficients + row * (i64)COEFFICIENTS;
    GLOBAL double* b = derivatives + row * (i64)COEFFICIENTS;
    GLOBAL const double* p = descriptors + row * (i64)descriptor_pitch;
    GLOBAL double* g = slopes + row * (i64)descriptor_pitch;
    for (int lm = LOCAL_ID; lm < HARMONICS; lm += SOAP_GROUP)
    {
        degrees[lm] = degree_of(lm);
    }
    double along = 0;
    for (int k = LOCAL_ID; k < PAIRS * DEGREES && count > 0; k += SOAP_GROUP)
    {
        along += g[k] * p[k];
    }
    near[LOCAL_ID] = along;
    SYNC_GROUP();
    along = 0;
    for (int k = 0; k < SOAP_GROUP; k++)
    {
        along += near[k];
    }
    along = (flags & NORMALISE) != 0 ? along : 0;
    for (int pair = LOCAL_ID; pair < PAIRS && count > 0; pair += SOAP_GROUP)
    {
        const double twice = (pairs[2 * pair] == pairs[2 * pair + 1] ? (double)2 : SQRT_OF((double)2)) / norm;
        for (int l = 0; l <= LMAX; l++)
        {
            const int k = pair * DEGREES + l;
            g[k] = (g[k] - along * p[k]) * twice * degree_factor(l, flags);
        }
    }
    SYNC_GROUP();
    for (int k = LOCAL_ID; k < COEFFICIENTS && count > 0; k += SOAP_GROUP)
    {
        const int lm = k / FUNCTIONS;
        const int l = degrees[lm];
        const int j = k % FUNCTIONS;
        double sum = 0;
#ifdef DIAGONAL
        for (int m = j % NMAX; m < FUNCTIONS; m += NMAX)
#else
        for (int m = 0; m < FUNCTIONS; m++)
#endif
        {
            const int pair = m > j ? pair_number(m, j) : pair_number(j, m);
            sum += g[pair * DEGREES + l] * c[lm * FUNCTIONS + m];
        }
        b[k] = sum;
    }
    SYNC_GROUP();
    double own[8];
    for (int k = 0; k < 7; k++)
    {
        own[k] = 0.0;
    }
    for (int tile = LOCAL_ID; tile < energy_tiles && due; tile += SOAP_GROUP)
    {
        own[0] += energies[row * (i64)energy_tiles + tile];
    }
    i64 fx = 0;
    i64 fy = 0;
    i64 fz = 0;
    int overloaded = due && !(norm >= 0) ? 1 : 0;
    own[7] = overloaded ? (double)0 : (double)3.0e38f;
    for (int channel = 0; channel < CHANNELS; channel++)
    {
        for (int chunk = 0; chunk < count; chunk += SOAP_GROUP)
        {
            const int found = gather(i, channel, chunk, count, scale[1], positions, list, pitch, box, channels, seen, near, who);
            for (int start = 0; start < found; start += TILE)
            {
                const int tile = found - start < TILE ? found - start : TILE;
                stage(near + 4 * start, tile, table, scale, q, powers, radial, radial_slopes);
                SYNC_GROUP();
                // SHARE threads for each neighbour, each with every SHARE-th harmonic.
                const int t = LOCAL_ID / SHARE;
                double radially = 0;
                double x = 0;
                double y = 0;
                double z = 0;
                if (t < tile)
                {
                    LOCAL const double* unit = near + 4 * (start + t);
                    LOCAL const double* legendres = q + t * LEGENDRES;
                    LOCAL const double* power = powers + t * 2 * DEGREES;
                    const double inverse = 1 / unit[3];
                    for (int lm = LOCAL_ID % SHARE; lm < HARMONICS; lm += SHARE)
                    {
                        const int l = degrees[lm];
                        const int m = lm - l * l - l;
                        const int order = m < 0 ? -m : m;
                        GLOBAL const double* source = b + lm * FUNCTIONS + channel * NMAX;
                        double s = 0;
                        double ds = 0;
                        for (int n = 0; n < NMAX; n++)
                        {
                            s += source[n] * radial[t * RADIALS + l * NMAX + n];
                            ds += source[n] * radial_slopes[t * RADIALS + l * NMAX + n];
                        }
                        const double value = harmonic(lm, l, legendres, power, normalisation);
                        // Solid harmonics are homogeneous of degree l: of their gradient, l Y points along r and is not one of the harmonics'.
                        radially += (ds - (double)l * s * inverse) * value;
                        s *= normalisation[lm] * inverse;
                        // dQ_l^m/dx = x Q_(l-1)^(m+1), likewise y; dQ_l^m/dz = (l + m) Q_(l-1)^m; d(x + iy)^m = m (x + iy)^(m-1) (dx + i dy).
                        const int part = m < 0 ? 1 : 0;
                        if (order + 1 <= l - 1)
                        {
                            const double next = s * legendres[l * (l - 1) / 2 + order + 1] * power[2 * order + part];
                            x += next * unit[0];
                            y += next * unit[1];
                        }
                        if (order <= l - 1)
                        {
                            z += s * (double)(l + order) * legendres[l * (l - 1) / 2 + order] * power[2 * order + part];
                        }
                        if (order > 0)
                        {
                            const double turned = s * (double)order * legendres[l * (l + 1) / 2 + order];
                            const double re = power[2 * (order - 1)];
                            const double im = power[2 * (order - 1) + 1];
                            x += turned * (m < 0 ? im : re);
                            y += turned * (m < 0 ? re : -im);
                        }
                    }
                }
                partial[4 * LOCAL_ID] = radially;
                partial[4 * LOCAL_ID + 1] = x;
                partial[4 * LOCAL_ID + 2] = y;
                partial[4 * LOCAL_ID + 3] = z;
                SYNC_GROUP();
                if (LOCAL_ID < tile)
                {
                    radially = 0;
                    x = 0;
                    y = 0;
                    z = 0;
                    for (int k = SHARE * LOCAL_ID; k < SHARE * (LOCAL_ID + 1); k++)
                    {
                        radially += partial[4 * k];
                        x += partial[4 * k + 1];
                        y += partial[4 * k + 2];
                        z += partial[4 * k + 3];
                    }
                    LOCAL const double* unit = near + 4 * (start + LOCAL_ID);
                    const double gx = x + radially * unit[0];
                    const double gy = y + radially * unit[1];
                    const double gz = z + radially * unit[2];
                    const double r = unit[3];
                    own[1] -= r * unit[0] * gx;
                    own[2] -= r * unit[1] * gy;
                    own[3] -= r * unit[2] * gz;
                    own[4] -= r * unit[0] * gy;
                    own[5] -= r * unit[0] * gz;
                    own[6] -= r * unit[1] * gz;
                    own[7] = r * r < own[7] ? r * r : own[7];
                    overloaded |= !(gx * gx + gy * gy + gz * gz < (double)LARGEST_FORCE * LARGEST_FORCE);
                    const i64 ix = to_fixed(gx);
                    const i64 iy = to_fixed(gy);
                    const i64 iz = to_fixed(gz);
                    fx += ix;
                    fy += iy;
                    fz += iz;
                    GLOBAL i64* force = fixed_forces + 3 * (i64)who[start + LOCAL_ID];
                    ATOMIC_ADD_I64(force, -ix);
                    ATOMIC_ADD_I64(force + 1, -iy);
                    ATOMIC_ADD_I64(force + 2, -iz);
                }
                SYNC_GROUP();
            }
        }
    }
    if (LOCAL_ID < TILE && count > 0)
    {
        GLOBAL i64* force = fixed_forces + 3 * (i64)i;
        ATOMIC_ADD_I64(force, fx);
        ATOMIC_ADD_I64(force + 1, fy);
        ATOMIC_ADD_I64(force + 2, fz);
    }
    if (overloaded)
    {
        ATOMIC_MAX(&control[OVERLOADED_PARTICLE], i - i % replica_size + images[i].w + 1);
    }
    for (int k = 0; k < 8; k++)
    {
        sums[k * GROUP_SIZE + LOCAL_ID] = own[k];
    }
    // A step that does nothing leaves the sums of the one before.
    if (due)
    {
        reduce_group(sums, centre_sums + 8 * (i64)first);
    }
}
