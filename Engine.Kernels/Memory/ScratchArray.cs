namespace Engine.Kernels.Memory;

/// <summary>Arrays kept between steps so that a step allocates nothing.</summary>
public static class ScratchArray
{
    /// <summary>Makes room for that many elements; what was stored is lost if it had to grow.</summary>
    public static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
