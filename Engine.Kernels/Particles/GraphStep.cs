namespace Engine.Kernels.Particles;

/// <summary>When a kernel that looks at the clock is to do its work, see clock.cl: in a step of a graph, by its number from 0, or</summary>
public static class GraphStep
{
    /// <summary>At once, of the present positions.</summary>
    public const int AtOnce = -1;

    /// <summary>In a graph that has found the list out of date and built another one.</summary>
    public const int AfterList = -2;
}
