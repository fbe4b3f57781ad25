// Neighbours of a centre as descriptors see them, side by side in local memory: where they are, and the functions that a density of them is expanded in. Stands before soap.cl
// and soap_forces.cl.
//
// Definitions: NMAX radial functions, LMAX highest degree, CHANNELS of species, TILE neighbours staged at a time; DIAGONAL where only equal radial functions pair.
// coefficients: [lm][channel * NMAX + n]; descriptors: rows of `pitch`, components pair by pair (I, J <= I) with l fastest, then the appended one.
// table: polynomials of degree TERMS - 1 of the radial functions, [interval][power][l * NMAX + n]; scale: middle, end, first intervals, intervals, and intervals per length before
// and behind the middle.

#define SOAP_GROUP 64
#define TERMS 8
#define DEGREES (LMAX + 1)
#define HARMONICS (DEGREES * DEGREES)
#define RADIALS (DEGREES * NMAX)
#define LEGENDRES (DEGREES * (DEGREES + 1) / 2)
#define FUNCTIONS (CHANNELS * NMAX)
#define COEFFICIENTS (HARMONICS * FUNCTIONS)

#ifdef DIAGONAL
#define PAIRS (NMAX * CHANNELS * (CHANNELS + 1) / 2)
#else
#define PAIRS (FUNCTIONS * (FUNCTIONS + 1) / 2)
#endif

// Bits of `flags`.
#define NORMALISE 1
#define DEGREE_FACTOR 2
#define CENTRE_IN_ALL 4

DEVICE double degree_factor(const int l, const int flags)
{
    return (flags & DEGREE_FACTOR) != 0 ? 1 / SQRT_OF((double)(2 * l + 1)) : 1;
}

// Degree of the place l (l + 1) / 2 + m of Q_l^m.
DEVICE int degree_of(const int place)
{
    int l = 0;
    while ((l + 1) * (l + 2) / 2 <= place)
    {
        l++;
    }
    return l;
}

// The interval of a distance, and its place there, -1 to 1.
DEVICE int interval_of(const double r, GLOBAL const double* scale)
{
    const int first = r < scale[0];
    const int scaled = first ? (int)(r * scale[4]) : (int)((r - scale[0]) * scale[5]);
    const int last = (first ? (int)scale[2] : (int)(scale[3] - scale[2])) - 1;
    return (first ? 0 : (int)scale[2]) + (scaled < last ? scaled : last);
}

DEVICE double place_of(const double r, const int interval, GLOBAL const double* scale)
{
    return interval < (int)scale[2] ? 2 * (r * scale[4] - (double)interval) - 1 : 2 * ((r - scale[0]) * scale[5] - ((double)interval - scale[2])) - 1;
}

// Of SOAP_GROUP entries of the list of particle i, those of a channel that are nearer than the cutoff, side by side: unit vector, distance, number, and interval of the table and
// place there. Returns how many.
DEVICE int gather(
    const int i, const int channel, const int first, const int count, GLOBAL const double* scale, GLOBAL const int4* positions, GLOBAL const int* list, const int row_pitch, const int four_pitch,
    GLOBAL const double* box, GLOBAL const int* channels, LOCAL int* seen, LOCAL double* near, LOCAL int* who, LOCAL int* intervals, LOCAL double* places)
{
    const int k = first + LOCAL_ID;
    int j = -1;
    double x = 0;
    double y = 0;
    double z = 0;
    double r = 0;
    if (k < count)
    {
        const int4 own = positions[i];
        j = list[LIST_PLACE(row_pitch, four_pitch, i, k)];
        const int4 other = positions[j];
        const double dx = (double)(int)((u32)other.x - (u32)own.x);
        const double dy = (double)(int)((u32)other.y - (u32)own.y);
        const double dz = (double)(int)((u32)other.z - (u32)own.z);
#ifdef TRICLINIC
        x = BOX_XX * dx + BOX_XY * dy + BOX_XZ * dz;
        y = BOX_YY * dy + BOX_YZ * dz;
#else
        x = BOX_XX * dx;
        y = BOX_YY * dy;
#endif
        z = BOX_ZZ * dz;
        r = SQRT_OF(x * x + y * y + z * z);
        j = channels[other.w] == channel && r < scale[1] ? j : -1;
    }
    seen[LOCAL_ID] = j >= 0 ? 1 : 0;
    SYNC_GROUP();
    int place = 0;
    int total = 0;
    for (int m = 0; m < SOAP_GROUP; m++)
    {
        place += m < LOCAL_ID ? seen[m] : 0;
        total += seen[m];
    }
    if (j >= 0)
    {
        const double inverse = 1 / r;
        near[4 * place] = x * inverse;
        near[4 * place + 1] = y * inverse;
        near[4 * place + 2] = z * inverse;
        near[4 * place + 3] = r;
        who[place] = j;
        intervals[place] = interval_of(r, scale);
        places[place] = place_of(r, intervals[place], scale);
    }
    SYNC_GROUP();
    return total;
}

