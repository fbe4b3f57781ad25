using Engine.Kernels.Geometry;

namespace Engine.Kernels.Particles;

/// <summary>Definitions that the kernel texts of molecular dynamics share.</summary>
/// <param name="Triclinic">Whether the cell is, or may become, tilted.</param>
/// <param name="OpenX">Whether the cell is open along x; likewise y and z.</param>
/// <param name="OpenY">y.</param>
/// <param name="OpenZ">z.</param>
public sealed record DeviceTexts(bool Triclinic, bool OpenX = false, bool OpenY = false, bool OpenZ = false)
{
    /// <summary>Steps of one launch graph, see clock.cl.</summary>
    public const int StepsPerGraph = 10;

    /// <summary>What stands before texts that see the clock only, and so are compiled once for all cells.</summary>
    public static string ClockPrelude { get; } = $"#define STEPS_PER_GRAPH {StepsPerGraph}\n";

    /// <summary>What stands before texts to which it is no matter which axes are open.</summary>
    public string CellPrelude => $"{(Triclinic ? "#define TRICLINIC\n" : "")}{ClockPrelude}";

    /// <summary>What stands before texts that look for the ends of open axes.</summary>
    public string Prelude => $"{CellPrelude}#define OPEN_X {Flag(OpenX)}\n#define OPEN_Y {Flag(OpenY)}\n#define OPEN_Z {Flag(OpenZ)}\n";

    /// <summary>Definitions that fit a cell.</summary>
    /// <param name="box">The cell.</param>
    /// <param name="tilted">Whether it may become tilted.</param>
    public static DeviceTexts Of(Box box, bool tilted = false) => new(tilted || !box.IsOrthorhombic, !box.PeriodicX, !box.PeriodicY, !box.PeriodicZ);

    private static int Flag(bool value) => value ? 1 : 0;
}
