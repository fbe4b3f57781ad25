// How particles lie in the memory of a device.
//
// A position is three 32-bit fractions of the cell (int4: x, y, z, species), r = H · s / 2^32 from the cell's lower corner. Differences wrap around by themselves, so the
// nearest image costs nothing and is exact as long as distances stay below half of the smallest perpendicular width; a cell of 40 Angstrom is resolved to 1e-8; a
// barostat that deforms the cell touches no position. An open axis has a cell so long that nothing reaches around it.
//
// box: [0..5] real length of one unit along xx, xy, xz, yy, yz, zz of the lower-triangular cell; [6..8] units per length: 1/xx, 1/yy, 1/zz.

#define BOX_XX box[0]
#define BOX_XY box[1]
#define BOX_XZ box[2]
#define BOX_YY box[3]
#define BOX_YZ box[4]
#define BOX_ZZ box[5]

// list: neighbours by fours; row_pitch entries from those of one particle to those of the next, four_pitch from one four of a particle to its next. Where one thread has a particle,
// the first fours of all particles lie side by side, then the next ones; where several threads share it, its neighbours are a row. The last four of a particle are filled up with
// itself.

#define LIST_PLACE(row_pitch, four_pitch, i, k) ((i) * (i64)(row_pitch) + ((k) >> 2) * (i64)(four_pitch) + ((k) & 3))

// The displacement from a to b.
DEVICE float4 displacement(const int4 a, const int4 b, GLOBAL const float* box)
{
    const float x = (float)(int)((u32)b.x - (u32)a.x);
    const float y = (float)(int)((u32)b.y - (u32)a.y);
    const float z = (float)(int)((u32)b.z - (u32)a.z);
#ifdef TRICLINIC
    return MAKE_FLOAT4(FMA(BOX_XX, x, FMA(BOX_XY, y, BOX_XZ * z)), FMA(BOX_YY, y, BOX_YZ * z), BOX_ZZ * z, 0.0f);
#else
    return MAKE_FLOAT4(BOX_XX * x, BOX_YY * y, BOX_ZZ * z, 0.0f);
#endif
}

// Whether a coordinate has left the middle three quarters of the cell.
DEVICE int near_end(const int coordinate)
{
    return ((u32)coordinate - 0x20000000u) >= 0xC0000000u ? 1 : 0;
}

// Units to move by for a real displacement: the inverse of the above.
DEVICE int4 to_units(const float x, const float y, const float z, GLOBAL const float* box)
{
    const float sz = z * box[8];
#ifdef TRICLINIC
    const float sy = FMA(-BOX_YZ, sz, y) * box[7];
    const float sx = FMA(-BOX_XY, sy, FMA(-BOX_XZ, sz, x)) * box[6];
#else
    const float sy = y * box[7];
    const float sx = x * box[6];
#endif
    return MAKE_INT4(ROUND_TO_INT(sx), ROUND_TO_INT(sy), ROUND_TO_INT(sz), 0);
}

// Cells that a coordinate has crossed when it moved by delta from before to after: -1, 0 or 1.
DEVICE int crossing(const int before, const int delta, const int after)
{
    return delta >= 0 ? ((u32)after < (u32)before ? 1 : 0) : ((u32)after > (u32)before ? -1 : 0);
}
