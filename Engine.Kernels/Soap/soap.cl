// SOAP descriptors of the centres of one set: what SoapVectorKernels is on the processor. A group for each centre; neighbours are taken channel by channel (a channel is a species
// of neighbours), TILE at a time.
//
// In double: the weights of a fit cancel, and floats would leave forces wrong by 1e-4 of their size.

// A thread sums coefficients of PART radial functions with the harmonics of m and -m, which share all but a factor: what it reads of a neighbour it uses several times.
#define PART 3
#define PARTS ((NMAX + PART - 1) / PART)
#define OWN ((LEGENDRES * PARTS + SOAP_GROUP - 1) / SOAP_GROUP)

// The centres among the particles, in their order; one group. is_centre by species.
KERNEL void soap_centres(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT is_centre, GLOBAL int* RESTRICT centres, const int particles, GLOBAL const int* RESTRICT ring,
    const int graph_step)
{
    LOCAL_ARRAY(int, sums, SOAP_GROUP);
    const int due = IS_DUE(graph_step);
    int carry = 0;
    for (int base = 0; base < particles && due; base += SOAP_GROUP)
    {
        const int i = base + LOCAL_ID;
        const int own = i < particles ? is_centre[positions[i].w] : 0;
        sums[LOCAL_ID] = own;
        SYNC_GROUP();
        int before = 0;
        int total = 0;
        for (int k = 0; k < SOAP_GROUP; k++)
        {
            before += k < LOCAL_ID ? sums[k] : 0;
            total += sums[k];
        }
        if (own)
        {
            centres[carry + before] = i;
        }
        carry += total;
        SYNC_GROUP();
    }
}

