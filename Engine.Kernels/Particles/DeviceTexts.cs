namespace Engine.Kernels.Particles;

/// <summary>Definitions that the kernel texts of molecular dynamics share.</summary>
/// <param name="Triclinic">Whether the cell is, or may become, tilted.</param>
/// <param name="Turns">Steps of one launch graph, see clock.cl.</param>
/// <param name="OpenX">Whether the cell is open along x; likewise y and z.</param>
/// <param name="OpenY">y.</param>
/// <param name="OpenZ">z.</param>
public sealed record DeviceTexts(bool Triclinic, int Turns, bool OpenX = false, bool OpenY = false, bool OpenZ = false)
{
    /// <summary>What stands before texts that see the clock only, and so are compiled once for all cells.</summary>
    public string ClockPrelude => $"#define TURNS {Turns}\n";

    /// <summary>What stands before texts to which it is no matter which axes are open.</summary>
    public string CellPrelude => $"{(Triclinic ? "#define TRICLINIC\n" : "")}{ClockPrelude}";

    /// <summary>What stands before any text.</summary>
    public string Prelude => $"{CellPrelude}#define OPEN_X {Flag(OpenX)}\n#define OPEN_Y {Flag(OpenY)}\n#define OPEN_Z {Flag(OpenZ)}\n";

    private static int Flag(bool value) => value ? 1 : 0;
}
