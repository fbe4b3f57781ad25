namespace Engine.Core.Input;

/// <summary>The table of temperature, energies, pressure and volume, in the file of the trajectory.</summary>
public sealed record ThermoOutputInput
{
    /// <summary>Steps between two rows.</summary>
    public int Every { get; init; } = 100;
}
