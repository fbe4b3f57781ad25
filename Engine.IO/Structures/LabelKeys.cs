namespace Engine.IO.Structures;

/// <summary>Where energies, forces and virials of a file come from, counted while its frames are read.</summary>
public sealed class LabelKeys
{
    /// <summary>Keys of energies.</summary>
    public LabelUse Energies { get; } = new();

    /// <summary>Columns of forces.</summary>
    public LabelUse Forces { get; } = new();

    /// <summary>Keys of virials or stresses.</summary>
    public LabelUse Virials { get; } = new();
}