// Of one neighbour, for one m: Q_l^m ([l (l + 1) / 2 + m], l >= m) and the power Re, Im (x + iy)^m, of which harmonics and their gradients are made (SphericalHarmonics.cs).
DEVICE void legendre(const int m, LOCAL const double* unit, LOCAL double* q, LOCAL double* powers)
{
    const double x = unit[0];
    const double y = unit[1];
    const double z = unit[2];
    const double square = x * x + y * y + z * z;
    double re = 1;
    double im = 0;
    double here = 1;
    for (int k = 0; k < m; k++)
    {
        const double next_re = re * x - im * y;
        im = re * y + im * x;
        re = next_re;
        here *= (double)(-(2 * k + 1));
    }
    powers[2 * m] = re;
    powers[2 * m + 1] = im;
    q[m * (m + 1) / 2 + m] = here;
    double before = 0;
    UNROLL
    for (int k = 1; k <= LMAX; k++)
    {
        const int l = m + k;
        if (l <= LMAX)
        {
            const double next = ((double)(2 * l - 1) * z * here - (double)(l + m - 1) * square * before) * (1 / (double)k);
            before = here;
            here = next;
            q[l * (l + 1) / 2 + m] = here;
        }
    }
}

// Of some neighbours side by side: what harmonics are made of, radial functions, and their slopes unless their place is 0.
DEVICE void stage(
    LOCAL const double* near, LOCAL const int* intervals, LOCAL const double* places, const int tile, GLOBAL const double* table, GLOBAL const double* scale, LOCAL double* q,
    LOCAL double* powers, LOCAL double* radial, LOCAL double* radial_slopes)
{
    for (int w = LOCAL_ID; w < tile * DEGREES; w += SOAP_GROUP)
    {
        const int neighbour = w / DEGREES;
        legendre(w % DEGREES, near + 4 * neighbour, q + neighbour * LEGENDRES, powers + neighbour * 2 * DEGREES);
    }
    const int first_intervals = (int)scale[2];
    for (int w = LOCAL_ID; w < tile * RADIALS; w += SOAP_GROUP)
    {
        const int interval = intervals[w / RADIALS];
        const double t = places[w / RADIALS];
        GLOBAL const double* polynomial = table + interval * (TERMS * RADIALS) + w % RADIALS;
        double value = polynomial[(TERMS - 1) * RADIALS];
        double slope = 0.0;
        UNROLL
        for (int power = TERMS - 2; power >= 0; power--)
        {
            slope = slope * t + value;
            value = value * t + polynomial[power * RADIALS];
        }
        radial[w] = value;
        if (radial_slopes != 0)
        {
            radial_slopes[w] = slope * 2 * scale[interval < first_intervals ? 4 : 5];
        }
    }
}
