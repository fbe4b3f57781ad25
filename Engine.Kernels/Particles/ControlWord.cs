namespace Engine.Kernels.Particles;

/// <summary>The words of <see cref="DeviceParticles.Control"/>, as in clock.cl.</summary>
internal static class ControlWord
{
    public const int BrokenParticle = 0;
    public const int MostNeighbours = 1;
    public const int SegmentLength = 2;
    public const int NearOpenEnd = 3;
    public const int OverloadedParticle = 4;
    public const int ListsLeft = 5;
    public const int MeshIsFull = 6;

    /// <summary>How many there are.</summary>
    public const int Count = 7;
}
