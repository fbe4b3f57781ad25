// Cubics on a uniform grid, as CubicTable has them: scale and offset of x, last interval, first coefficient; four coefficients for each interval.

DEVICE float table_value(GLOBAL const float* tables, const float scale, const float offset, const float last, const float first, const float x)
{
    const float s = FMA(x, scale, offset);
    const int whole = (int)MIN(MAX(s, 0.0f), last);
    const float t = s - (float)whole;
    const float4 c = ((GLOBAL const float4*)(tables + (int)first))[whole];
    return FMA(FMA(FMA(c.w, t, c.z), t, c.y), t, c.x);
}

DEVICE float table_derivative(GLOBAL const float* tables, const float scale, const float offset, const float last, const float first, const float x)
{
    const float s = FMA(x, scale, offset);
    const int whole = (int)MIN(MAX(s, 0.0f), last);
    const float t = s - (float)whole;
    const float4 c = ((GLOBAL const float4*)(tables + (int)first))[whole];
    return FMA(FMA(3.0f * c.w, t, 2.0f * c.z), t, c.y) * scale;
}

// p: the four numbers of a table in a row of parameters, wherever that lies.
#define TABLE_VALUE(tables, p, x) table_value(tables, (p)[0], (p)[1], (p)[2], (p)[3], x)
#define TABLE_DERIVATIVE(tables, p, x) table_derivative(tables, (p)[0], (p)[1], (p)[2], (p)[3], x)