// Coefficients, descriptor and its norm for each centre from `first` on; rows are counted from there.
KERNEL void soap_describe(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int row_pitch, const int four_pitch, GLOBAL const double* RESTRICT box,
    GLOBAL const int* RESTRICT channels, GLOBAL const int* RESTRICT centres, const int first, GLOBAL const double* RESTRICT table, GLOBAL const double* RESTRICT scale,
    GLOBAL const double* RESTRICT normalisation, GLOBAL const int* RESTRICT pairs, const double centre_coefficient, const double appended, const int flags,
    GLOBAL double* RESTRICT coefficients, GLOBAL double* RESTRICT descriptors, const int descriptor_pitch, GLOBAL double* RESTRICT norms, GLOBAL const int* RESTRICT ring, const int graph_step)
{
    LOCAL_ARRAY(int, seen, SOAP_GROUP);
    LOCAL_ARRAY(int, who, SOAP_GROUP);
    LOCAL_ARRAY(int, intervals, SOAP_GROUP);
    LOCAL_ARRAY(int, degrees, LEGENDRES);
    LOCAL_ARRAY(double, near, 4 * SOAP_GROUP);
    LOCAL_ARRAY(double, places, SOAP_GROUP);
    LOCAL_ARRAY(double, q, TILE * LEGENDRES);
    LOCAL_ARRAY(double, powers, TILE * 2 * DEGREES);
    LOCAL_ARRAY(double, radial, TILE * RADIALS);
    const int row = GROUP_ID;
    const int due = IS_DUE(graph_step);
    const int i = due ? centres[first + row] : 0;
    const int count = due ? counts[i] : 0;
    const int centre_channel = channels[positions[i].w];
    double square = 0;
    GLOBAL double* c = coefficients + row * (i64)COEFFICIENTS;
    for (int k = LOCAL_ID; k < LEGENDRES; k += SOAP_GROUP)
    {
        degrees[k] = degree_of(k);
    }
    SYNC_GROUP();
    for (int channel = 0; channel < CHANNELS; channel++)
    {
        double sums[OWN * 2 * PART];
        UNROLL
        for (int o = 0; o < OWN * 2 * PART; o++)
        {
            sums[o] = 0;
        }
        for (int chunk = 0; chunk < count; chunk += SOAP_GROUP)
        {
            const int found = gather(i, channel, chunk, count, scale, positions, list, row_pitch, four_pitch, box, channels, seen, near, who, intervals, places);
            // A particle at the place of the centre has no direction from it: NaN, which harmonics would not bring here where l_max = 0.
            if (LOCAL_ID < found && near[4 * LOCAL_ID + 3] == 0)
            {
                square = near[4 * LOCAL_ID];
            }
            for (int start = 0; start < found; start += TILE)
            {
                const int tile = found - start < TILE ? found - start : TILE;
                stage(near + 4 * start, intervals + start, places + start, tile, table, scale, q, powers, radial, 0);
                SYNC_GROUP();
                UNROLL
                for (int o = 0; o < OWN; o++)
                {
                    const int k = LOCAL_ID + o * SOAP_GROUP;
                    if (k < LEGENDRES * PARTS)
                    {
                        const int l = degrees[k / PARTS];
                        const int m = k / PARTS - l * (l + 1) / 2;
                        LOCAL const double* functions = radial + l * NMAX;
                        for (int t = 0; t < tile; t++)
                        {
                            // Q_0^0 is a constant, which PoCL 3.1 reads back before it is written where it is the only one.
                            const double legendre = LMAX == 0 ? 1 : (double)q[t * LEGENDRES + k / PARTS];
                            const double re = LMAX == 0 ? 1 : (double)legendre * powers[t * 2 * DEGREES + 2 * m];
                            const double im = LMAX == 0 ? 0 : (double)legendre * powers[t * 2 * DEGREES + 2 * m + 1];
                            UNROLL
                            for (int part = 0; part < PART; part++)
                            {
                                const int n = k % PARTS * PART + part;
                                const double function = functions[t * RADIALS + (n < NMAX ? n : NMAX - 1)];
                                sums[(2 * o) * PART + part] += re * function;
                                sums[(2 * o + 1) * PART + part] += im * function;
                            }
                        }
                    }
                }
                SYNC_GROUP();
            }
        }
        UNROLL
        for (int o = 0; o < OWN; o++)
        {
            const int k = LOCAL_ID + o * SOAP_GROUP;
            if (due && k < LEGENDRES * PARTS)
            {
                const int l = degrees[k / PARTS];
                const int m = k / PARTS - l * (l + 1) / 2;
                const int lm = l * l + l;
                UNROLL
                for (int part = 0; part < PART; part++)
                {
                    const int n = k % PARTS * PART + part;
                    const double own = l == 0 && n == 0 && ((flags & CENTRE_IN_ALL) != 0 || channel == centre_channel) ? centre_coefficient : 0;
                    if (n < NMAX)
                    {
                        c[(lm + m) * FUNCTIONS + channel * NMAX + n] = normalisation[lm + m] * sums[(2 * o) * PART + part] + own;
                    }
                    if (n < NMAX && m > 0)
                    {
                        c[(lm - m) * FUNCTIONS + channel * NMAX + n] = normalisation[lm - m] * sums[(2 * o + 1) * PART + part];
                    }
                }
            }
        }
    }
    SYNC_GROUP();
    GLOBAL double* p = descriptors + row * (i64)descriptor_pitch;
    for (int pair = LOCAL_ID; pair < PAIRS && due; pair += SOAP_GROUP)
    {
        const int a = pairs[2 * pair];
        const int b = pairs[2 * pair + 1];
        for (int l = 0; l <= LMAX; l++)
        {
            double sum = 0;
            for (int lm = l * l; lm < (l + 1) * (l + 1); lm++)
            {
                sum += c[lm * FUNCTIONS + a] * c[lm * FUNCTIONS + b];
            }
            sum *= (a == b ? (double)1 : SQRT_OF((double)2)) * degree_factor(l, flags);
            p[pair * DEGREES + l] = sum;
            square += sum * sum;
        }
    }
    near[LOCAL_ID] = square;
    SYNC_GROUP();
    square = 0;
    for (int k = 0; k < SOAP_GROUP; k++)
    {
        square += near[k];
    }
    // The NaN shows here whether or not the descriptor is normalised.
    const double norm = (flags & NORMALISE) != 0 || !(square >= 0) ? SQRT_OF(square) : 1;
    const double inverse = norm > 0 ? 1 / norm : 1;
    for (int k = LOCAL_ID; k < PAIRS * DEGREES && due; k += SOAP_GROUP)
    {
        p[k] *= inverse;
    }
    // The rest of a row fills up the columns of a product.
    for (int k = PAIRS * DEGREES + LOCAL_ID; k < descriptor_pitch && due; k += SOAP_GROUP)
    {
        p[k] = k == PAIRS * DEGREES ? appended : 0;
    }
    if (LOCAL_ID == 0 && due)
    {
        norms[row] = norm;
    }
}
