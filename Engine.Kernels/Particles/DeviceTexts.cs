namespace Engine.Kernels.Particles;

/// <summary>Definitions that the kernel texts of molecular dynamics share.</summary>
/// <param name="Triclinic">Whether the cell is, or may become, tilted.</param>
/// <param name="Turns">Steps of one launch graph, see clock.cl.</param>
public sealed record DeviceTexts(bool Triclinic, int Turns)
{
    /// <summary>What stands before every text.</summary>
    public string Prelude => $"{(Triclinic ? "#define TRICLINIC\n" : "")}#define TURNS {Turns}\n";
}
