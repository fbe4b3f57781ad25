namespace Engine.Core.Input;

/// <summary>The table of temperature, energies, pressure and box.</summary>
public sealed record ThermoOutputInput
{
    /// <summary>Steps between two rows.</summary>
    public int Every { get; init; } = 100;
}
