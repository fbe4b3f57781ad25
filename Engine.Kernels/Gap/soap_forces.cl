// The way back from the derivative of an energy with respect to the descriptors of soap.cl to the forces, which forms no derivative of a descriptor. A group for each centre, in
// double, as there; LARGEST_FORCE as in fixed.cl.

#define SHARE (SOAP_GROUP / TILE)

// Functions that pair with one, FUNCTION_STEP apart, and as many of them as a thread holds factors of at once.
#ifdef DIAGONAL
#define PARTNERS CHANNELS
#define FUNCTION_STEP NMAX
#else
#define PARTNERS FUNCTIONS
#define FUNCTION_STEP 1
#endif
#define HELD (PARTNERS < 12 ? PARTNERS : 12)

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
    GLOBAL const int4* RESTRICT positions, GLOBAL const int4* RESTRICT images, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int row_pitch, const int four_pitch,
    GLOBAL const double* RESTRICT box, GLOBAL const int* RESTRICT channels, GLOBAL const int* RESTRICT centres, const int first, GLOBAL const double* RESTRICT table,
    GLOBAL const double* RESTRICT scale, GLOBAL const double* RESTRICT normalisation, GLOBAL const int* RESTRICT pairs, const int flags,
    GLOBAL const double* RESTRICT coefficients, GLOBAL const double* RESTRICT descriptors, GLOBAL double* RESTRICT slopes, const int descriptor_pitch,
    GLOBAL const double* RESTRICT norms, GLOBAL double* RESTRICT derivatives, GLOBAL const double* RESTRICT energies, const int energy_tiles, GLOBAL i64* RESTRICT fixed_forces,
    GLOBAL double* RESTRICT centre_sums, GLOBAL int* RESTRICT control, const int replica_size, GLOBAL const int* RESTRICT ring, const int graph_step)
{
    LOCAL_ARRAY(int, seen, SOAP_GROUP);
    LOCAL_ARRAY(int, who, SOAP_GROUP);
    LOCAL_ARRAY(int, intervals, SOAP_GROUP);
    LOCAL_ARRAY(int, degrees, LEGENDRES);
    LOCAL_ARRAY(double, factors, DEGREES);
    LOCAL_ARRAY(double, places, SOAP_GROUP);
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
    for (int k = LOCAL_ID; k < LEGENDRES; k += SOAP_GROUP)
    {
        degrees[k] = degree_of(k);
    }
    for (int l = LOCAL_ID; l < DEGREES; l += SOAP_GROUP)
    {
        factors[l] = degree_factor(l, flags) / norm;
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
    for (int k = LOCAL_ID; k < PAIRS * DEGREES && count > 0; k += SOAP_GROUP)
    {
        const int pair = k / DEGREES;
        const double twice = pairs[2 * pair] == pairs[2 * pair + 1] ? (double)2 : SQRT_OF((double)2);
        g[k] = (g[k] - along * p[k]) * twice * factors[k % DEGREES];
    }
    SYNC_GROUP();
    // A thread has one function and one degree, the long sums first: the slopes it gathers are those of all orders m.
    for (int k = LOCAL_ID; k < DEGREES * FUNCTIONS && count > 0; k += SOAP_GROUP)
    {
        const int l = LMAX - k / FUNCTIONS;
        const int j = k % FUNCTIONS;
        for (int from = 0; from < PARTNERS; from += HELD)
        {
            double held[HELD];
            UNROLL
            for (int n = 0; n < HELD; n++)
            {
                const int partner = j % FUNCTION_STEP + (from + n) * FUNCTION_STEP;
                const int pair = partner > j ? pair_number(partner, j) : pair_number(j, partner);
                held[n] = from + n < PARTNERS ? g[pair * DEGREES + l] : (double)0;
            }
            for (int lm = l * l; lm < (l + 1) * (l + 1); lm++)
            {
                double sum = from == 0 ? (double)0 : b[lm * FUNCTIONS + j];
                UNROLL
                for (int n = 0; n < HELD; n++)
                {
                    const int partner = j % FUNCTION_STEP + (from + n < PARTNERS ? from + n : PARTNERS - 1) * FUNCTION_STEP;
                    sum += held[n] * c[lm * FUNCTIONS + partner];
                }
                b[lm * FUNCTIONS + j] = sum;
            }
        }
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
            const int found = gather(i, channel, chunk, count, scale, positions, list, row_pitch, four_pitch, box, channels, seen, near, who, intervals, places);
            for (int start = 0; start < found; start += TILE)
            {
                const int tile = found - start < TILE ? found - start : TILE;
                stage(near + 4 * start, intervals + start, places + start, tile, table, scale, q, powers, radial, radial_slopes);
                SYNC_GROUP();
                // SHARE threads for each neighbour, each with every SHARE-th pair of harmonics m and -m, which share radial functions, Q and powers.
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
                    for (int k = LOCAL_ID % SHARE; k < LEGENDRES; k += SHARE)
                    {
                        const int l = degrees[k];
                        const int m = k - l * (l + 1) / 2;
                        const int lm = l * l + l;
                        LOCAL const double* values = radial + t * RADIALS + l * NMAX;
                        LOCAL const double* slopes_there = radial_slopes + t * RADIALS + l * NMAX;
                        GLOBAL const double* plus = b + (lm + m) * FUNCTIONS + channel * NMAX;
                        GLOBAL const double* minus = b + (lm - m) * FUNCTIONS + channel * NMAX;
                        double s = 0;
                        double ds = 0;
                        double s_minus = 0;
                        double ds_minus = 0;
                        for (int n = 0; n < NMAX; n++)
                        {
                            s += plus[n] * values[n];
                            ds += plus[n] * slopes_there[n];
                            s_minus += minus[n] * values[n];
                            ds_minus += minus[n] * slopes_there[n];
                        }
                        const double scaled = normalisation[lm + m];
                        // There is no -0: (x + iy)^0 has no imaginary part.
                        const double re = power[2 * m] * scaled;
                        const double im = power[2 * m + 1] * scaled;
                        // Solid harmonics are homogeneous of degree l: of their gradient, l Y points along r and is not one of the harmonics'.
                        const double degree = (double)l * inverse;
                        radially += ((ds - degree * s) * re + (ds_minus - degree * s_minus) * im) * legendres[k];
                        s *= inverse;
                        s_minus *= inverse;
                        const double both = s * re + s_minus * im;
                        // dQ_l^m/dx = x Q_(l-1)^(m+1), likewise y; dQ_l^m/dz = (l + m) Q_(l-1)^m; d(x + iy)^m = m (x + iy)^(m-1) (dx + i dy).
                        if (m + 1 <= l - 1)
                        {
                            const double next = both * legendres[l * (l - 1) / 2 + m + 1];
                            x += next * unit[0];
                            y += next * unit[1];
                        }
                        if (m <= l - 1)
                        {
                            z += both * (double)(l + m) * legendres[l * (l - 1) / 2 + m];
                        }
                        if (m > 0)
                        {
                            const double turned = scaled * (double)m * legendres[k];
                            const double re_before = power[2 * (m - 1)] * turned;
                            const double im_before = power[2 * (m - 1) + 1] * turned;
                            x += s * re_before + s_minus * im_before;
                            y += s_minus * re_before - s * im_before;
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
