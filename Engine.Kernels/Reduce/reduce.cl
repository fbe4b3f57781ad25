// Sums in a fixed order: by halves within a group, then over the groups by one thread for each column. The seventh of eight columns is a minimum.

// sums: eight doubles for each thread of the group; the group's go to partials[8 * GROUP_ID ...].
DEVICE void reduce_group(LOCAL double* sums, GLOBAL double* partials)
{
    SYNC_GROUP();
    for (int width = GROUP_SIZE / 2; width > 0; width /= 2)
    {
        if (LOCAL_ID < width)
        {
            LOCAL double* a = sums + 8 * LOCAL_ID;
            LOCAL double* b = sums + 8 * (LOCAL_ID + width);
            for (int c = 0; c < 7; c++)
            {
                a[c] += b[c];
            }
            a[7] = b[7] < a[7] ? b[7] : a[7];
        }
        SYNC_GROUP();
    }
    if (LOCAL_ID < 8)
    {
        partials[8 * GROUP_ID + LOCAL_ID] = sums[LOCAL_ID];
    }
}
